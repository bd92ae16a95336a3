//! Empties the database, for tests that begin anew.

use diesel::{RunQueryDsl as _, sql_query};

use crate::db::{Connection, StoreFault};

/// Every table there is.
pub const TABLES: [&str; 14] = [
    "users",
    "registrations",
    "devices",
    "status_history",
    "coverage_extracts",
    "coverage",
    "cpl",
    "requests",
    "decisions",
    "audit_heads",
    "outbox",
    "awaited",
    "supplier_notices",
    "hub_notifications",
];

/// Empties every table.
///
/// # Errors
/// When the database fails.
pub fn reset(connection: &mut Connection) -> Result<(), StoreFault> {
    for table in TABLES {
        sql_query(format!("DELETE FROM {table}")).execute(connection)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Kind, testing::TempStore};
    use diesel::{QueryableByName, sql_types::Text};

    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }

    #[test]
    fn no_table_is_left_out() {
        let temp = TempStore::new();
        let names = temp.store.read(|connection| {
            let tables = match connection {
                Connection::Sqlite(_) => {
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                }
                Connection::Postgres(_) => {
                    "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
                }
            };
            let query =
                format!("SELECT name FROM ({tables}) AS tables WHERE name <> '__diesel_schema_migrations'");
            Ok::<_, StoreFault>(sql_query(query).load::<Name>(connection)?)
        });
        let mut names = names.unwrap().into_iter().map(|row| row.name).collect::<Vec<_>>();
        names.sort_unstable();
        let mut known = TABLES.to_vec();
        known.sort_unstable();
        assert_eq!(known, names);
    }

    #[test]
    fn nothing_is_left() {
        let temp = TempStore::with_fixtures();
        temp.transact(reset).unwrap();
        for kind in Kind::ALL {
            assert_eq!(temp.dump(*kind).lines().count(), 1, "{kind}: the header alone");
        }
    }
}
