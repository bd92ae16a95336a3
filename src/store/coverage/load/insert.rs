//! Writing rows, as fast as each database takes them.

use diesel::{QueryResult, RunQueryDsl as _};

use super::StoredRow;
use crate::{
    db::{Connection, copy_rows},
    store::schema::coverage,
};

/// As many rows in one statement: SQLite takes 32,766 values in one.
const STATEMENT: usize = 500;

/// All of them, or a fault.
pub(super) fn all(connection: &mut Connection, rows: &[StoredRow]) -> QueryResult<()> {
    match connection {
        Connection::Sqlite(connection) => rows.chunks(STATEMENT).try_for_each(|rows| {
            diesel::insert_into(coverage::table).values(rows).execute(connection).map(drop)
        }),
        Connection::Postgres(connection) => copy_rows!(connection, coverage::table, rows),
    }
}
