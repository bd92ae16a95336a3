//! The staging of an import's Devices, and their merge into the inventory by a few statements, so that no Device is loaded back into
//! memory.

use diesel::{
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::columns::{COLUMNS, StagedRow, TABLE, staged_devices};
use crate::{
    db::{Connection, StoreFault, copy_rows},
    domain::{Eui64, Now},
    store::{
        Cause,
        csv::{Affected, Changes, RowChange, RowChangeKind, ValueChange},
        device::history_write,
        field_changes,
        staging::{StageRow, StagedNumber, Staging, batches, last_line},
    },
};

/// A duplicate: a line with the Device of an earlier line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct DuplicateDevice {
    pub(in crate::store) line: u64,
    pub(in crate::store) earlier: u64,
    pub(in crate::store) device: Eui64,
}

/// The result of a merge, or of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Finished {
    /// The whole file was merged, or could be.
    Merged(Changes),
    /// Nothing was merged: a Device is on two lines.
    HasDuplicates,
}

impl StageRow for StagedRow {
    const TABLE: &'static str = "staged_devices";

    fn create(connection: &mut Connection) -> Result<(), StoreFault> {
        // PostgreSQL copies the inventory's collations, so that keys compare alike. Its checks and indexes are left out: the merge
        // applies them, and twice would cost twice.
        let make = match connection {
            Connection::Sqlite(_) => format!("(line INTEGER PRIMARY KEY, {})", COLUMNS.join(", ")),
            Connection::Postgres(_) => "(line BIGINT PRIMARY KEY, LIKE devices)".to_owned(),
        };
        sql_query(format!("CREATE TEMPORARY TABLE staged_devices {make}")).execute(connection)?;
        Ok(())
    }

    fn insert(connection: &mut Connection, rows: &[Self]) -> Result<(), StoreFault> {
        match connection {
            // One by one, by a statement that stays prepared.
            Connection::Sqlite(connection) => rows.iter().try_for_each(|row| {
                diesel::insert_into(staged_devices::table).values(row).execute(connection).map(drop)
            }),
            Connection::Postgres(connection) => copy_rows!(connection, staged_devices::table, rows),
        }?;
        Ok(())
    }
}

impl Staging<'_, StagedRow> {
    /// Merges the file into the inventory in one transaction: new Devices are inserted, known ones replaced, and the changes
    /// recorded in the history.
    pub(in crate::store) fn finish(&mut self, now: Now) -> Result<Finished, StoreFault> {
        let outcome = self.transact(move |connection| merge_into_inventory(connection, now));
        // The insert names no line: a unique violation is confirmed by a query, which `duplicates` then runs for the report.
        if outcome.as_ref().is_err_and(is_unique_violation) && self.duplicates(0)?.1 > 0 {
            return Ok(Finished::HasDuplicates);
        }
        outcome
    }

    /// Compares the file with the inventory, which is unchanged. Others write between the batches.
    pub(in crate::store) fn compare(&mut self) -> Result<Finished, StoreFault> {
        let (has_duplicates, last) = self.transact(|connection| {
            Ok((count_duplicates(connection)? > 0, last_line::<StagedRow>(connection)?))
        })?;
        if has_duplicates {
            return Ok(Finished::HasDuplicates);
        }
        let mut changes = Changes::default();
        for lines in batches(last) {
            let so_far = changes.clone();
            changes = self.transact(move |connection| compared(connection, lines, so_far.clone()))?;
        }
        Ok(Finished::Merged(changes))
    }

    /// Finds the first duplicates, at most `limit`, and counts all of them.
    pub(in crate::store) fn duplicates(
        &mut self,
        limit: u32,
    ) -> Result<(Vec<DuplicateDevice>, u64), StoreFault> {
        self.transact(move |connection| Ok((duplicates(connection, limit)?, count_duplicates(connection)?)))
    }
}

const fn is_unique_violation(fault: &StoreFault) -> bool {
    matches!(fault, StoreFault::Database(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}

fn merge_into_inventory(connection: &mut Connection, now: Now) -> Result<Finished, StoreFault> {
    let replaces = is_any_known(connection)?;
    // Among new Devices alone the primary key finds duplicates during the insert, which saves a scan of the table. Where known ones
    // are replaced, ON CONFLICT would hide them.
    if replaces && count_duplicates(connection)? > 0 {
        return Ok(Finished::HasDuplicates);
    }
    let by = Cause { user: None, request_id: None, interface: "import", reason: None };
    let columns = COLUMNS.join(", ");
    let new = format!(
        "INSERT INTO devices ({columns}) SELECT {columns} FROM staged_devices WHERE line BETWEEN $1 AND $2"
    );
    let replaced = COLUMNS.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>();
    let replaced = format!("ON CONFLICT (device_id) DO UPDATE SET {}", replaced.join(", "));
    let merge = if replaces { format!("{new} {replaced}") } else { new };
    let mut changes = Changes::default();
    for lines in batches(last_line::<StagedRow>(connection)?) {
        // First what it compares with, and the history: the merge overwrites both.
        changes = compared(connection, lines, changes)?;
        history_write::insert_staged(connection, lines, &by, now)?;
        let (first, last) = lines;
        sql_query(&merge).bind::<BigInt, _>(first).bind::<BigInt, _>(last).execute(connection)?;
    }
    Ok(Finished::Merged(changes))
}

#[derive(QueryableByName)]
struct Compared {
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = BigInt)]
    known: i64,
    #[diesel(sql_type = BigInt)]
    same: i64,
}

#[derive(QueryableByName)]
struct DeviceId {
    #[diesel(sql_type = Text)]
    device_id: String,
}

/// Adds the changes that these lines make to those of the lines before.
fn compared(
    connection: &mut Connection,
    (first, last): (i64, i64),
    mut changes: Changes,
) -> Result<Changes, StoreFault> {
    let both = "FROM staged_devices LEFT JOIN devices ON devices.device_id = staged_devices.device_id
        WHERE staged_devices.line BETWEEN $1 AND $2";
    let is_same = |column: &&str| format!("devices.{column} IS NOT DISTINCT FROM staged_devices.{column}");
    let same_columns = COLUMNS.iter().map(is_same).collect::<Vec<_>>().join(" AND ");
    let count = format!(
        "SELECT COUNT(*) AS lines, COUNT(devices.device_id) AS known, COUNT(CASE WHEN {same_columns} THEN 1 END) AS same {both}"
    );
    let numbers = sql_query(count).bind::<BigInt, _>(first).bind::<BigInt, _>(last);
    let Compared { lines, known, same } = numbers.get_result(connection)?;
    let (added, replaced) = (lines - known, known - same);
    let cases = [
        (&mut changes.added, added, "devices.device_id IS NULL".to_owned()),
        (&mut changes.replaced, replaced, format!("devices.device_id IS NOT NULL AND NOT ({same_columns})")),
    ];
    for (affected, number, is_so) in cases {
        affected.total += usize::try_from(number).unwrap_or(usize::MAX);
        let missing = Affected::NAMED - affected.first.len();
        if number > 0 && missing > 0 {
            let named = format!(
                "SELECT staged_devices.device_id {both} AND {is_so} ORDER BY staged_devices.line LIMIT {missing}"
            );
            let named = sql_query(named).bind::<BigInt, _>(first).bind::<BigInt, _>(last);
            affected
                .first
                .extend(named.load::<DeviceId>(connection)?.into_iter().map(|found| found.device_id));
        }
    }
    changes.unchanged += usize::try_from(same).unwrap_or(usize::MAX);
    if added + replaced > 0 && changes.rows_to_show() > 0 {
        let is_changed = format!("{both} AND (devices.device_id IS NULL OR NOT ({same_columns}))");
        let rows = changed_rows(connection, &is_changed, (first, last), changes.rows_to_show())?;
        changes.first.extend(rows);
    }
    Ok(changes)
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Text)]
    device_id: String,
    #[diesel(sql_type = BigInt)]
    is_known: i64,
    #[diesel(sql_type = Nullable<Text>)]
    changes: Option<String>,
}

/// The first changed rows of these lines, with their values before and after.
fn changed_rows(
    connection: &mut Connection,
    from: &str,
    (first, last): (i64, i64),
    limit: usize,
) -> Result<Vec<RowChange>, StoreFault> {
    // Of a new Device every value before is NULL.
    let changes = history_write::changes_of_line(connection, |_| true);
    let query = format!(
        "SELECT staged_devices.device_id,
            CAST(CASE WHEN devices.device_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_known,
            {changes} AS changes
        {from} ORDER BY staged_devices.line LIMIT {limit}"
    );
    let rows = sql_query(query).bind::<BigInt, _>(first).bind::<BigInt, _>(last);
    let read = |row: ChangedRow| {
        let changes = field_changes::from_json(TABLE, row.changes.as_deref())?.into_iter();
        // An empty text is no value, as in the file.
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let values = changes.map(|change| ValueChange {
            column: change.field.to_string(),
            before: filled(change.before),
            after: filled(change.after),
        });
        let values = values.filter(|value| value.before != value.after).collect();
        let kind = if row.is_known == 0 { RowChangeKind::New } else { RowChangeKind::Changed };
        Ok(RowChange { key: row.device_id, kind, values })
    };
    rows.load::<ChangedRow>(connection)?.into_iter().map(read).collect()
}

/// Whether one of these Devices is in the inventory already.
fn is_any_known(connection: &mut Connection) -> Result<bool, StoreFault> {
    let known = "SELECT COUNT(*) AS number FROM (SELECT 1 FROM staged_devices
        JOIN devices ON devices.device_id = staged_devices.device_id LIMIT 1) AS known";
    Ok(sql_query(known).get_result::<StagedNumber>(connection)?.number > 0)
}

fn count_duplicates(connection: &mut Connection) -> Result<u64, StoreFault> {
    let count = "SELECT COUNT(*) - COUNT(DISTINCT device_id) AS number FROM staged_devices";
    Ok(sql_query(count).get_result::<StagedNumber>(connection)?.number.unsigned_abs())
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
