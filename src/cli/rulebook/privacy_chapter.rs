//! The chapter about privacy assessments, as Markdown.

use std::fmt::{self, Formatter};

use super::{
    markdown_parts::{write_rule, write_table},
    page::Page,
};
use crate::{
    domain::privacy::{AssessmentKind, AssessmentTrigger, Charging},
    rules::{privacy::target, rulebook::privacy},
};

pub(super) fn write_privacy(f: &mut Formatter<'_>, page: &Page) -> fmt::Result {
    writeln!(f, "\n## Privacy assessments of Other Users (SERVICE.md 3.4, DP144)\n")?;
    writeln!(
        f,
        "They refuse no Service Request. An import of assessments that breaks PA/a or PA/e is refused with line and column; an evaluation"
    )?;
    writeln!(f, "without a threshold, with 409.\n")?;
    let is_its = |id: &str| privacy::ALL.iter().any(|rule| rule.id == id);
    page.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))?;
    writeln!(f, "\n### Who pays (PA/d; DP144-R3 to R6)\n")?;
    let row = |kind: AssessmentKind, trigger: AssessmentTrigger| {
        let targets = Charging::ALL.iter().map(|charging| target(*charging, kind, trigger).to_string());
        [kind.to_string(), trigger.to_string()].into_iter().chain(targets).collect::<Vec<_>>()
    };
    let kinds = AssessmentKind::ALL.iter();
    let rows = kinds.flat_map(|kind| AssessmentTrigger::ALL.iter().map(|trigger| row(*kind, *trigger)));
    write_table(f, &["kind", "trigger", "baseline", "proposed"], &rows.collect::<Vec<_>>())?;
    writeln!(
        f,
        "\nThe report of a year has both, and each adds up to the cost, to the penny (PA/f). A socialised sum is shared equally among the"
    )?;
    writeln!(
        f,
        "Users that are Active now, pennies left over in the order of their IDs (PA/g, *ours*). Kinds are kept under these names, whatever"
    )?;
    writeln!(f, "`privacy.random_sample_name` calls them (PA/i).\n")
}
