//! The chapter about changes that are made in maintenance windows, as Markdown.

use std::fmt::{self, Formatter};

use super::{
    markdown_parts::{write_rule, write_table},
    page::Page,
};
use crate::rules::{change_record::MetricName, rulebook::changes};

pub(super) fn write_changes(f: &mut Formatter<'_>, page: &Page) -> fmt::Result {
    writeln!(f, "\n## Changes in maintenance windows (SERVICE.md 3.3, MP092)\n")?;
    writeln!(
        f,
        "They refuse no Service Request. An import of changes that breaks PM/z is refused with line and column.\n"
    )?;
    let is_its = |id: &str| changes::ALL.iter().any(|rule| rule.id == id);
    page.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))?;
    writeln!(f, "\n### How well they go (PM/z; MP092-R32)\n")?;
    let of = |name: MetricName| match name {
        MetricName::SuccessRate => "changes with an outcome, those that succeeded",
        MetricName::AdverseImpactRate => "the same, those with an incident of category 1 or 2",
        MetricName::FailedWithLittleEffect => "those that failed, those with the effect none or minimal",
    };
    let row = |name: &MetricName| vec![name.to_string(), of(*name).to_owned(), name.target().to_owned()];
    let rows = MetricName::ALL.iter().map(row).collect::<Vec<_>>();
    write_table(f, &["metric", "of", "target"], &rows)?;
    writeln!(
        f,
        "\nThe old Change Risk Calculator (PM/y; MP092-T2) prints a figure beside the words that it decides nothing: the core-service test"
    )?;
    writeln!(f, "superseded it. `smi maintenance score` has both ways in which its factors can combine.\n")
}
