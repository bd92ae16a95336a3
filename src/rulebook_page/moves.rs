//! The moves between SMI Statuses, from the table that the engine reads.

use serde::Serialize;

use crate::rules::status::{Row, TABLE};

/// One row of the table.
#[derive(Debug, Serialize)]
pub(super) struct Move {
    pub(super) from: Vec<&'static str>,
    pub(super) to: &'static str,
    pub(super) by: &'static str,
    pub(super) standing: &'static str,
}

pub(super) fn moves() -> Vec<Move> {
    TABLE.iter().map(one).collect()
}

fn one(row: &'static Row) -> Move {
    let from = row.from.iter().map(|status| status.as_str()).collect();
    Move { from, to: row.to.as_str(), by: row.by.as_str(), standing: "ours" }
}
