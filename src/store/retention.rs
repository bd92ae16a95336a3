//! Retention: purging what is old, a batch at a time, so that no job holds the writer for long.

use diesel::prelude::*;

use super::{
    audit::{self, audit_heads},
    outbox, request,
};
use crate::{
    db::{Connection, StoreFault},
    domain::Timestamp,
};

/// The most rows of one job.
const BATCH: i64 = 100;

/// How many rows a batch purged. Fewer than a batch holds means that there are no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purged {
    /// How many rows.
    pub rows: usize,
    /// Whether there may be more.
    pub may_have_more: bool,
}

impl Purged {
    fn of(rows: usize, limit: i64) -> Self {
        Self { rows, may_have_more: i64::try_from(rows).is_ok_and(|rows| rows >= limit) }
    }
}

/// Purges answers given before that instant. Their RequestIDs and digests stay for ever (SMI.md 3/6).
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

/// Purges decisions made before that instant, from the beginning of each chain.
///
/// # Errors
/// When the database fails.
pub fn purge_decisions(connection: &mut Connection, before: Timestamp) -> Result<Purged, StoreFault> {
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
