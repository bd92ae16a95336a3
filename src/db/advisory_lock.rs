//! Advisory locks: at most one instance on a database, or one process on a file, holds a lock at a time.

use std::{
    fmt,
    fs::{File, TryLockError},
};

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Bool};

use super::{
    OpenFault, PgConnection, Store, StoreFault, connection::number_in_schema, location::Location,
    postgres::Server,
};

/// What an advisory lock is called. Both names are an agreement between versions: they must never change.
#[derive(Clone, Copy, Debug)]
pub struct LockKey {
    /// The number of the lock on a server.
    pub number: i64,
    /// What the lock file beside a database file is called, after that file's name. The database file itself must not be
    /// opened for it: closing it would give up SQLite's own locks.
    pub file_suffix: &'static str,
}

/// An advisory lock that is held. It ends when it is dropped, and with the process: a server then grants it to another.
pub struct AdvisoryLock(Grant);

enum Grant {
    /// The lock of an open file.
    File(File),
    /// The lock of a session that is open for it alone.
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
    /// Whether it is still held: a session that was lost has lost it.
    pub fn is_held(&mut self) -> bool {
        match &mut self.0 {
            Grant::File(_) => true,
            Grant::Session(session, _) => sql_query("SELECT 1").execute(session.as_mut()).is_ok(),
        }
    }
}

impl Drop for AdvisoryLock {
    /// Unlocks explicitly: a server may notice only later that a session is gone, and the next attempt to lock may come now.
    /// Where unlocking fails, closing the file or the session, which is next, releases the lock.
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
    /// Takes an advisory lock, unless another instance or process holds it.
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

    /// Whether other instances may share this database: what they commit is not signalled here.
    pub fn is_shared(&self) -> bool {
        matches!(self.location(), Location::Postgres(_))
    }
}

/// Opens a session and takes the lock in it, unless another session holds it.
fn lock_session(server: &Server, key: LockKey) -> Result<Option<Grant>, StoreFault> {
    let mut session = server.open_session()?;
    let ask = format!("SELECT pg_try_advisory_lock({}) AS granted", number_in_schema(key.number));
    let Granted { granted } = sql_query(ask).get_result(&mut session)?;
    Ok(granted.then(|| Grant::Session(Box::new(session), key)))
}

fn lock_file(path: String) -> Result<Option<Grant>, OpenFault> {
    let file = File::options().create(true).append(true).open(&path);
    let locked = file.and_then(|file| match file.try_lock() {
        Ok(()) => Ok(Some(Grant::File(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    });
    locked.map_err(|error| OpenFault::Connect { database: path, reason: error.to_string() })
}
