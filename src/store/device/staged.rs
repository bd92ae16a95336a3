//! Devices of a file that is being imported, beside the inventory until all of it was read.
//!
//! They stand in a temporary table of the writer's connection: a file, or a server's, that nobody else sees and that goes with
//! the connection. What the whole file means is then said in a few statements, so that no Device comes back into memory.

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

use super::row::{COLUMNS, StagedRow, TABLE};
use crate::{
    db::{Connection, Store, StoreFault, copy_rows},
    domain::{Eui64, Now},
    store::{Cause, device::history, schema::staged_devices},
};

/// As many batches of rows may wait to be written.
const AHEAD: usize = 3;
/// As many lines are taken in by one statement: a server gives no statement more than a minute.
const SLICE: usize = 50_000;

/// A file on its way into the inventory, which is as it was until [`Staging::finish`].
pub(in crate::store) struct Staging<'a> {
    store: &'a Store,
    /// What came of the rows that were given last, as soon as it is known.
    under_way: VecDeque<Receiver<Result<(), StoreFault>>>,
    _lock: MutexGuard<'a, ()>,
}

/// A line whose Device stands on an earlier line too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Double {
    pub(in crate::store) line: u64,
    pub(in crate::store) earlier: u64,
    pub(in crate::store) device: Eui64,
}

/// Whether a file was taken into the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Finished {
    /// All of it.
    Whole,
    /// Nothing of it: a Device stands on two lines.
    HasDoubles,
}

impl<'a> Staging<'a> {
    /// Begins with no lines, once no other file is staged.
    pub(in crate::store) fn begin(store: &'a Store) -> Result<Self, StoreFault> {
        let staging = Self { store, under_way: VecDeque::new(), _lock: store.bulk_load_lock() };
        store.transact::<_, StoreFault, _>(|connection| {
            sql_query("DROP TABLE IF EXISTS staged_devices").execute(connection)?;
            // Collations are the inventory's; its checks and indices are not needed before the end.
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

    /// Has these rows written while the caller goes on; waits only where it is too far ahead.
    pub(in crate::store) fn stage(&mut self, rows: Vec<StagedRow>) -> Result<(), StoreFault> {
        self.wait_until_under(AHEAD)?;
        let (tell, outcome) = sync_channel(1);
        // A caller that no longer waits does not need to know.
        self.store
            .submit(move |connection| write(connection, &rows), move |outcome| drop(tell.send(outcome)));
        self.under_way.push_back(outcome);
        Ok(())
    }

    /// Takes the whole file into the inventory in one transaction: new Devices are added, known ones replaced, and statuses
    /// that are new or changed enter the history.
    pub(in crate::store) fn finish(&mut self, now: Now) -> Result<Finished, StoreFault> {
        self.wait_until_under(1)?;
        let outcome = self.store.transact(move |connection| into_inventory(connection, now));
        if outcome.as_ref().is_err_and(is_of_a_double) && self.doubles(0)?.1 > 0 {
            return Ok(Finished::HasDoubles);
        }
        outcome.map_err(or_lost)
    }

    /// The first lines whose Device stands on an earlier line too, at most so many; and how many there are in all.
    pub(in crate::store) fn doubles(&mut self, limit: u32) -> Result<(Vec<Double>, u64), StoreFault> {
        self.wait_until_under(1)?;
        let found =
            move |connection: &mut Connection| Ok((doubles(connection, limit)?, count_doubles(connection)?));
        self.store.transact(found).map_err(or_lost)
    }

    fn wait_until_under(&mut self, number: usize) -> Result<(), StoreFault> {
        while self.under_way.len() >= number
            && let Some(outcome) = self.under_way.pop_front()
        {
            outcome.recv().unwrap_or(Err(StoreFault::Closed)).map_err(or_lost)?;
        }
        Ok(())
    }
}

impl Drop for Staging<'_> {
    /// Nobody waits for it: what is left, the next one takes away, or the connection when it goes.
    fn drop(&mut self) {
        let leave = |connection: &mut Connection| {
            sql_query("DROP TABLE IF EXISTS staged_devices").execute(connection)?;
            Ok(())
        };
        self.store.submit::<(), StoreFault, _>(leave, drop);
    }
}

/// The table goes with the writer's connection, which may have been lost between two steps.
fn or_lost(fault: StoreFault) -> StoreFault {
    let StoreFault::Database(Error::DatabaseError(_, told)) = &fault else { return fault };
    if told.message().contains("staged_devices") {
        return StoreFault::Unavailable("its connection was lost while the file was read".to_owned());
    }
    fault
}

const fn is_of_a_double(fault: &StoreFault) -> bool {
    matches!(fault, StoreFault::Database(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}

fn write(connection: &mut Connection, rows: &[StagedRow]) -> Result<(), StoreFault> {
    match connection {
        // One by one, by a statement that stays prepared.
        Connection::Sqlite(connection) => rows.iter().try_for_each(|row| {
            diesel::insert_into(staged_devices::table).values(row).execute(connection).map(drop)
        }),
        Connection::Postgres(connection) => copy_rows!(connection, staged_devices::table, rows),
    }?;
    Ok(())
}

fn into_inventory(connection: &mut Connection, now: Now) -> Result<Finished, StoreFault> {
    let replaces = is_any_known(connection)?;
    // New Devices alone cannot stand twice: the primary key says so while they are written.
    if replaces && count_doubles(connection)? > 0 {
        return Ok(Finished::HasDoubles);
    }
    let by = Cause { user: None, request_id: None, interface: "import" };
    let columns = COLUMNS.join(", ");
    let new = format!(
        "INSERT INTO devices ({columns}) SELECT {columns} FROM staged_devices WHERE line BETWEEN $1 AND $2"
    );
    let replaced = COLUMNS.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>();
    let replaced = format!("ON CONFLICT (device_id) DO UPDATE SET {}", replaced.join(", "));
    let take_in = if replaces { format!("{new} {replaced}") } else { new };
    for first in (1..=last_line(connection)?).step_by(SLICE) {
        let lines = (first, first + SLICE as i64 - 1);
        history::keep_staged(connection, lines, &by, now)?;
        let (first, last) = lines;
        sql_query(&take_in).bind::<BigInt, _>(first).bind::<BigInt, _>(last).execute(connection)?;
    }
    Ok(Finished::Whole)
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

fn count_doubles(connection: &mut Connection) -> Result<u64, StoreFault> {
    let count = "SELECT COUNT(*) - COUNT(DISTINCT device_id) AS number FROM staged_devices";
    Ok(sql_query(count).get_result::<Number>(connection)?.number.unsigned_abs())
}

#[derive(QueryableByName)]
struct StoredDouble {
    #[diesel(sql_type = BigInt)]
    line: i64,
    #[diesel(sql_type = BigInt)]
    earlier: i64,
    #[diesel(sql_type = Text)]
    device_id: String,
}

fn doubles(connection: &mut Connection, limit: u32) -> Result<Vec<Double>, StoreFault> {
    let earliest =
        "SELECT line, device_id, MIN(line) OVER (PARTITION BY device_id) AS earlier FROM staged_devices";
    let later = "SELECT line, earlier, device_id FROM";
    let query = format!("{later} ({earliest}) AS numbered WHERE line > earlier ORDER BY line LIMIT {limit}");
    let read = |StoredDouble { line, earlier, device_id }: StoredDouble| {
        let device = TABLE.value("device_id", &device_id)?;
        Ok(Double { line: line.unsigned_abs(), earlier: earlier.unsigned_abs(), device })
    };
    sql_query(query).load::<StoredDouble>(connection)?.into_iter().map(read).collect()
}
