//! The indexes that reports of hubs are read along.

use diesel::{RunQueryDsl as _, sql_query};

use crate::db::{Connection, StoreFault};

/// Their names.
const INDEXES: [&str; 2] = ["devices_in_stock", "devices_installed_hubs"];

/// Takes them away, to measure what they cost whoever writes Devices. Reports are right without them, and slow.
///
/// # Errors
/// When the database fails.
pub fn drop_stock_indexes(connection: &mut Connection) -> Result<(), StoreFault> {
    for index in INDEXES {
        sql_query(format!("DROP INDEX {index}")).execute(connection)?;
    }
    Ok(())
}
