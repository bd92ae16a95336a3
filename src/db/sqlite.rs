//! SQLite: opening a database file, with its pragmas and migrations (`migrations/sqlite`).

use std::{path::Path, time::Duration};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _,
    sql_query, sql_types::BigInt,
};
use diesel_migrations::MigrationHarness as _;

use super::{OpenFault, file_identity::FileIdentity, migrations};

/// A database file, and the busy timeout: how long to wait for another process that writes to it.
#[derive(Clone, Debug)]
pub(crate) struct File {
    path: String,
    timeout: Duration,
    identity: FileIdentity,
}

impl File {
    pub(crate) fn new(path: &str, timeout: Duration) -> Self {
        Self { path: path.to_owned(), timeout, identity: FileIdentity::new(path) }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// That the file at its path is the one that was opened.
    pub(crate) fn check_not_replaced(&self) -> Result<(), OpenFault> {
        self.identity.check_not_replaced().map_err(|reason| self.unusable(&reason))
    }

    /// That the database and its WAL are those that were opened; only while a writer has them open.
    pub(crate) fn check_wal_not_replaced(&self) -> Result<(), OpenFault> {
        self.identity.check_wal_not_replaced().map_err(|reason| self.unusable(&reason))
    }

    /// Opens it for writing, creates it if need be, and runs the migrations it lacks. It is reopened only while the file at
    /// its path is the one that was opened first.
    pub(crate) fn open_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let connection = self.prepare_writer()?;
        self.identity.record();
        Ok(connection)
    }

    fn prepare_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.refuse_foreign_or_newer(&mut connection)?;
        // A page cache of 8 MB holds the upper levels of all B-trees. SQLite walks the whole cache in most commits, so a larger
        // one costs more than it saves. A WAL of 128 MB is one that the checkpointer did not keep up with: from there on the
        // writer checkpoints itself, and waits for it.
        self.set(
            &mut connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA wal_autocheckpoint = 32000; PRAGMA cache_size = -8192",
        )?;
        connection
            .run_pending_migrations(migrations::SQLITE)
            .map_err(|error| OpenFault::Migrate(error.to_string()))?;
        Ok(connection)
    }

    /// Opens it for reading only, after a writer prepared it.
    pub(crate) fn open_reader(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.set(&mut connection, "PRAGMA query_only = ON")?;
        Ok(connection)
    }

    /// Opens it for the WAL checkpointer, after a writer prepared it.
    pub(crate) fn open_checkpointer(&self) -> Result<SqliteConnection, OpenFault> {
        self.connect()
    }

    /// Opens it for reading without creating or migrating anything; none where there are no tables yet.
    pub(crate) fn open_existing(&self) -> Result<Option<SqliteConnection>, OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(None);
        }
        let mut connection = self.open_reader()?;
        Ok(if self.has_our_tables(&mut connection)? { Some(connection) } else { None })
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
        self.set(&mut connection, &format!("PRAGMA busy_timeout = {}", self.timeout.as_millis()))?;
        Ok(connection)
    }

    /// Checks that it could be written to, without writing; a file that is not there yet passes.
    pub(crate) fn check_usable(&self) -> Result<(), OpenFault> {
        // Closing the file gives up every lock that this process has on it: not to be called beside an open connection.
        match std::fs::OpenOptions::new().write(true).open(&self.path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(self.unusable(&format!("it cannot be written to: {error}"))),
        }
    }

    fn set(&self, connection: &mut SqliteConnection, pragmas: &str) -> Result<(), OpenFault> {
        connection.batch_execute(pragmas).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, reason: &impl ToString) -> OpenFault {
        OpenFault::Connect { database: self.path.clone(), reason: reason.to_string() }
    }

    /// Refuses tables of other programs and of newer versions, before anything is written.
    fn refuse_foreign_or_newer(&self, connection: &mut SqliteConnection) -> Result<(), OpenFault> {
        if self.has_our_tables(connection)? {
            migrations::refuse_newer(connection, &migrations::SQLITE)
        } else {
            Ok(())
        }
    }

    /// Whether there are tables; a fault where they are not this program's.
    fn has_our_tables(&self, connection: &mut SqliteConnection) -> Result<bool, OpenFault> {
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
