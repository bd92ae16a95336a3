//! Bulk inserts of coverage: in a file by many rows a statement, on a server by COPY.

use diesel::{QueryResult, RunQueryDsl as _};

use crate::{
    db::{Connection, copy_rows},
    store::coverage::row::{StoredRow, coverage},
};

/// Rows of one statement: SQLite binds at most 32,766 values.
const ROWS_PER_STATEMENT: usize = 500;

/// Inserts all of them, or fails.
pub(super) fn all(connection: &mut Connection, rows: &[StoredRow]) -> QueryResult<()> {
    match connection {
        Connection::Sqlite(connection) => rows.chunks(ROWS_PER_STATEMENT).try_for_each(|rows| {
            diesel::insert_into(coverage::table).values(rows).execute(connection).map(drop)
        }),
        Connection::Postgres(connection) => copy_rows!(connection, coverage::table, rows),
    }
}
