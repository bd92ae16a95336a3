//! Staging of an import's rows in a temporary table, until the whole file is read: the file is never in memory as a whole.
//!
//! The table belongs to the writer's connection: no other session sees it, and it is dropped with the connection. Other jobs write
//! between the batches.

use std::{
    collections::VecDeque,
    marker::PhantomData,
    sync::{
        MutexGuard,
        mpsc::{Receiver, sync_channel},
    },
};

use diesel::{QueryableByName, prelude::*, result::Error, sql_query, sql_types::BigInt};

use crate::db::{Connection, Store, StoreFault};

/// The most batches in flight to the writer: enough that the reader is never idle, few enough to bound memory.
const MAX_IN_FLIGHT: usize = 3;
/// The size of one merge statement, in lines: the server's statement timeout of a minute must not cancel it.
const MERGE_BATCH: usize = 50_000;

/// A row of a staged file: a line with its number.
pub(in crate::store) trait StageRow: Sized + Send + 'static {
    /// The name of the temporary table.
    const TABLE: &'static str;

    /// Creates the table.
    fn create(connection: &mut Connection) -> Result<(), StoreFault>;

    /// Inserts rows into it.
    fn insert(connection: &mut Connection, rows: &[Self]) -> Result<(), StoreFault>;
}

/// A running staging. Nothing else has changed until the rows are merged.
pub(in crate::store) struct Staging<'a, R> {
    store: &'a Store,
    /// The pending outcomes of the batches in flight, oldest first.
    in_flight: VecDeque<Receiver<Result<(), StoreFault>>>,
    /// Drops the table.
    drop_table: fn(&mut Connection) -> Result<(), StoreFault>,
    _lock: MutexGuard<'a, ()>,
    of: PhantomData<R>,
}

impl<'a, R: StageRow> Staging<'a, R> {
    /// Creates the temporary table. Blocks until no other file is staged: the table has one name.
    pub(in crate::store) fn begin(store: &'a Store) -> Result<Self, StoreFault> {
        let staging = Self {
            store,
            in_flight: VecDeque::new(),
            drop_table: drop_table::<R>,
            _lock: store.bulk_load_lock(),
            of: PhantomData,
        };
        store.transact::<_, StoreFault, _>(|connection| {
            // An import that ended without dropping it may have left one.
            drop_table::<R>(connection)?;
            R::create(connection)
        })?;
        Ok(staging)
    }

    /// Submits these rows to the writer without waiting, unless too many batches are in flight.
    pub(in crate::store) fn stage(&mut self, rows: Vec<R>) -> Result<(), StoreFault> {
        self.wait_until_fewer(MAX_IN_FLIGHT)?;
        let (sender, outcome) = sync_channel(1);
        // The send fails if this staging was dropped meanwhile, which then needs no outcome.
        self.store.submit(
            move |connection| R::insert(connection, &rows),
            move |outcome| drop(sender.send(outcome)),
        );
        self.in_flight.push_back(outcome);
        Ok(())
    }

    /// Runs a transaction on the table, once all rows are staged.
    pub(in crate::store) fn transact<T: Send + 'static>(
        &mut self,
        work: impl Fn(&mut Connection) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, StoreFault> {
        self.wait_until_fewer(1)?;
        self.store.transact(work).map_err(transient_if_lost::<R>)
    }

    /// Waits for the oldest batches until fewer than `number` are in flight; returns the first failure.
    fn wait_until_fewer(&mut self, number: usize) -> Result<(), StoreFault> {
        while self.in_flight.len() >= number
            && let Some(outcome) = self.in_flight.pop_front()
        {
            outcome.recv().unwrap_or(Err(StoreFault::Closed)).map_err(transient_if_lost::<R>)?;
        }
        Ok(())
    }
}

impl<R> Drop for Staging<'_, R> {
    /// Drops the table without waiting. If that fails, the next import drops it, or the end of the connection.
    fn drop(&mut self) {
        self.store.submit::<(), StoreFault, _>(self.drop_table, drop);
    }
}

fn drop_table<R: StageRow>(connection: &mut Connection) -> Result<(), StoreFault> {
    sql_query(format!("DROP TABLE IF EXISTS {}", R::TABLE)).execute(connection)?;
    Ok(())
}

/// Turns a fault about the missing table into a transient one: the table went with the writer's connection, which was lost between
/// two steps.
fn transient_if_lost<R: StageRow>(fault: StoreFault) -> StoreFault {
    let StoreFault::Database(Error::DatabaseError(_, information)) = &fault else { return fault };
    if information.message().contains(R::TABLE) {
        return StoreFault::Unavailable("its connection was lost while the file was read".to_owned());
    }
    fault
}

/// The first and the last line of each statement that merges.
pub(in crate::store) fn batches(last_line: i64) -> impl Iterator<Item = (i64, i64)> {
    (1..=last_line).step_by(MERGE_BATCH).map(|first| (first, first + MERGE_BATCH as i64 - 1))
}

/// The last line that is staged; 0 where there is none.
pub(in crate::store) fn last_line<R: StageRow>(connection: &mut Connection) -> Result<i64, StoreFault> {
    let last = format!("SELECT COALESCE(MAX(line), 0) AS number FROM {}", R::TABLE);
    Ok(sql_query(last).get_result::<StagedNumber>(connection)?.number)
}

/// A number that a query on a staged file returns.
#[derive(QueryableByName)]
pub(in crate::store) struct StagedNumber {
    #[diesel(sql_type = BigInt)]
    pub(in crate::store) number: i64,
}
