//! Staging: the Devices of a file that is being imported, in a temporary table until all of it was read.
//!
//! The table belongs to the writer's connection: no other session sees it, and it is dropped with the connection. A few statements
//! then merge the whole file into the inventory, so that no Device comes back into memory.

use std::{
    collections::VecDeque,
    sync::{
        MutexGuard,
        mpsc::{Receiver, sync_channel},
    },
};

use diesel::{
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_query,
    sql_types::{BigInt, Text},
};

use super::columns::{COLUMNS, StagedRow, TABLE, staged_devices};
use crate::{
    db::{Connection, Store, StoreFault, copy_rows},
    domain::{Eui64, Now},
    store::{Cause, device::history},
};

/// The most batches of rows that wait to be inserted: memory is bounded, and the reader is never idle.
const MAX_IN_FLIGHT: usize = 3;
/// Lines of one merge statement: a server cancels a statement after a minute.
const MERGE_BATCH: usize = 50_000;

/// A file that is being staged. The inventory is as it was until [`Staging::finish`].
pub(in crate::store) struct Staging<'a> {
    store: &'a Store,
    /// The outcomes of the batches that were submitted last.
    in_flight: VecDeque<Receiver<Result<(), StoreFault>>>,
    _lock: MutexGuard<'a, ()>,
}

/// A line whose Device is on an earlier line too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct DuplicateDevice {
    pub(in crate::store) line: u64,
    pub(in crate::store) earlier: u64,
    pub(in crate::store) device: Eui64,
}

/// Whether a file was merged into the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Finished {
    /// All of it.
    Merged,
    /// Nothing of it: a Device is on two lines.
    HasDuplicates,
}

impl<'a> Staging<'a> {
    /// Creates the temporary table, once no other file is staged.
    pub(in crate::store) fn begin(store: &'a Store) -> Result<Self, StoreFault> {
        let staging = Self { store, in_flight: VecDeque::new(), _lock: store.bulk_load_lock() };
        store.transact::<_, StoreFault, _>(|connection| {
            sql_query("DROP TABLE IF EXISTS staged_devices").execute(connection)?;
            // With the inventory's collations, so that keys compare alike; without its checks and indexes, which would be paid for twice.
            let make = match connection {
                Connection::Sqlite(_) => format!("(line INTEGER PRIMARY KEY, {})", COLUMNS.join(", ")),
                Connection::Postgres(_) => "(line BIGINT PRIMARY KEY, LIKE devices)".to_owned(),
            };
            let make = format!("CREATE TEMPORARY TABLE staged_devices {make}");
            sql_query(make).execute(connection)?;
            Ok(())
        })?;
        Ok(staging)
    }

    /// Submits these rows to the writer without waiting, unless too many batches are in flight.
    pub(in crate::store) fn stage(&mut self, rows: Vec<StagedRow>) -> Result<(), StoreFault> {
        self.wait_until_fewer(MAX_IN_FLIGHT)?;
        let (sender, outcome) = sync_channel(1);
        // A caller that no longer waits does not need to know.
        self.store.submit(
            move |connection| insert_staged(connection, &rows),
            move |outcome| drop(sender.send(outcome)),
        );
        self.in_flight.push_back(outcome);
        Ok(())
    }

    /// Merges the whole file into the inventory in one transaction: new Devices are inserted, known ones replaced, and statuses
    /// that are new or changed enter the history.
    pub(in crate::store) fn finish(&mut self, now: Now) -> Result<Finished, StoreFault> {
        self.wait_until_fewer(1)?;
        let outcome = self.store.transact(move |connection| merge_into_inventory(connection, now));
        if outcome.as_ref().is_err_and(is_unique_violation) && self.duplicates(0)?.1 > 0 {
            return Ok(Finished::HasDuplicates);
        }
        outcome.map_err(transient_if_lost)
    }

    /// The first lines whose Device is on an earlier line too, at most so many; and how many there are in all.
    pub(in crate::store) fn duplicates(
        &mut self,
        limit: u32,
    ) -> Result<(Vec<DuplicateDevice>, u64), StoreFault> {
        self.wait_until_fewer(1)?;
        let query = move |connection: &mut Connection| {
            Ok((duplicates(connection, limit)?, count_duplicates(connection)?))
        };
        self.store.transact(query).map_err(transient_if_lost)
    }

    fn wait_until_fewer(&mut self, number: usize) -> Result<(), StoreFault> {
        while self.in_flight.len() >= number
            && let Some(outcome) = self.in_flight.pop_front()
        {
            outcome.recv().unwrap_or(Err(StoreFault::Closed)).map_err(transient_if_lost)?;
        }
        Ok(())
    }
}

impl Drop for Staging<'_> {
    /// Drops the table without waiting. Where that fails, the next import drops it, or the connection when it is closed.
    fn drop(&mut self) {
        let drop_table = |connection: &mut Connection| {
            sql_query("DROP TABLE IF EXISTS staged_devices").execute(connection)?;
            Ok(())
        };
        self.store.submit::<(), StoreFault, _>(drop_table, drop);
    }
}

/// A fault about the missing table is transient: it was dropped with the writer's connection, which was lost between two steps.
fn transient_if_lost(fault: StoreFault) -> StoreFault {
    let StoreFault::Database(Error::DatabaseError(_, information)) = &fault else { return fault };
    if information.message().contains("staged_devices") {
        return StoreFault::Unavailable("its connection was lost while the file was read".to_owned());
    }
    fault
}

const fn is_unique_violation(fault: &StoreFault) -> bool {
    matches!(fault, StoreFault::Database(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}

fn insert_staged(connection: &mut Connection, rows: &[StagedRow]) -> Result<(), StoreFault> {
    match connection {
        // One by one, by a statement that stays prepared.
        Connection::Sqlite(connection) => rows.iter().try_for_each(|row| {
            diesel::insert_into(staged_devices::table).values(row).execute(connection).map(drop)
        }),
        Connection::Postgres(connection) => copy_rows!(connection, staged_devices::table, rows),
    }?;
    Ok(())
}

fn merge_into_inventory(connection: &mut Connection, now: Now) -> Result<Finished, StoreFault> {
    let replaces = is_any_known(connection)?;
    // Among new Devices alone the primary key finds duplicates during the insert, which saves a scan of the table. Where known ones
    // are replaced, ON CONFLICT would hide them.
    if replaces && count_duplicates(connection)? > 0 {
        return Ok(Finished::HasDuplicates);
    }
    let by = Cause { user: None, request_id: None, interface: "import" };
    let columns = COLUMNS.join(", ");
    let new = format!(
        "INSERT INTO devices ({columns}) SELECT {columns} FROM staged_devices WHERE line BETWEEN $1 AND $2"
    );
    let replaced = COLUMNS.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>();
    let replaced = format!("ON CONFLICT (device_id) DO UPDATE SET {}", replaced.join(", "));
    let merge = if replaces { format!("{new} {replaced}") } else { new };
    for first in (1..=last_line(connection)?).step_by(MERGE_BATCH) {
        let lines = (first, first + MERGE_BATCH as i64 - 1);
        history::insert_staged_changes(connection, lines, &by, now)?;
        let (first, last) = lines;
        sql_query(&merge).bind::<BigInt, _>(first).bind::<BigInt, _>(last).execute(connection)?;
    }
    Ok(Finished::Merged)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn last_line(connection: &mut Connection) -> Result<i64, StoreFault> {
    let last = "SELECT COALESCE(MAX(line), 0) AS number FROM staged_devices";
    Ok(sql_query(last).get_result::<Number>(connection)?.number)
}

/// Whether one of these Devices is in the inventory already.
fn is_any_known(connection: &mut Connection) -> Result<bool, StoreFault> {
    let known = "SELECT COUNT(*) AS number FROM (SELECT 1 FROM staged_devices
        JOIN devices ON devices.device_id = staged_devices.device_id LIMIT 1) AS known";
    Ok(sql_query(known).get_result::<Number>(connection)?.number > 0)
}

fn count_duplicates(connection: &mut Connection) -> Result<u64, StoreFault> {
    let count = "SELECT COUNT(*) - COUNT(DISTINCT device_id) AS number FROM staged_devices";
    Ok(sql_query(count).get_result::<Number>(connection)?.number.unsigned_abs())
}

#[derive(QueryableByName)]
struct DuplicateRow {
    #[diesel(sql_type = BigInt)]
    line: i64,
    #[diesel(sql_type = BigInt)]
    earlier: i64,
    #[diesel(sql_type = Text)]
    device_id: String,
}

fn duplicates(connection: &mut Connection, limit: u32) -> Result<Vec<DuplicateDevice>, StoreFault> {
    let earliest =
        "SELECT line, device_id, MIN(line) OVER (PARTITION BY device_id) AS earlier FROM staged_devices";
    let later = "SELECT line, earlier, device_id FROM";
    let query = format!("{later} ({earliest}) AS numbered WHERE line > earlier ORDER BY line LIMIT {limit}");
    let read = |DuplicateRow { line, earlier, device_id }: DuplicateRow| {
        let device = TABLE.value("device_id", &device_id)?;
        Ok(DuplicateDevice { line: line.unsigned_abs(), earlier: earlier.unsigned_abs(), device })
    };
    sql_query(query).load::<DuplicateRow>(connection)?.into_iter().map(read).collect()
}
