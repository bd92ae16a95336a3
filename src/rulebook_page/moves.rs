//! The moves between SMI Statuses, from the table that the engine reads.

use serde::Serialize;

use crate::{
    domain::SmiStatus,
    rules::status::{Row, TABLE},
};

/// One row of the table; `[*]` is outside the SMI.
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
    let shown = |place: Option<SmiStatus>| place.map_or("[*]", SmiStatus::as_str);
    let from = row.from.iter().map(|from| shown(*from)).collect();
    Move { from, to: shown(row.to), by: row.by.as_str(), standing: row.standing.as_str() }
}
