//! The number that the database gave to the row that was inserted last.

use diesel::{prelude::*, sql_types::BigInt};

use crate::db::{Connection, StoreFault};

/// The number of the row that this connection inserted last. Both databases remember it for the connection, so what others insert
/// meanwhile does not matter.
pub(super) fn last_id(connection: &mut Connection) -> Result<i64, StoreFault> {
    let function = match connection {
        Connection::Sqlite(_) => "last_insert_rowid()",
        Connection::Postgres(_) => "lastval()",
    };
    Ok(diesel::select(diesel::dsl::sql::<BigInt>(function)).get_result(connection)?)
}
