//! Giving up what is old, a batch at a time: no job holds the writer for long.

use diesel::prelude::*;

use super::{
    audit::{self, audit_heads},
    outbox, request,
};
use crate::{
    db::{Connection, StoreFault},
    domain::Timestamp,
};

/// As many rows go in one job, at most.
const BATCH: i64 = 100;

/// What a batch took away; where it is less than a batch holds, there is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many rows.
    pub rows: usize,
    /// Whether there may be more.
    pub may_have_more: bool,
}

impl Batch {
    fn of(rows: usize, limit: i64) -> Self {
        Self { rows, may_have_more: i64::try_from(rows).is_ok_and(|rows| rows >= limit) }
    }
}

/// Gives up answers given before that instant. Their RequestIDs and digests stay for ever (SMI.md 3/6).
///
/// # Errors
/// When the database fails.
pub fn give_up_answers(connection: &mut Connection, before: Timestamp) -> Result<Batch, StoreFault> {
    request::give_up(connection, before, BATCH).map(|rows| Batch::of(rows, BATCH))
}

/// Gives up messages of the outbox that were delivered before that instant.
///
/// # Errors
/// When the database fails.
pub fn give_up_messages(connection: &mut Connection, before: Timestamp) -> Result<Batch, StoreFault> {
    outbox::give_up(connection, before, BATCH).map(|rows| Batch::of(rows, BATCH))
}

/// Gives up decisions made before that instant, from the beginning of each chain.
///
/// # Errors
/// When the database fails.
pub fn give_up_decisions(connection: &mut Connection, before: Timestamp) -> Result<Batch, StoreFault> {
    let mut limit = BATCH;
    for chain in audit_heads::table.select(audit_heads::chain).load::<String>(connection)? {
        let rows = audit::give_up(connection, &chain, before, limit)?;
        limit -= i64::try_from(rows).unwrap_or(limit);
        if limit <= 0 {
            break;
        }
    }
    let rows = usize::try_from(BATCH - limit).unwrap_or_default();
    Ok(Batch::of(rows, BATCH))
}
