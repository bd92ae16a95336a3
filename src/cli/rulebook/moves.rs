//! The moves between SMI Statuses, from the table that the engine reads.

use serde::Serialize;

use crate::{
    domain::SmiStatus,
    rules::status::{PermittedMoves, TABLE},
};

/// One row of the table; no status is outside the SMI.
#[derive(Debug, Serialize)]
pub(super) struct Move {
    pub(super) from: Vec<Option<&'static str>>,
    pub(super) to: Option<&'static str>,
    pub(super) by: &'static str,
    pub(super) standing: &'static str,
    pub(super) source: &'static str,
}

pub(super) fn moves() -> Vec<Move> {
    TABLE.iter().map(one).collect()
}

fn one(row: &'static PermittedMoves) -> Move {
    Move {
        from: row.from.iter().map(|from| from.map(SmiStatus::as_str)).collect(),
        to: row.to.map(SmiStatus::as_str),
        by: row.by.as_str(),
        standing: row.standing.as_str(),
        source: row.source,
    }
}
