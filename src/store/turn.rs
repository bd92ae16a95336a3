//! Turns: of the instances on one database, one at a time delivers, and one at a time loads coverage.

use std::fs::{File, TryLockError};

use diesel::{PgConnection, QueryableByName, RunQueryDsl as _, sql_query, sql_types::Bool};

use super::{OpenFault, Store, StoreFault, connection::Location, postgres::Server};

/// Held by the instance that delivers, for as long as its session lives. The number must never change.
const DELIVERY_LOCK: i64 = 0x73_6d_69_02;
/// Held by whoever loads coverage, for as long as that takes. The number must never change.
const COVERAGE_LOCK: i64 = 0x73_6d_69_03;
/// Stands behind the name of a database file, and is locked by whoever loads coverage into it. The database file itself
/// must not be opened for that: closing it would take SQLite's own locks with it.
const COVERAGE_LOCK_FILE: &str = "-coverage-load";

/// The turn to deliver. It ends when it is dropped, and with the process: the server then gives it to another.
pub struct DeliveryTurn(Option<PgConnection>);

impl std::fmt::Debug for DeliveryTurn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DeliveryTurn").field(&self.0.is_some()).finish()
    }
}

#[derive(QueryableByName)]
struct Granted {
    #[diesel(sql_type = Bool)]
    granted: bool,
}

impl DeliveryTurn {
    /// Whether it is still held: a session that was lost has lost it.
    pub fn is_held(&mut self) -> bool {
        self.0.as_mut().is_none_or(|session| sql_query("SELECT 1").execute(session).is_ok())
    }
}

/// The turn to load coverage. It ends when it is dropped, and with the process.
pub(super) enum CoverageTurn {
    /// A lock of a file, as long as it is open.
    File(File),
    /// A lock of a session, as long as it lives.
    Session(PgConnection),
}

impl Drop for CoverageTurn {
    /// At once: a server may notice only later that a session is gone, and the next load may come now.
    fn drop(&mut self) {
        // What cannot be given back is given back when file or session are closed, which is next.
        match self {
            Self::File(file) => drop(file.unlock()),
            Self::Session(session) => {
                drop(sql_query(format!("SELECT pg_advisory_unlock({COVERAGE_LOCK})")).execute(session));
            }
        }
    }
}

/// A session that holds that lock, unless another session does.
fn session_with(server: &Server, lock: i64) -> Result<Option<PgConnection>, StoreFault> {
    let mut session = server.open_session()?;
    let ask = format!("SELECT pg_try_advisory_lock({lock}) AS granted");
    let Granted { granted } = sql_query(ask).get_result(&mut session)?;
    Ok(granted.then_some(session))
}

impl Store {
    /// Takes the turn to deliver, unless another instance has it. A file has one user, so there it is always granted.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn take_delivery_turn(&self) -> Result<Option<DeliveryTurn>, StoreFault> {
        let Location::Postgres(server) = self.location() else { return Ok(Some(DeliveryTurn(None))) };
        Ok(session_with(server, DELIVERY_LOCK)?.map(|session| DeliveryTurn(Some(session))))
    }

    /// Takes the turn to load coverage, unless another has it: a process beside this one, too.
    ///
    /// # Errors
    /// When the database cannot be reached, or the file beside it that is locked cannot be made.
    pub(super) fn take_coverage_turn(&self) -> Result<Option<CoverageTurn>, StoreFault> {
        match self.location() {
            Location::Postgres(server) => Ok(session_with(server, COVERAGE_LOCK)?.map(CoverageTurn::Session)),
            Location::Sqlite(file) => {
                let database = format!("{}{COVERAGE_LOCK_FILE}", file.path());
                let locked = File::options().create(true).append(true).open(&database).and_then(|file| {
                    match file.try_lock() {
                        Ok(()) => Ok(Some(CoverageTurn::File(file))),
                        Err(TryLockError::WouldBlock) => Ok(None),
                        Err(TryLockError::Error(error)) => Err(error),
                    }
                });
                let failed =
                    |error: std::io::Error| OpenFault::Connect { database, reason: error.to_string() };
                Ok(locked.map_err(failed)?)
            }
        }
    }

    /// Whether other instances may share this database: their bells do not ring here.
    pub fn is_shared(&self) -> bool {
        matches!(self.location(), Location::Postgres(_))
    }
}
