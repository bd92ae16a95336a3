//! Restoring a backup.

use std::path::Path;

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

use super::{
    BackupFault,
    file::{BackupHeader, BackupReader, TableLine},
};
use crate::{
    db::{self, Connection, Location, Store, StoreOptions},
    store::{coverage, tables::TABLES},
};

/// A column that PostgreSQL fills with the next number.
#[derive(QueryableByName)]
struct SequenceColumn {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    column: String,
}

/// All of them, from the catalogue: so that a table of a later version is not forgotten.
const SEQUENCE_COLUMNS: &str = "SELECT table_name::text AS \"table\", column_name::text AS \"column\"
    FROM information_schema.columns WHERE table_schema = current_schema()
    AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL";

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many rows, of all tables.
    pub rows: u64,
    /// When the backup was taken.
    pub taken_at: String,
}

/// Puts a backup into a store that is made if need be. Everything in it is replaced where `replace` says so; else it must
/// be empty.
///
/// # Errors
/// When the file is not whole, was changed or is from a newer version; when the store is in use, holds something or
/// fails. Nothing was changed then.
pub fn restore(url: &str, file: &Path, replace: bool) -> Result<Restored, BackupFault> {
    let header = check_file(file)?;
    let location = Location::parse(url, StoreOptions::default().timeout)?;
    location.refuse_where_in_use()?;
    let store = Store::open(url)?;
    let from = file.to_owned();
    let rows = store.transact(move |connection| replace_tables(connection, &from, replace))?;
    store.close();
    Ok(Restored { rows, taken_at: header.taken_at })
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
    for table in &TABLES {
        if replace {
            (table.clear)(connection)?;
        } else if (table.count)(connection)? > 0 {
            return Err(BackupFault::NotEmpty(table.name));
        }
    }
    // Read again, and so checked again: it may have been changed since it was examined.
    let (mut reader, _) = BackupReader::open(file)?;
    let mut all = 0;
    while let Some(TableLine { table, rows }) = reader.next_table()? {
        let known = TABLES.iter().find(|known| known.name == table);
        let known = known.ok_or_else(|| reader.broken_line(&format!("there is no table `{table}`")))?;
        (known.read)(connection, &mut reader, rows)?;
        all += rows;
    }
    advance_sequences(connection)?;
    coverage::assign_missing_extracts(connection)?;
    Ok(all)
}

/// Sets the sequences of a server behind the numbers that were restored. SQLite's AUTOINCREMENT does so itself.
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
