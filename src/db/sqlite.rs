//! SQLite: opening a database file, with its pragmas and migrations (`migrations/sqlite`).

use std::{io::Write as _, path::Path, time::Duration};

use diesel::{
    Connection as _, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _, sql_query,
};

use super::{OpenFault, file_identity::FileIdentity, file_locks, migrations, result_rows::NumberRow};

/// The page size of a new file, in bytes. A batch writes fewer pages of 8 KB than half those of 4 KB, SQLite's own choice. A file
/// keeps the size that it was created with.
const NEW_PAGE_SIZE: i64 = 8_192;
/// The length of the WAL, in bytes, at which the checkpointer has not kept up: from there on the writer checkpoints itself, and
/// waits for the disk.
const MAX_WAL_BYTES: i64 = 128 << 20;
/// How much the check writes beside the file, in bytes: a page.
const PAGE: usize = 8_192;

/// A database file with its busy timeout, which is the longest wait for another process that writes.
#[derive(Clone, Debug)]
pub(crate) struct SqliteFile {
    path: String,
    timeout: Duration,
    identity: FileIdentity,
}

impl SqliteFile {
    pub(crate) fn new(path: &str, timeout: Duration) -> Self {
        Self { path: path.to_owned(), timeout, identity: FileIdentity::new(path) }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Checks that the file at its path is the one that was opened.
    pub(crate) fn check_not_replaced(&self) -> Result<(), OpenFault> {
        self.identity.check_not_replaced().map_err(|reason| self.unusable(&reason))
    }

    /// Checks that the database and its WAL are the files that were opened; only while a writer has them open.
    pub(crate) fn check_wal_not_replaced(&self) -> Result<(), OpenFault> {
        self.identity.check_wal_not_replaced().map_err(|reason| self.unusable(&reason))
    }

    /// Opens a connection that writes, creates a missing file, and runs missing migrations. A file is reopened only while the
    /// one at its path is the one that was opened first.
    pub(crate) fn open_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let connection = self.prepare_writer()?;
        self.identity.record();
        Ok(connection)
    }

    fn prepare_writer(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.refuse_foreign_or_newer(&mut connection)?;
        // The page size comes first: WAL mode writes the first page, and nothing changes its size after that.
        // FULL syncs the WAL in every commit. NORMAL, the usual choice with a WAL, does not, and a power cut would undo what
        // was answered already.
        // A page cache of 8 MB (a negative size is in KB) holds the upper levels of all B-trees. SQLite walks the whole cache in
        // most commits, so a larger one costs more than it saves.
        self.set(
            &mut connection,
            &format!(
                "PRAGMA page_size = {NEW_PAGE_SIZE}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192"
            ),
        )?;
        let pages = MAX_WAL_BYTES / self.page_size(&mut connection)?;
        self.set(&mut connection, &format!("PRAGMA wal_autocheckpoint = {pages}"))?;
        migrations::run_pending(&mut connection, migrations::SQLITE)?;
        Ok(connection)
    }

    /// Opens a connection that reads only, after a writer has prepared the file.
    pub(crate) fn open_reader(&self) -> Result<SqliteConnection, OpenFault> {
        let mut connection = self.connect()?;
        self.set(&mut connection, "PRAGMA query_only = ON")?;
        Ok(connection)
    }

    /// Opens a connection for the WAL checkpointer, after a writer has prepared the file.
    pub(crate) fn open_checkpointer(&self) -> Result<SqliteConnection, OpenFault> {
        self.connect()
    }

    /// The file's page size, in bytes.
    pub(crate) fn page_size(&self, connection: &mut SqliteConnection) -> Result<i64, OpenFault> {
        let size = sql_query("SELECT page_size AS number FROM pragma_page_size");
        Ok(size.get_result::<NumberRow>(connection).map_err(|error| self.unusable(&error))?.number)
    }

    /// Opens a connection that reads only, without creating or migrating anything; none where there are no tables yet.
    pub(crate) fn open_read_only(&self) -> Result<Option<SqliteConnection>, OpenFault> {
        if !Path::new(&self.path).exists() {
            return Ok(None);
        }
        let mut connection = self.open_reader()?;
        Ok(if self.has_our_tables(&mut connection)? { Some(connection) } else { None })
    }

    /// Fails where another connection has the database open.
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

    /// Whether another process has the file open, as far as the system tells: each holds a lock on it or on its shared memory. Where
    /// there is no `/proc`, that is not known.
    pub(crate) fn is_used_by_others(&self) -> bool {
        let paths = [self.path.clone(), format!("{}-shm", self.path)];
        file_locks::is_locked_by_others(&paths)
    }

    /// Opens a connection, with its timeout alone.
    pub(crate) fn connect(&self) -> Result<SqliteConnection, OpenFault> {
        // Checked first: SQLite would create an empty database where the file was moved away.
        self.check_not_replaced()?;
        let mut connection =
            SqliteConnection::establish(&self.path).map_err(|error| self.unusable(&error))?;
        self.set(&mut connection, &format!("PRAGMA busy_timeout = {}", self.timeout.as_millis()))?;
        Ok(connection)
    }

    /// Checks that the service could write to the file and beside it, without changing it. A file that does not exist yet passes.
    pub(crate) fn check_usable(&self) -> Result<(), OpenFault> {
        // Closing the file releases every lock that this process has on it: never to be called while a connection is open.
        match std::fs::OpenOptions::new().write(true).open(&self.path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.unusable(&format!("it cannot be written to: {error}"))),
        }
        self.write_beside()
            .map_err(|error| self.unusable(&format!("nothing can be written beside it: {error}")))
    }

    /// Writes a page to a file beside the database, where its WAL is, and removes it: a write that is rolled back would not show that
    /// the disk is full.
    fn write_beside(&self) -> std::io::Result<()> {
        let path = format!("{}-check-{}", self.path, std::process::id());
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
        let written = file.write_all(&[0; PAGE]).and_then(|()| file.sync_all());
        drop(file);
        let removed = std::fs::remove_file(&path);
        written.and(removed)
    }

    fn set(&self, connection: &mut SqliteConnection, pragmas: &str) -> Result<(), OpenFault> {
        connection.batch_execute(pragmas).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, reason: &impl ToString) -> OpenFault {
        OpenFault::Connect { database: self.path.clone(), reason: reason.to_string() }
    }

    /// Fails where the tables are another program's or a newer version's, before anything is written.
    fn refuse_foreign_or_newer(&self, connection: &mut SqliteConnection) -> Result<(), OpenFault> {
        if self.has_our_tables(connection)? {
            migrations::refuse_newer(connection, &migrations::SQLITE)
        } else {
            Ok(())
        }
    }

    /// Whether the database has our tables: false where it is empty, a fault where its tables are another program's.
    fn has_our_tables(&self, connection: &mut SqliteConnection) -> Result<bool, OpenFault> {
        let tables = |connection: &mut SqliteConnection, condition: &str| {
            let query =
                format!("SELECT COUNT(*) AS number FROM sqlite_master WHERE type = 'table' {condition}");
            sql_query(query).get_result::<NumberRow>(connection).map_err(|error| self.unusable(&error))
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
