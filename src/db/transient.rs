//! Which faults of the database pass by themselves: the same job may well be done in a moment.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent},
    result::{DatabaseErrorKind, Error},
};

/// What the databases say when they were busy with somebody else. diesel does not tell their codes apart, so the
/// server's language must be English for these: with another, such a fault counts as a lasting one.
const PASSING: [&str; 18] = [
    // SQLITE_BUSY, SQLITE_LOCKED
    "database is locked",
    "database table is locked",
    "database schema is locked",
    // SQLITE_PROTOCOL, SQLITE_INTERRUPT
    "locking protocol",
    "interrupted",
    // SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM: what an operator can put right
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "access permission denied",
    // 53100
    "could not extend file",
    // 40001, 40P01, 55P03; not 57014: a statement that took a minute would take it again, with the lock in its hand
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

/// Whether the connection was lost: what was not answered may have been done or not.
pub(super) fn is_lost(error: &Error) -> bool {
    use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand};
    let is_lost = matches!(
        error,
        Error::DatabaseError(ClosedConnection | UnableToSendCommand, _)
            | Error::BrokenTransactionManager
            | Error::RollbackErrorOnCommit { .. }
    );
    is_lost || told(error).starts_with("terminating connection")
}

/// Whether the same may succeed in a moment, and nothing is wrong with it.
pub(super) fn is_transient(error: &Error) -> bool {
    let was_overtaken = matches!(error, Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _));
    was_overtaken || is_lost(error) || PASSING.iter().any(|passing| told(error).starts_with(passing))
}

/// What the database said.
fn told(error: &Error) -> &str {
    if let Error::DatabaseError(_, told) = error { told.message() } else { "" }
}

/// Notes the first passing fault of a connection, whatever the job that met it makes of it.
#[derive(Clone, Default)]
pub(super) struct Watch(Arc<Mutex<Option<String>>>);

impl Watch {
    /// What was noted since it was last asked.
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event
            && is_transient(error)
        {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.to_string());
        }
    }
}
