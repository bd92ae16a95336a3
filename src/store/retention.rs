//! Retention: purging old rows in batches, so that no job holds the writer for long.

use diesel::prelude::*;

use super::{
    audit::{self, audit_heads},
    outbox, request, tally,
};
use crate::{
    db::{Connection, StoreFault},
    domain::Timestamp,
};

/// The most rows that one job purges.
const BATCH: i64 = 100;

/// The result of one batch of a purge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purged {
    /// The number of rows purged.
    pub rows: usize,
    /// Whether there may be more: the batch was full.
    pub may_have_more: bool,
}

impl Purged {
    fn of(rows: usize, limit: i64) -> Self {
        Self { rows, may_have_more: i64::try_from(rows).is_ok_and(|rows| rows >= limit) }
    }
}

/// Purges answers given before that instant. Their RequestIDs and digests are never purged (SMI.md 3/6).
///
/// # Errors
/// When the database fails.
pub fn purge_answers(connection: &mut Connection, before: Timestamp) -> Result<Purged, StoreFault> {
    request::purge(connection, before, BATCH).map(|rows| Purged::of(rows, BATCH))
}

/// Purges messages of the outbox that were delivered before that instant.
///
/// # Errors
/// When the database fails.
pub fn purge_messages(connection: &mut Connection, before: Timestamp) -> Result<Purged, StoreFault> {
    outbox::purge(connection, before, BATCH).map(|rows| Purged::of(rows, BATCH))
}

/// Purges tallies of answers, those of one hour at a time.
///
/// # Errors
/// When the database fails.
pub fn purge_tallies(connection: &mut Connection, before: Timestamp) -> Result<Purged, StoreFault> {
    let rows = tally::purge_hour(connection, before)?;
    Ok(Purged { rows, may_have_more: rows > 0 })
}

/// Purges decisions made before that instant, from the beginning of each chain.
///
/// # Errors
/// When the database fails.
pub fn purge_decisions(connection: &mut Connection, before: Timestamp) -> Result<Purged, StoreFault> {
    // One limit for all chains: the job must not grow with the number of instances that ever decided.
    let mut limit = BATCH;
    for chain in audit_heads::table.select(audit_heads::chain).load::<String>(connection)? {
        let rows = audit::purge(connection, &chain, before, limit)?;
        limit -= i64::try_from(rows).unwrap_or(limit);
        if limit <= 0 {
            break;
        }
    }
    let rows = usize::try_from(BATCH - limit).unwrap_or_default();
    Ok(Purged::of(rows, BATCH))
}
