//! The restore of a backup, in one transaction.

use std::path::Path;

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

use super::{
    BackupFault,
    file::{BackupHeader, BackupReader, TableLine},
};
use crate::{
    db::{self, Connection, Location, Store, StoreOptions},
    domain::parse_instant,
    store::{coverage, feed_place, kept, outbox, tables::TABLES, tally},
};

/// A column whose default is the next number of a PostgreSQL sequence.
#[derive(QueryableByName)]
struct SequenceColumn {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    column: String,
}

/// The migration since which every change of a Device is kept. Versions compare as texts do.
const HISTORY_WHOLE_SINCE: &str = "20261128000016";

/// The query for all such columns. It asks the catalogue, so that no table of a later version is forgotten.
const SEQUENCE_COLUMNS: &str = "SELECT table_name::text AS \"table\", column_name::text AS \"column\"
    FROM information_schema.columns WHERE table_schema = current_schema()
    AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL";

/// The summary of a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The number of rows of all tables.
    pub rows: u64,
    /// The instant of the backup.
    pub taken_at: String,
}

/// Restores a backup into a store, which is created if it does not exist. With `replace` all of its rows are replaced; without,
/// it must be empty.
///
/// # Errors
/// When the file is incomplete, was changed or is from a newer version; when the store is in use, not empty or fails. Nothing
/// was changed then.
pub fn restore(
    url: &str,
    options: StoreOptions,
    file: &Path,
    replace: bool,
) -> Result<Restored, BackupFault> {
    let header = check_file(file)?;
    let location = Location::parse(url, options.timeout)?;
    location.refuse_where_in_use()?;
    let store = Store::open_with(url, options)?;
    let from = file.to_owned();
    let rows = store.transact(move |connection| replace_tables(connection, &from, replace))?;
    store.close();
    Ok(Restored { rows, taken_at: header.taken_at })
}

/// Puts the rows of a backup in the place of all rows, within the caller's transaction. Returns how many there are.
///
/// # Errors
/// As [`restore`].
pub fn restore_into(connection: &mut Connection, file: &Path) -> Result<u64, BackupFault> {
    replace_tables(connection, file, true)
}

/// Checks a backup whole: that it is complete, unchanged and of a version that is known.
///
/// # Errors
/// What is wrong with it.
pub fn check_backup(file: &Path) -> Result<(), BackupFault> {
    check_file(file).map(drop)
}

/// The instant of a backup, as its first line says.
///
/// # Errors
/// When the file is no backup.
pub fn taken_at(file: &Path) -> Result<String, BackupFault> {
    Ok(BackupReader::open(file)?.1.taken_at)
}

/// Checks the whole file before the store is touched.
fn check_file(file: &Path) -> Result<BackupHeader, BackupFault> {
    let (mut reader, header) = BackupReader::open(file)?;
    if !db::knows_migration(&header.schema)? {
        return Err(BackupFault::Newer(header.schema));
    }
    while let Some(TableLine { table, rows }) = reader.next_table()? {
        if !TABLES.iter().any(|known| known.name == table) {
            return Err(reader.broken_line(&format!("there is no table `{table}`")));
        }
        for _ in 0..rows {
            reader.next_row()?;
        }
    }
    Ok(header)
}

fn replace_tables(connection: &mut Connection, file: &Path, replace: bool) -> Result<u64, BackupFault> {
    lift_timeouts(connection)?;
    // All tables are cleared before the first row is read: a row must not meet one that is about to go.
    for table in &TABLES {
        if replace {
            (table.clear)(connection)?;
        } else if (table.count)(connection)? > 0 {
            return Err(BackupFault::NotEmpty(table.name));
        }
    }
    // Read and checked a second time: the file may have changed since `check_file`, which ran before the transaction so that a
    // bad file never locks the store.
    let (mut reader, header) = BackupReader::open(file)?;
    let mut all = 0;
    while let Some(TableLine { table, rows }) = reader.next_table()? {
        let known = TABLES.iter().find(|known| known.name == table);
        let known = known.ok_or_else(|| reader.broken_line(&format!("there is no table `{table}`")))?;
        (known.read)(connection, &mut reader, rows)?;
        all += rows;
    }
    advance_sequences(connection)?;
    coverage::assign_missing_extracts(connection)?;
    outbox::assign_heads(connection)?;
    tally::follow_restore(connection)?;
    feed_place::mark_restored(connection)?;
    if header.schema.as_str() < HISTORY_WHOLE_SINCE && all > 0 {
        let taken_at = parse_instant(&header.taken_at);
        let taken_at = taken_at.map_err(|_| reader.broken_line("its first line has no instant"))?;
        kept::note_unknown_before(connection, taken_at)?;
    }
    Ok(all)
}

/// Lifts a server's limits for this transaction: to clear a table of millions of rows is one statement, and the file may be on a
/// slow disk. No service waits for it.
fn lift_timeouts(connection: &mut Connection) -> Result<(), BackupFault> {
    if let Connection::Postgres(connection) = connection {
        for limit in ["statement_timeout", "idle_in_transaction_session_timeout"] {
            sql_query(format!("SET LOCAL {limit} TO 0")).execute(connection)?;
        }
    }
    Ok(())
}

/// Advances the sequences of PostgreSQL past the restored ids: rows inserted with an id do not move them. SQLite's
/// AUTOINCREMENT does so itself.
fn advance_sequences(connection: &mut Connection) -> Result<(), BackupFault> {
    if let Connection::Postgres(connection) = connection {
        for SequenceColumn { table, column } in
            sql_query(SEQUENCE_COLUMNS).load::<SequenceColumn>(connection)?
        {
            let sequence = format!("pg_get_serial_sequence('{table}', '{column}')");
            let set =
                format!("SELECT setval({sequence}, COALESCE(MAX({column}), 0) + 1, false) FROM {table}");
            sql_query(set).execute(connection)?;
        }
    }
    Ok(())
}
