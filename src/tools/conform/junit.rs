//! The report in JUnit's XML, for build servers: a test suite for each scenario, a test case for each step.

use std::fmt::Write as _;

use super::{ScenarioReport, StepReport};
use crate::{
    domain::is_xml_char,
    duis::xml::{escape_attribute, escape_text},
};

/// Writes the reports as JUnit XML.
pub fn junit(reports: &[ScenarioReport]) -> String {
    let mut xml =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"smi conform\">\n");
    for report in reports {
        suite(&mut xml, report);
    }
    xml.push_str("</testsuites>\n");
    xml
}

// Results of `write!` are dropped: writing to a String does not fail.
fn suite(xml: &mut String, report: &ScenarioReport) {
    let ScenarioReport { id, title, proves, skipped, steps } = report;
    let (failures, skips) = (report.different().count(), usize::from(skipped.is_some()));
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skips}\">",
        attribute(id),
        steps.len() + skips,
    );
    let _ = writeln!(xml, "    <properties>");
    for (name, value) in [("title", title.as_str()), ("proves", &proves.join(", "))] {
        let _ = writeln!(xml, "      <property name=\"{name}\" value=\"{}\"/>", attribute(value));
    }
    let _ = writeln!(xml, "    </properties>");
    for step in steps {
        case(xml, id, step);
    }
    if let Some(reason) = skipped {
        let (id, reason) = (attribute(id), attribute(reason));
        let _ = writeln!(xml, "    <testcase classname=\"{id}\" name=\"the whole scenario\">");
        let _ = writeln!(xml, "      <skipped message=\"{reason}\"/>\n    </testcase>");
    }
    let _ = writeln!(xml, "  </testsuite>");
}

fn case(xml: &mut String, scenario: &str, step: &StepReport) {
    let name = attribute(&format!("{}: {}", step.id, step.says));
    let (class, seconds) = (attribute(scenario), step.took.as_secs_f64());
    let _ = write!(xml, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"{seconds:.3}\"");
    match &step.difference {
        None => {
            let _ = writeln!(xml, "/>");
        }
        Some(difference) => {
            let first = difference.lines().next().unwrap_or_default();
            let message = attribute(&format!("{first} (proves {})", step.proves.join(", ")));
            let text = clean(difference);
            let text = escape_text(&text);
            let _ =
                writeln!(xml, ">\n      <failure message=\"{message}\">{text}</failure>\n    </testcase>");
        }
    }
}

fn attribute(text: &str) -> String {
    escape_attribute(&clean(text)).into_owned()
}

/// Replaces characters that XML cannot carry: an endpoint's answer may hold them.
fn clean(text: &str) -> String {
    text.chars().map(|c| if is_xml_char(c) { c } else { '\u{FFFD}' }).collect()
}
