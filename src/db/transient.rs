//! Transient faults of the database: those after which a retry may succeed.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent},
    result::{DatabaseErrorKind, Error},
};

/// The beginnings of the messages of transient faults. diesel passes on neither SQLite's result code nor the server's SQLSTATE, so
/// they are recognised by their text, and the server's `lc_messages` must be English: in another language they count as permanent.
const TRANSIENT: [&str; 18] = [
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
    // 53100
    "could not extend file",
    // 40001, 40P01, 55P03; not 57014: a statement that took a minute would take another, with the writers' lock held
    "could not serialize access",
    "deadlock detected",
    "canceling statement due to lock timeout",
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

/// The database's message; empty where the fault is not the database's.
fn message(error: &Error) -> &str {
    if let Error::DatabaseError(_, information) = error { information.message() } else { "" }
}

/// Instrumentation that records the first transient fault of a connection. A job may hide the fault of its statement or turn it into
/// another; the writer must retry the batch all the same.
#[derive(Clone, Default)]
pub(super) struct TransientFaults(Arc<Mutex<Option<String>>>);

impl TransientFaults {
    /// Returns the first fault since the last call, and clears it.
    pub(super) fn take_first(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Instrumentation for TransientFaults {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event
            && is_transient(error)
        {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.to_string());
        }
    }
}
