//! The rows of the state machine of re-flash orders, as the page of the rulebook has them.

use super::order_picture::name_of;
use crate::rules::reflash::{OrderTransition, TABLE};

/// A row of the table.
pub(super) struct OrderStateRow {
    pub(super) number: usize,
    pub(super) from: String,
    pub(super) event: &'static str,
    pub(super) to: String,
    pub(super) by: String,
    pub(super) rules: Vec<&'static str>,
    pub(super) standing: &'static str,
    pub(super) source: &'static str,
}

/// The rows of the table, numbered as the arrows of the picture are.
pub(super) fn order_states() -> Vec<OrderStateRow> {
    (1..).zip(TABLE).map(one).collect()
}

fn one((number, row): (usize, &'static OrderTransition)) -> OrderStateRow {
    let from = row.from.iter().map(|from| name_of(*from)).collect::<Vec<_>>().join(", ");
    let to = row.to.iter().map(|to| to.as_str()).collect::<Vec<_>>().join(" or ");
    OrderStateRow {
        number,
        from: if row.needs_late { format!("{from}, while late") } else { from },
        event: row.event.as_str(),
        to: if to.is_empty() { "the same".to_owned() } else { to },
        by: row.by.iter().map(|by| by.as_str()).collect::<Vec<_>>().join(", "),
        rules: row.rules.iter().map(|rule| rule.id).collect(),
        standing: row.standing.as_str(),
        source: row.source,
    }
}
