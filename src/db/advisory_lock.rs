//! Advisory locks: at most one instance on a database, or one process on a file, holds a lock at a time.

use std::{
    fmt,
    fs::{File, TryLockError},
};

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Bool};

use super::{
    OpenFault, PgConnection, Store, StoreFault, connection::number_in_schema, location::Location,
    postgres::PostgresServer,
};

/// The key of an advisory lock. Processes of different versions exclude each other by it, so a key must never change.
#[derive(Clone, Copy, Debug)]
pub struct LockKey {
    /// The number of the lock on a server.
    pub number: i64,
    /// The suffix of the lock file, which lies beside the database file and begins with its name. The database file itself
    /// cannot serve: closing it would release the locks that SQLite holds on it in this process.
    pub file_suffix: &'static str,
}

/// An advisory lock that is held. It is released when it is dropped or the process ends.
pub struct AdvisoryLock(Grant);

/// The resource that a lock lives on: closing it releases the lock.
enum Grant {
    /// The lock of an open file.
    File(File),
    /// The lock of a session on a server, which is open for this lock alone.
    Session(Box<PgConnection>, LockKey),
}

impl fmt::Debug for AdvisoryLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = match &self.0 {
            Grant::File(_) => "file",
            Grant::Session(..) => "session",
        };
        f.debug_tuple("AdvisoryLock").field(&held).finish()
    }
}

impl AdvisoryLock {
    /// Whether it is still held. With a lost session its lock is lost, and another instance may hold it already.
    pub fn is_held(&mut self) -> bool {
        match &mut self.0 {
            Grant::File(_) => true,
            // The lock lives as long as its session, so any answer proves that it is held.
            Grant::Session(session, _) => sql_query("SELECT 1").execute(session.as_mut()).is_ok(),
        }
    }
}

impl Drop for AdvisoryLock {
    /// Unlocks explicitly: a server may notice the end of a session late, and the next attempt to lock may come before. Where
    /// this fails, the file or session is closed next, which releases the lock too.
    fn drop(&mut self) {
        match &mut self.0 {
            Grant::File(file) => drop(file.unlock()),
            Grant::Session(session, key) => {
                let unlock = format!("SELECT pg_advisory_unlock({})", number_in_schema(key.number));
                drop(sql_query(unlock).execute(session.as_mut()));
            }
        }
    }
}

#[derive(QueryableByName)]
struct Granted {
    #[diesel(sql_type = Bool)]
    granted: bool,
}

impl Store {
    /// Takes an advisory lock without waiting. Returns none where another instance or process holds it.
    ///
    /// # Errors
    /// When the database cannot be reached, or the lock file beside it cannot be made.
    pub fn try_lock(&self, key: LockKey) -> Result<Option<AdvisoryLock>, StoreFault> {
        let held = match self.location() {
            Location::Postgres(server) => lock_session(server, key)?,
            Location::Sqlite(file) => lock_file(format!("{}{}", file.path(), key.file_suffix))?,
        };
        Ok(held.map(AdvisoryLock))
    }

    /// Whether other instances may share this database. Their commits do not send this instance's signal.
    pub fn is_shared(&self) -> bool {
        matches!(self.location(), Location::Postgres(_))
    }
}

/// Opens a session and takes the lock in it. Not on a pooled connection: the lock would outlive its owner's use of it there.
fn lock_session(server: &PostgresServer, key: LockKey) -> Result<Option<Grant>, StoreFault> {
    let mut session = server.open_session()?;
    let ask = format!("SELECT pg_try_advisory_lock({}) AS granted", number_in_schema(key.number));
    let Granted { granted } = sql_query(ask).get_result(&mut session)?;
    Ok(granted.then(|| Grant::Session(Box::new(session), key)))
}

/// Locks the file at that path, which is created if need be and never deleted: a process that locked a deleted file would not
/// exclude one that creates it again.
fn lock_file(path: String) -> Result<Option<Grant>, OpenFault> {
    let file = File::options().create(true).append(true).open(&path);
    let locked = file.and_then(|file| match file.try_lock() {
        Ok(()) => Ok(Some(Grant::File(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    });
    locked.map_err(|error| OpenFault::Connect { database: path, reason: error.to_string() })
}
