//! The import of a file whose lines replace the rows of the same key: staged, compared and merged by statements of the database, so
//! that no row is loaded back into memory.

use std::io::Read;

use diesel::{
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    csv::{Affected, Changes, Faults, ImportFault, Line, MAX_REPORTED, RowChange, Sheet, SheetReader},
    staging::{StageRow, StagedNumber, Staging, batches, last_line},
};
use crate::{
    db::{Connection, StoreFault},
    domain::Now,
};

/// The batch size of reading, in lines; a few batches are in memory.
const BATCH: usize = 1_000;

/// A table with a key of one column, and the temporary table that its import is staged in.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct KeyedTable {
    /// The table.
    pub(in crate::store) table: &'static str,
    /// The temporary one: the same columns, and the line of the file.
    pub(in crate::store) staged: &'static str,
    /// The column of the key, a text.
    pub(in crate::store) key: &'static str,
    /// Every column.
    pub(in crate::store) columns: &'static [&'static str],
}

/// A staged row of such a table.
pub(in crate::store) trait KeyedRow: StageRow {
    /// The tables.
    const KEYED: KeyedTable;

    /// Writes what goes with the rows of these lines, before they are merged: the table still has the rows before.
    fn before_merge(_: &mut Connection, _lines: (i64, i64), _: Now) -> Result<(), StoreFault> {
        Ok(())
    }

    /// The first changed rows of these lines, with their values before and after. `from` joins both tables: of a new row, the columns
    /// of the table are NULL.
    fn changed_rows(
        connection: &mut Connection,
        from: &str,
        lines: (i64, i64),
        limit: usize,
    ) -> Result<Vec<RowChange>, StoreFault>;
}

/// The result of a merge, or of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Finished {
    /// The whole file was merged, or could be.
    Merged(Changes),
    /// Nothing was merged: a key is on two lines.
    HasDuplicates,
}

/// A duplicate: a line with the key of an earlier line.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
struct Duplicate {
    #[diesel(sql_type = BigInt)]
    line: i64,
    #[diesel(sql_type = BigInt)]
    earlier: i64,
    #[diesel(sql_type = Text)]
    row_key: String,
}

/// Reads all lines and stages the good ones, even after a fault: so the report of a bad file has its duplicates too.
pub(in crate::store) fn stage_all<S: Sheet, F: Read, R: StageRow>(
    reading: &mut SheetReader<S, F>,
    staging: &mut Staging<'_, R>,
    faults: &mut Faults,
    progress: &mut dyn FnMut(u64),
    mut row: impl FnMut(u64, &S::Value) -> R,
) -> Result<(), ImportFault> {
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(Line { number, value }) = reading.next(faults, progress)? {
        batch.push(row(number, &value));
        if batch.len() == BATCH {
            staging.stage(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))?;
        }
    }
    Ok(staging.stage(batch)?)
}

impl<R: KeyedRow> Staging<'_, R> {
    /// Ends the import of a file that was staged: merges it, or in a dry run compares it. Duplicates are added to the faults; what a
    /// file with faults would change is not asked.
    pub(in crate::store) fn end(
        &mut self,
        faults: &mut Faults,
        dry_run: bool,
        now: Now,
    ) -> Result<Changes, ImportFault> {
        let finished = match (faults.is_empty(), dry_run) {
            (false, _) => Finished::HasDuplicates,
            (true, true) => self.compare()?,
            (true, false) => self.finish(now)?,
        };
        match finished {
            Finished::Merged(changes) => Ok(changes),
            Finished::HasDuplicates => {
                self.report_duplicates(faults)?;
                Ok(Changes::default())
            }
        }
    }

    /// Merges the file into the table in one transaction: new rows are inserted, known ones replaced.
    fn finish(&mut self, now: Now) -> Result<Finished, StoreFault> {
        let outcome = self.transact(move |connection| merge::<R>(connection, now));
        // The insert names no line: a unique violation is confirmed by a query, which then runs for the report.
        if outcome.as_ref().is_err_and(is_unique_violation)
            && self.transact(|connection| R::KEYED.count_duplicates(connection))? > 0
        {
            return Ok(Finished::HasDuplicates);
        }
        outcome
    }

    /// Compares the file with the table, which is unchanged. Others write between the batches.
    fn compare(&mut self) -> Result<Finished, StoreFault> {
        let (has_duplicates, last) = self.transact(|connection| {
            Ok((R::KEYED.count_duplicates(connection)? > 0, last_line::<R>(connection)?))
        })?;
        if has_duplicates {
            return Ok(Finished::HasDuplicates);
        }
        let mut changes = Changes::default();
        for lines in batches(last) {
            let so_far = changes.clone();
            changes = self.transact(move |connection| compared::<R>(connection, lines, so_far.clone()))?;
        }
        Ok(Finished::Merged(changes))
    }

    fn report_duplicates(&mut self, faults: &mut Faults) -> Result<(), ImportFault> {
        let (first, total) = self.transact(|connection| {
            Ok((R::KEYED.duplicates(connection, MAX_REPORTED)?, R::KEYED.count_duplicates(connection)?))
        })?;
        faults.add_unreported(usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(first.len()));
        for Duplicate { line, earlier, row_key } in first {
            let reason = format!("`{row_key}` is on line {earlier} too");
            faults.in_value(line.unsigned_abs(), R::KEYED.key, &row_key, reason);
        }
        Ok(())
    }
}

const fn is_unique_violation(fault: &StoreFault) -> bool {
    matches!(fault, StoreFault::Database(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}

fn merge<R: KeyedRow>(connection: &mut Connection, now: Now) -> Result<Finished, StoreFault> {
    let KeyedTable { table, staged, key, columns } = R::KEYED;
    let replaces = R::KEYED.is_any_known(connection)?;
    // Among new rows alone the primary key finds duplicates during the insert, which saves a scan of the table. Where known ones
    // are replaced, ON CONFLICT would hide them.
    if replaces && R::KEYED.count_duplicates(connection)? > 0 {
        return Ok(Finished::HasDuplicates);
    }
    let names = columns.join(", ");
    let new =
        format!("INSERT INTO {table} ({names}) SELECT {names} FROM {staged} WHERE line BETWEEN $1 AND $2");
    let replaced = columns.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>();
    let replaced = format!("ON CONFLICT ({key}) DO UPDATE SET {}", replaced.join(", "));
    let merge = if replaces { format!("{new} {replaced}") } else { new };
    let mut changes = Changes::default();
    for lines in batches(last_line::<R>(connection)?) {
        // First what it compares with, and what goes with it: the merge overwrites both.
        changes = compared::<R>(connection, lines, changes)?;
        R::before_merge(connection, lines, now)?;
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
struct RowKey {
    #[diesel(sql_type = Text)]
    row_key: String,
}

/// Adds the changes that these lines make to those of the lines before.
fn compared<R: KeyedRow>(
    connection: &mut Connection,
    (first, last): (i64, i64),
    mut changes: Changes,
) -> Result<Changes, StoreFault> {
    let KeyedTable { table, staged, key, columns } = R::KEYED;
    let both = format!(
        "FROM {staged} LEFT JOIN {table} ON {table}.{key} = {staged}.{key}
        WHERE {staged}.line BETWEEN $1 AND $2"
    );
    let is_same = |column: &&str| format!("{table}.{column} IS NOT DISTINCT FROM {staged}.{column}");
    let same_columns = columns.iter().map(is_same).collect::<Vec<_>>().join(" AND ");
    let count = format!(
        "SELECT COUNT(*) AS lines, COUNT({table}.{key}) AS known, COUNT(CASE WHEN {same_columns} THEN 1 END) AS same {both}"
    );
    let numbers = sql_query(count).bind::<BigInt, _>(first).bind::<BigInt, _>(last);
    let Compared { lines, known, same } = numbers.get_result(connection)?;
    let (added, replaced) = (lines - known, known - same);
    let cases = [
        (&mut changes.added, added, format!("{table}.{key} IS NULL")),
        (&mut changes.replaced, replaced, format!("{table}.{key} IS NOT NULL AND NOT ({same_columns})")),
    ];
    for (affected, number, is_so) in cases {
        affected.total += usize::try_from(number).unwrap_or(usize::MAX);
        let missing = Affected::NAMED - affected.first.len();
        if number > 0 && missing > 0 {
            let named = format!(
                "SELECT {staged}.{key} AS row_key {both} AND {is_so} ORDER BY {staged}.line LIMIT {missing}"
            );
            let named = sql_query(named).bind::<BigInt, _>(first).bind::<BigInt, _>(last);
            affected.first.extend(named.load::<RowKey>(connection)?.into_iter().map(|found| found.row_key));
        }
    }
    changes.unchanged += usize::try_from(same).unwrap_or(usize::MAX);
    if added + replaced > 0 && changes.rows_to_show() > 0 {
        let is_changed = format!("{both} AND ({table}.{key} IS NULL OR NOT ({same_columns}))");
        let rows = R::changed_rows(connection, &is_changed, (first, last), changes.rows_to_show())?;
        changes.first.extend(rows);
    }
    Ok(changes)
}

impl KeyedTable {
    /// Creates the temporary table.
    pub(in crate::store) fn create(self, connection: &mut Connection) -> Result<(), StoreFault> {
        let Self { table, staged, columns, .. } = self;
        // PostgreSQL copies the table's collations, so that keys compare alike. Its checks and indexes are left out: the merge
        // applies them, and twice would cost twice.
        let make = match connection {
            Connection::Sqlite(_) => format!("(line INTEGER PRIMARY KEY, {})", columns.join(", ")),
            Connection::Postgres(_) => format!("(line BIGINT PRIMARY KEY, LIKE {table})"),
        };
        sql_query(format!("CREATE TEMPORARY TABLE {staged} {make}")).execute(connection)?;
        Ok(())
    }

    /// Whether a row with one of these keys is there already.
    fn is_any_known(self, connection: &mut Connection) -> Result<bool, StoreFault> {
        let Self { table, staged, key, .. } = self;
        let known = format!(
            "SELECT COUNT(*) AS number FROM (SELECT 1 FROM {staged} JOIN {table} ON {table}.{key} = {staged}.{key} LIMIT 1)
            AS known"
        );
        Ok(sql_query(known).get_result::<StagedNumber>(connection)?.number > 0)
    }

    fn count_duplicates(self, connection: &mut Connection) -> Result<u64, StoreFault> {
        let Self { staged, key, .. } = self;
        let count = format!("SELECT COUNT(*) - COUNT(DISTINCT {key}) AS number FROM {staged}");
        Ok(sql_query(count).get_result::<StagedNumber>(connection)?.number.unsigned_abs())
    }

    fn duplicates(self, connection: &mut Connection, limit: u32) -> Result<Vec<Duplicate>, StoreFault> {
        let Self { staged, key, .. } = self;
        let earliest = format!(
            "SELECT line, {key} AS row_key, MIN(line) OVER (PARTITION BY {key}) AS earlier FROM {staged}"
        );
        let query = format!(
            "SELECT line, earlier, row_key FROM ({earliest}) AS numbered WHERE line > earlier ORDER BY line LIMIT {limit}"
        );
        Ok(sql_query(query).load(connection)?)
    }
}
