//! Everything that is particular to SQLite; `migrations/sqlite` beside it.

use std::time::Duration;

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::connection::{OpenFault, refuse_newer};

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// A database file, and how long to wait for another process that writes to it.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) patience: Duration,
}

impl File {
    /// Opens it for writing, creates it if need be, and runs the migrations it lacks.
    pub(super) fn open_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.refuse_what_is_not_ours(&mut connection)?;
        self.set(
            &mut connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
        )?;
        connection
            .run_pending_migrations(MIGRATIONS)
            .map_err(|error| OpenFault::Migrate(error.to_string()))?;
        Ok(connection)
    }

    /// Opens it for reading only, after a writer prepared it.
    pub(super) fn open_reader(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.set(&mut connection, "PRAGMA query_only = ON")?;
        Ok(connection)
    }

    fn connect(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection =
            SqliteConnection::establish(&self.path).map_err(|error| self.unusable(&error))?;
        self.set(&mut connection, &format!("PRAGMA busy_timeout = {}", self.patience.as_millis()))?;
        Ok(connection)
    }

    fn set(&self, connection: &mut SqliteConnection, pragmas: &str) -> Result<(), OpenFault> {
        connection.batch_execute(pragmas).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, reason: &impl ToString) -> OpenFault {
        OpenFault::Connect { database: self.path.clone(), reason: reason.to_string() }
    }

    /// Nothing has been written when this refuses.
    fn refuse_what_is_not_ours(&self, connection: &mut SqliteConnection) -> Result<(), OpenFault> {
        let tables = |connection: &mut SqliteConnection, condition: &str| {
            let query =
                format!("SELECT COUNT(*) AS number FROM sqlite_master WHERE type = 'table' {condition}");
            sql_query(query).get_result::<Count>(connection).map_err(|error| self.unusable(&error))
        };
        if tables(connection, "")?.number == 0 {
            return Ok(());
        }
        if tables(connection, "AND name = '__diesel_schema_migrations'")?.number == 0 {
            return Err(OpenFault::Foreign(self.path.clone()));
        }
        refuse_newer(connection, &MIGRATIONS)
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}
