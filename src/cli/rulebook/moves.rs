//! The permitted moves between SMI Statuses, from the engine's table.

use serde::Serialize;

use crate::{
    domain::SmiStatus,
    rules::status::{PermittedMoves, TABLE},
};

/// A row of the table. No status means outside the SMI.
#[derive(Debug, Serialize)]
pub(super) struct MoveRow {
    pub(super) from: Vec<Option<&'static str>>,
    pub(super) to: Option<&'static str>,
    pub(super) by: &'static str,
    pub(super) standing: &'static str,
    pub(super) source: &'static str,
}

pub(super) fn moves() -> Vec<MoveRow> {
    TABLE.iter().map(one).collect()
}

fn one(row: &'static PermittedMoves) -> MoveRow {
    MoveRow {
        from: row.from.iter().map(|from| from.map(SmiStatus::as_str)).collect(),
        to: row.to.map(SmiStatus::as_str),
        by: row.by.as_str(),
        standing: row.standing.as_str(),
        source: row.source,
    }
}
