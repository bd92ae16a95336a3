//! The state machine of re-flash orders, from the engine's table.

use serde::Serialize;

use crate::{
    domain::reflash::OrderState,
    rules::reflash::{OrderTransition, TABLE},
};

/// A row of the table. No state before the event means that there is no order yet; no state after it, that the state stays.
#[derive(Debug, Serialize)]
pub(super) struct OrderStateRow {
    pub(super) from: Vec<Option<&'static str>>,
    pub(super) event: &'static str,
    /// Whether it needs a late arrival that waits for an answer.
    pub(super) needs_late: bool,
    pub(super) to: Vec<&'static str>,
    pub(super) by: Vec<&'static str>,
    pub(super) rules: Vec<&'static str>,
    pub(super) standing: &'static str,
    pub(super) source: &'static str,
}

pub(super) fn order_states() -> Vec<OrderStateRow> {
    TABLE.iter().map(one).collect()
}

fn one(row: &'static OrderTransition) -> OrderStateRow {
    OrderStateRow {
        from: row.from.iter().map(|from| from.map(OrderState::as_str)).collect(),
        event: row.event.as_str(),
        needs_late: row.needs_late,
        to: row.to.iter().map(|to| to.as_str()).collect(),
        by: row.by.iter().map(|by| by.as_str()).collect(),
        rules: row.rules.iter().map(|rule| rule.id).collect(),
        standing: row.standing.as_str(),
        source: row.source,
    }
}
