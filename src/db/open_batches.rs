//! The batches of requests that are at work on a server: they share the writers' lock, each to the end of its transaction.
//!
//! A row takes its number when it is written, and is seen when its transaction ends: of two batches the first may take a lower number
//! and end later. Whoever reads rows by their numbers, and never looks back, would miss its rows. Neither the numbers nor those of
//! transactions (`xmin`) tell of it, as a transaction that began later may take the lower number of a row. So such a reader first looks
//! for the highest numbers that it sees, then for the batches at work, and waits until those are over: every lower number was taken
//! before by them, or by one that is over. Only then it reads up to those numbers. What holds the writers' lock alone, as an import
//! does, is not waited for: when it got the lock all others were over, and its own numbers are higher than all that is seen. No writer
//! waits for the reader, or does more.

use std::{collections::BTreeSet, thread, time::Duration};

use diesel::{RunQueryDsl as _, sql_query};

use super::{
    Connection, Store, StoreFault,
    connection::{WRITERS_LOCK, number_in_schema},
    result_rows::TextRow,
};
use crate::clock::Stopwatch;

/// The interval between two looks: a batch takes milliseconds.
const LOOK: Duration = Duration::from_millis(5);
/// The longest wait, much longer than a batch that waits for the lock of a Device.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Batches that were at work at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenBatches(BTreeSet<String>);

impl OpenBatches {
    /// Looks for the batches at work now, whatever snapshot the connection reads. A file has one writer, and numbers there are seen in
    /// their order.
    pub(crate) fn load(connection: &mut Connection) -> Result<Self, StoreFault> {
        let Connection::Postgres(server) = connection else { return Ok(Self::default()) };
        let number = number_in_schema(WRITERS_LOCK);
        let holders = format!(
            "SELECT virtualtransaction::text AS text FROM pg_locks WHERE locktype = 'advisory' AND granted \
             AND mode = 'ShareLock' AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = {number} \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        let holders = sql_query(holders).load::<TextRow>(server)?;
        Ok(Self(holders.into_iter().map(|holder| holder.text).collect()))
    }
}

impl Store {
    /// Waits until these batches are over. What they wrote is seen by every read that begins later.
    ///
    /// # Errors
    /// When the database fails, or one of them takes too long.
    pub(crate) fn wait_for_batches(&self, mut open: OpenBatches) -> Result<(), StoreFault> {
        let began = Stopwatch::start();
        while !open.0.is_empty() {
            if began.elapsed() > LONGEST_WAIT {
                let waited = format!("{} batches of requests were not over in time", open.0.len());
                return Err(StoreFault::Unavailable(waited));
            }
            thread::sleep(LOOK);
            let OpenBatches(now) = self.read(OpenBatches::load)?;
            open.0.retain(|batch| now.contains(batch));
        }
        Ok(())
    }
}
