//! The report as a page for people: one file, without scripts, that loads nothing, readable in light and dark.
//!
//! Everything in it that comes from the endpoint or from a scenario is escaped, and the page forbids itself to load or run
//! anything, so that an endpoint's answer is looked at and never obeyed.

use std::fmt::Write as _;

use super::{Players, ScenarioOutcome, ScenarioReport, StepReport};
use crate::{
    domain::{Timestamp, escape_invisible, instant_text},
    duis::xml::{
        escape_attribute,
        pretty::{Line, Piece, pretty},
    },
};

/// What a page says of the run as a whole.
#[derive(Clone, Copy, Debug)]
pub struct RunFacts<'a> {
    /// The endpoint.
    pub url: &'a str,
    /// When it began.
    pub at: Timestamp,
    /// Who played whom.
    pub players: &'a Players,
}

const STYLE: &str = include_str!("report.css");

/// Writes the reports as an HTML page.
// Results of `write!` are dropped: writing to a String does not fail.
pub fn html(reports: &[ScenarioReport], facts: RunFacts<'_>) -> String {
    let count = |outcome| reports.iter().filter(|report| report.outcome() == outcome).count();
    let [passed, failed, skipped] =
        [ScenarioOutcome::Passed, ScenarioOutcome::Failed, ScenarioOutcome::Skipped].map(count);
    let counts = format!("{passed} passed, {failed} failed, {skipped} skipped");
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>smi conform: {counts}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Conformance: {counts}</h1>\n<p>{} at {}</p>\n",
        escaped(facts.url),
        instant_text(facts.at),
    );
    let players = facts.players.to_string();
    if !players.is_empty() {
        let changes = facts.players.changes().map(|change| format!("<br>{}", escaped(&change)));
        let _ = writeln!(page, "<p>Users: {}{}</p>", escaped(&players), changes.collect::<String>());
    }
    contents(&mut page, reports);
    for (number, report) in (1..).zip(reports) {
        scenario(&mut page, number, report);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn contents(page: &mut String, reports: &[ScenarioReport]) {
    page.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Scenario</th><th scope=\"col\">Outcome</th>\
         <th scope=\"col\">Steps</th><th scope=\"col\">Proves</th></tr></thead>\n<tbody>\n",
    );
    for (number, report) in (1..).zip(reports) {
        let (id, outcome) = (escaped(&report.id), outcome(report.outcome()));
        let (steps, proves) = (report.steps.len(), escaped(&report.proves.join(", ")));
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><a href=\"#scenario-{number}\">{id}</a></th><td>{outcome}</td>\
             <td>{steps}</td><td>{proves}</td></tr>"
        );
    }
    page.push_str("</tbody>\n</table>\n");
}

fn outcome(outcome: ScenarioOutcome) -> &'static str {
    match outcome {
        ScenarioOutcome::Passed => "<span class=\"ok\">passed</span>",
        ScenarioOutcome::Failed => "<span class=\"bad\">FAILED</span>",
        ScenarioOutcome::Skipped => "<span class=\"note\">skipped</span>",
    }
}

fn scenario(page: &mut String, number: usize, report: &ScenarioReport) {
    let (id, title) = (escaped(&report.id), escaped(&report.title));
    let outcome = outcome(report.outcome());
    let _ = writeln!(page, "<section id=\"scenario-{number}\">\n<h2>{id} {outcome}</h2>\n<p>{title}</p>");
    if let Some(reason) = &report.skipped {
        let _ = writeln!(page, "<p>Skipped: {}</p>", escaped(reason));
    }
    report.steps.iter().for_each(|one| step(page, one));
    page.push_str("</section>\n");
}

/// A step, folded unless it differs.
fn step(page: &mut String, step: &StepReport) {
    let StepReport { id, says, proves, told, difference, request, answer, took, .. } = step;
    let (open, mark) = match difference {
        Some(_) => (" open", "<span class=\"bad\">DIFFERENT</span>"),
        None => ("", "<span class=\"ok\">ok</span>"),
    };
    let (id, says, told) = (escaped(id), escaped(says), escaped(told));
    let _ = writeln!(
        page,
        "<details{open}>\n<summary>{mark} <b>{told}</b> {id}: {says}</summary>\n\
         <p>Requirement: {}; {} ms</p>",
        escaped(&proves.join(", ")),
        took.as_millis(),
    );
    if let Some(difference) = difference {
        let lines = difference.lines().map(|line| format!("{}\n", escaped(line)));
        let _ = writeln!(page, "<h3>Difference</h3>\n<pre>{}</pre>", lines.collect::<String>());
    }
    for (name, message) in [("Request", request), ("Answer", answer)] {
        if let Some(message) = message {
            let _ = writeln!(page, "<h3>{name}</h3>\n<pre>{}</pre>", laid_out(message));
        }
    }
    page.push_str("</details>\n");
}

/// A message, laid out where it is XML.
fn laid_out(message: &str) -> String {
    match pretty(message) {
        Ok(lines) => lines.iter().map(line).collect(),
        Err(_) => message.lines().map(|line| format!("{}\n", escaped(line))).collect(),
    }
}

fn line(line: &Line) -> String {
    let pieces = line.pieces.iter().map(|(piece, text)| {
        let class = match piece {
            Piece::Tag => "tag",
            Piece::Attribute => "name",
            Piece::Value => "value",
            // Plain, as it is what one reads for.
            Piece::Text => return escape_attribute(text).into_owned(),
            Piece::Folded => "note",
        };
        format!("<span class=\"{class}\">{}</span>", escape_attribute(text))
    });
    format!("{:1$}{2}\n", "", line.depth * 2, pieces.collect::<String>())
}

/// Text as it stands in the page, in an element or in an attribute's double quotes.
fn escaped(text: &str) -> String {
    escape_attribute(&escape_invisible(text)).replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn report(difference: Option<&str>, text: &str) -> ScenarioReport {
        let step = StepReport {
            id: "a".to_owned(),
            says: text.to_owned(),
            proves: vec!["R1".to_owned()],
            told: "I0".to_owned(),
            difference: difference.map(str::to_owned),
            new_answer: None,
            request: Some(format!("<a b='1'>{}</a>", crate::duis::xml::escape_text(text))),
            answer: Some(text.to_owned()),
            took: Duration::from_millis(7),
        };
        let (id, title) = ("S".to_owned(), text.to_owned());
        ScenarioReport { id, title, proves: vec!["R1".to_owned()], skipped: None, steps: vec![step] }
    }

    fn page(reports: &[ScenarioReport]) -> String {
        let (at, players) = ("2026-06-01T00:00:00Z".parse().unwrap(), Players::default());
        html(reports, RunFacts { url: "http://x", at, players: &players })
    }

    #[test]
    fn a_step_shows_request_answer_difference_and_requirement() {
        let page = page(&[report(Some("expected I0\n- <a>\n+ <b>"), "x")]);
        let main = page.get(page.find("<main>").unwrap()..).unwrap();
        insta::assert_snapshot!(main, @r##"
        <main>
        <h1>Conformance: 0 passed, 1 failed, 0 skipped</h1>
        <p>http://x at 2026-06-01T00:00:00.000Z</p>
        <table>
        <thead><tr><th scope="col">Scenario</th><th scope="col">Outcome</th><th scope="col">Steps</th><th scope="col">Proves</th></tr></thead>
        <tbody>
        <tr><th scope="row"><a href="#scenario-1">S</a></th><td><span class="bad">FAILED</span></td><td>1</td><td>R1</td></tr>
        </tbody>
        </table>
        <section id="scenario-1">
        <h2>S <span class="bad">FAILED</span></h2>
        <p>x</p>
        <details open>
        <summary><span class="bad">DIFFERENT</span> <b>I0</b> a: x</summary>
        <p>Requirement: R1; 7 ms</p>
        <h3>Difference</h3>
        <pre>expected I0
        - &lt;a&gt;
        + &lt;b&gt;
        </pre>
        <h3>Request</h3>
        <pre><span class="tag">&lt;a</span><span class="name"> b=</span><span class="value">&quot;1&quot;</span><span class="tag">></span>x<span class="tag">&lt;/a></span>
        </pre>
        <h3>Answer</h3>
        <pre>x
        </pre>
        </details>
        </section>
        </main>
        </body>
        </html>
        "##);
    }

    #[test]
    fn what_others_wrote_is_no_markup_and_hides_nothing() {
        let hostile = "</pre><script>alert(1)</script><img src=x onerror='y' \"z\u{202e}\u{1b}\0";
        let page = page(&[report(Some(hostile), hostile)]);
        for never in ["<script", "</script", "<img", "\u{202e}", "\u{1b}", "\0"] {
            assert!(!page.contains(never), "{never:?}");
        }
        assert!(page.contains("&lt;script&gt;") && page.contains("\\u{202e}\\u{1b}"), "{page}");
        assert_eq!(page.matches("<pre>").count(), page.matches("</pre>").count());
    }

    #[test]
    fn it_loads_nothing() {
        let page = page(&[]);
        for never in ["src=", "@import", "url(", "<link", "http-equiv=\"refresh"] {
            assert!(!page.contains(never), "{never}");
        }
        assert!(page.contains("default-src 'none'") && page.contains("light dark"));
    }
}
