//! Transient faults of the database: those after which a retry may succeed.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent},
    result::{DatabaseErrorKind, Error},
};

use crate::metrics::StoreMeter;

/// The beginning of the server's message that a lock was not given in time.
const LOCK_TIMEOUT: &str = "canceling statement due to lock timeout";

/// The beginnings of the messages of transient faults. diesel passes on neither SQLite's result code nor the server's SQLSTATE, so
/// they are recognised by their text, and the server's `lc_messages` must be English: in another language they count as permanent.
const TRANSIENT: [&str; 19] = [
    // SQLITE_BUSY, SQLITE_LOCKED
    "database is locked",
    "database table is locked",
    "database schema is locked",
    // SQLITE_PROTOCOL, SQLITE_INTERRUPT
    "locking protocol",
    "interrupted",
    // SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM: an operator can put these right without touching the data
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "access permission denied",
    // 53100, 53200: also where the locks of many batches do not fit into the server's table of locks
    "could not extend file",
    "out of shared memory",
    // 40001, 40P01, 55P03; not 57014: a statement that took a minute would take another, with the writers' lock held
    "could not serialize access",
    "deadlock detected",
    LOCK_TIMEOUT,
    // 25P03, 57P01, 57P02, 57P03
    "terminating connection",
    "the database system is",
    "server closed the connection",
    "no connection to the server",
    "cannot set transaction read-write mode",
];

/// Whether the connection was lost. A statement without an answer may have been run or not.
pub(super) fn is_lost(error: &Error) -> bool {
    use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand};
    let is_lost = matches!(
        error,
        Error::DatabaseError(ClosedConnection | UnableToSendCommand, _)
            | Error::BrokenTransactionManager
            | Error::RollbackErrorOnCommit { .. }
    );
    is_lost || message(error).starts_with("terminating connection")
}

/// Whether a fault is transient: nothing is wrong with the statement, and a retry may succeed.
pub(super) fn is_transient(error: &Error) -> bool {
    let was_overtaken = matches!(error, Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _));
    was_overtaken || is_lost(error) || TRANSIENT.iter().any(|text| message(error).starts_with(text))
}

/// Whether a lock was not given in time.
pub(super) fn is_lock_timeout(error: &Error) -> bool {
    message(error).starts_with(LOCK_TIMEOUT)
}

/// The database's message; empty where the fault is not the database's.
fn message(error: &Error) -> &str {
    if let Error::DatabaseError(_, information) = error { information.message() } else { "" }
}

/// Instrumentation of a connection that counts its statements and records their faults. A job may hide the fault of its statement or
/// turn it into another; the writer must know it all the same.
#[derive(Clone)]
pub(super) struct StatementWatch {
    meter: StoreMeter,
    faults: Arc<Mutex<StatementFaults>>,
}

/// A transient fault of a statement.
#[derive(Clone, Debug)]
pub(super) struct TransientFault {
    /// The database's words.
    pub(super) reason: String,
    /// Whether a lock was not given in time: all of the timeout was waited for already.
    pub(super) is_lock_timeout: bool,
}

/// The faults of a transaction's statements.
#[derive(Clone, Debug, Default)]
pub(super) struct StatementFaults {
    /// The first transient one: the batch must be retried.
    pub(super) transient: Option<TransientFault>,
    /// The first of any kind.
    pub(super) first: Option<String>,
}

impl StatementWatch {
    pub(super) fn new(meter: StoreMeter) -> Self {
        Self { meter, faults: Arc::default() }
    }

    /// Returns the faults since the last call, and clears them.
    pub(super) fn take(&self) -> StatementFaults {
        std::mem::take(&mut *self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Instrumentation for StatementWatch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { .. } = event {
            self.meter.statement();
        }
        if let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event {
            let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
            if is_transient(error) {
                faults.transient.get_or_insert_with(|| TransientFault {
                    reason: error.to_string(),
                    is_lock_timeout: is_lock_timeout(error),
                });
            }
            faults.first.get_or_insert_with(|| error.to_string());
        }
    }
}
