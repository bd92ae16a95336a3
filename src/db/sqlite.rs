//! Everything that is particular to SQLite; `migrations/sqlite` beside it.

use std::{path::Path, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{OpenFault, file_identity::FileIdentity, migrations::refuse_newer};

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// A database file, and how long to wait for another process that writes to it.
#[derive(Clone, Debug)]
pub(crate) struct File {
    path: String,
    patience: Duration,
    identity: FileIdentity,
}

impl File {
    pub(crate) fn new(path: &str, patience: Duration) -> Self {
        Self { path: path.to_owned(), patience, identity: FileIdentity::new(path) }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// That what was opened still is what stands at its path.
    pub(crate) fn check_not_replaced(&self) -> Result<(), OpenFault> {
        self.identity.check_not_replaced().map_err(|reason| self.unusable(&reason))
    }

    /// The same of its log too, which is there while a writer has it open.
    pub(crate) fn check_wal_not_replaced(&self) -> Result<(), OpenFault> {
        self.identity.check_wal_not_replaced().map_err(|reason| self.unusable(&reason))
    }

    /// Opens it for writing, creates it if need be, and runs the migrations it lacks. What was opened once is opened
    /// again only while it stands at its path.
    pub(crate) fn open_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let connection = self.prepare_writer()?;
        self.identity.keep();
        Ok(connection)
    }

    fn prepare_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.refuse_what_is_not_ours(&mut connection)?;
        // 8 MB of pages in memory hold the upper levels of all trees; SQLite looks through all of them in most commits, and a
        // large file would fill more for nothing. A log of 128 MB its keeper did not get to: the writer then waits for the copy.
        self.set(
            &mut connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA wal_autocheckpoint = 32000; PRAGMA cache_size = -8192",
        )?;
        connection
            .run_pending_migrations(MIGRATIONS)
            .map_err(|error| OpenFault::Migrate(error.to_string()))?;
        Ok(connection)
    }

    /// Opens it for reading only, after a writer prepared it.
    pub(crate) fn open_reader(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.set(&mut connection, "PRAGMA query_only = ON")?;
        Ok(connection)
    }

    /// Opens it for the keeper of its log, after a writer prepared it.
    pub(crate) fn open_checkpointer(&self) -> Result<SqliteConnection, OpenFault> {
        self.connect()
    }

    /// Opens it for reading as it stands; nothing where there are no tables yet.
    pub(crate) fn open_existing(&self) -> Result<Option<SqliteConnection>, OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(None);
        }
        let mut connection = self.open_reader()?;
        Ok(if self.holds_what_is_ours(&mut connection)? { Some(connection) } else { None })
    }

    /// Refuses a database that another connection has open.
    pub(crate) fn refuse_where_in_use(&self) -> Result<(), OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(());
        }
        let mut connection =
            SqliteConnection::establish(&self.path).map_err(|error| self.unusable(&error))?;
        // Every connection to a database in WAL mode holds a shared lock as long as it is open.
        let alone = "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT";
        connection.batch_execute(alone).map_err(|error| match error.to_string().as_str() {
            "database is locked" => OpenFault::InUse(self.path.clone()),
            _ => self.unusable(&error),
        })
    }

    fn connect(&self) -> Result<SqliteConnection, OpenFault> {
        // SQLite would make an empty database where there is none.
        self.check_not_replaced()?;
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
        if self.holds_what_is_ours(connection)? { refuse_newer(connection, &MIGRATIONS) } else { Ok(()) }
    }

    /// Whether there are tables; refused where they are not this program's.
    fn holds_what_is_ours(&self, connection: &mut SqliteConnection) -> Result<bool, OpenFault> {
        let tables = |connection: &mut SqliteConnection, condition: &str| {
            let query =
                format!("SELECT COUNT(*) AS number FROM sqlite_master WHERE type = 'table' {condition}");
            sql_query(query).get_result::<Count>(connection).map_err(|error| self.unusable(&error))
        };
        if tables(connection, "")?.number == 0 {
            return Ok(false);
        }
        if tables(connection, "AND name = '__diesel_schema_migrations'")?.number == 0 {
            return Err(OpenFault::Foreign(self.path.clone()));
        }
        Ok(true)
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}
