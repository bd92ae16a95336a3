//! The chapters about re-flash orders and SSMI, as Markdown.

use std::fmt::{self, Formatter};

use super::{
    markdown_parts::{write_diagram, write_rule, write_table},
    order_states::OrderStateRow,
    page::Page,
};
use crate::{
    domain::Rule,
    rules::rulebook::{reflash, ssmi},
};

/// Writes the rules of a table.
fn write_rules(f: &mut Formatter<'_>, page: &Page, of: &[&Rule]) -> fmt::Result {
    let is_its = |id: &str| of.iter().any(|rule| rule.id == id);
    page.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))
}

pub(super) fn write_ssmi(f: &mut Formatter<'_>, page: &Page) -> fmt::Result {
    writeln!(f, "\n### SSMI, the DCC's file of firmware, hub by hub\n")?;
    writeln!(
        f,
        "With `reflash.smi_update = \"ssmi\"` alone (MP155-R28). A file is taken or refused as a whole by HTTP: 409, 413, 422"
    )?;
    writeln!(f, "(SSMI/a, b). The codes stand in the decisions kept; `updated` and `unchanged` are I99.\n")?;
    write_rules(f, page, ssmi::ALL)
}

pub(super) fn write_orders(f: &mut Formatter<'_>, page: &Page) -> fmt::Result {
    writeln!(f, "\n## Re-flash orders (HUBS.md 4, MP155)\n")?;
    writeln!(
        f,
        "Every ground of a request is looked at, and all that fail are told together. An event that the state does not allow is"
    )?;
    writeln!(
        f,
        "refused with 409 and the events that are allowed; one that a rule refuses, with 422 and every check.\n"
    )?;
    writeln!(f, "### The grounds of a request, the conditions of events, the checks of a delivery\n")?;
    write_rules(f, page, reflash::ALL)?;
    write_states(f, &page.order_states)
}

fn write_states(f: &mut Formatter<'_>, states: &[OrderStateRow]) -> fmt::Result {
    writeln!(f, "\n### States of an order (HUBS.md 4, MP155-T7)\n")?;
    let rows = states.iter().map(|row| {
        let from = row.from.iter().map(|from| from.unwrap_or("(no order)")).collect::<Vec<_>>().join(", ");
        let late = if row.needs_late { ", while late" } else { "" };
        let to = if row.to.is_empty() { "the same".to_owned() } else { row.to.join(" or ") };
        let (by, rules) = (row.by.join(", "), row.rules.join(", "));
        [
            format!("{from}{late}"),
            row.event.to_owned(),
            to,
            by,
            rules,
            row.standing.to_owned(),
            row.source.to_owned(),
        ]
        .to_vec()
    });
    let heads = ["from", "event", "to", "by", "rules", "standing", "source"];
    write_table(f, &heads, &rows.collect::<Vec<_>>())?;
    writeln!(
        f,
        "\nAny other event is refused. A late arrival waits for an answer from Late until AcceptLate or RefuseLate.\n"
    )?;
    write_diagram(f, states.iter().flat_map(arrows))
}

/// The arrows of a row: from each state to each that it may lead to, or back to itself.
fn arrows<'a>(row: &'a OrderStateRow) -> Vec<(Option<&'a str>, Option<&'a str>, &'a str)> {
    let to_of = |from: Option<&'a str>| {
        if row.to.is_empty() { vec![from] } else { row.to.iter().map(|to| Some(*to)).collect() }
    };
    row.from.iter().flat_map(|from| to_of(*from).into_iter().map(|to| (*from, to, row.event))).collect()
}
