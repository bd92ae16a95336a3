//! Bulk inserts of coverage: on SQLite with many rows a statement, on PostgreSQL by COPY.

use diesel::{QueryResult, RunQueryDsl as _};

use crate::{
    db::{Connection, copy_rows},
    store::coverage::row::{StoredRow, coverage},
};

/// Rows of one statement: at 13 values each, well below the 32,766 that SQLite binds.
const ROWS_PER_STATEMENT: usize = 500;

/// Inserts all rows, or fails.
pub(super) fn all(connection: &mut Connection, rows: &[StoredRow]) -> QueryResult<()> {
    match connection {
        Connection::Sqlite(connection) => rows.chunks(ROWS_PER_STATEMENT).try_for_each(|rows| {
            diesel::insert_into(coverage::table).values(rows).execute(connection).map(drop)
        }),
        Connection::Postgres(connection) => copy_rows!(connection, coverage::table, rows),
    }
}
