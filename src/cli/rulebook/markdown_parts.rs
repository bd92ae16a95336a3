//! Parts of the page as Markdown: a rule, a table, a diagram of states.

use std::fmt::{self, Formatter};

use super::page::RuleRow;

/// The state outside the SMI, which is Mermaid's name for start and end.
const OUTSIDE: &str = "[*]";

/// Writes one rule, with its code, its source and who could do what it refuses.
pub(super) fn write_rule(f: &mut Formatter<'_>, rule: &RuleRow) -> fmt::Result {
    let RuleRow {
        id,
        requires,
        remedy,
        source,
        standing,
        code,
        code_standing,
        code_without_override,
        switched,
    } = rule;
    let changed = code_without_override
        .map(|without| format!(", changed by the operator from {without}"))
        .unwrap_or_default();
    writeln!(f, "- **{id}** {requires}")?;
    writeln!(f, "  - answers {code} ({code_standing}{changed}); source: {source} ({standing})")?;
    writeln!(f, "  - who could: {remedy}")?;
    switched.map_or(Ok(()), |switched| writeln!(f, "  - {switched} (MP125-C3)"))
}

/// Writes states and the arrows between them, each from one place to another by something; no place is outside. Arrows between the same
/// two are one.
pub(super) fn write_diagram<'a>(
    f: &mut Formatter<'_>,
    arrows: impl Iterator<Item = (Option<&'a str>, Option<&'a str>, &'a str)>,
) -> fmt::Result {
    let mut edges: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for (from, to, by) in arrows {
        let (from, to) = (from.unwrap_or(OUTSIDE), to.unwrap_or(OUTSIDE));
        match edges.iter_mut().find(|edge| (edge.0, edge.1) == (from, to)) {
            Some((_, _, known)) => known.push(by),
            None => edges.push((from, to, vec![by])),
        }
    }
    writeln!(f, "```mermaid\nstateDiagram-v2")?;
    for (from, to, by) in edges {
        writeln!(f, "    {from} --> {to}: {}", by.join(", "))?;
    }
    writeln!(f, "```")
}

/// Writes a table, each column as wide as its widest cell.
pub(super) fn write_table(f: &mut Formatter<'_>, heads: &[&str], rows: &[Vec<String>]) -> fmt::Result {
    let width = |(at, head): (usize, &&str)| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain([head.chars().count()]).max().unwrap_or_default()
    };
    let widths = heads.iter().enumerate().map(width).collect::<Vec<_>>();
    let line = |f: &mut Formatter<'_>, cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
        writeln!(f, "| {} |", padded.collect::<Vec<_>>().join(" | "))
    };
    line(f, &mut heads.iter().copied())?;
    let rules = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>();
    line(f, &mut rules.iter().map(String::as_str))?;
    rows.iter().try_for_each(|row| line(f, &mut row.iter().map(String::as_str)))
}
