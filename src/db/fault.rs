//! The store's errors. A refusal by a rule is not an error but a value, and never one of these.

use std::sync::Arc;

use super::{
    OpenFault,
    transient::{is_lock_timeout, is_transient},
};

/// An error of the store: why a job or a read failed. Nothing of the job was kept, unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database refused a statement.
    #[error("the database failed: {0}")]
    Database(#[source] diesel::result::Error),
    /// A transient fault: the database cannot be reached, or another session holds a lock that is needed.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// A lock was not given in time: another session holds what the job is about.
    #[error("the database gave no lock in time: {0}")]
    LockTimeout(String),
    /// The commit of the batch failed. Where the connection was lost during it, the batch may have been committed.
    #[error("the transaction was not committed: {0}")]
    Commit(Arc<diesel::result::Error>),
    /// A stored value cannot be read back.
    #[error("table `{table}`, column `{column}`: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What it should have been.
        reason: String,
    },
    /// A conflict: a row is missing, or is no longer as the change expects it. The subject says which.
    #[error("{reason}")]
    Conflict {
        /// Its label in the metrics.
        kind: &'static str,
        /// What is missing or has changed.
        reason: String,
    },
    /// The writer's queue is full.
    #[error("the store is busy: its queue is full")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The job panicked.
    #[error("a job of the store panicked")]
    Panicked,
    /// The connection was lost and another could not be opened.
    #[error(transparent)]
    Open(#[from] OpenFault),
}

impl From<diesel::result::Error> for StoreFault {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            error if is_lock_timeout(&error) => Self::LockTimeout(error.to_string()),
            error if is_transient(&error) => Self::Unavailable(error.to_string()),
            error => Self::Database(error),
        }
    }
}

impl StoreFault {
    /// Whether it is transient: a retry of the same job may succeed.
    pub const fn is_transient(&self) -> bool {
        match self {
            // `Closed` is the end of this process: a retry reaches the next one.
            Self::Unavailable(_)
            | Self::LockTimeout(_)
            | Self::Commit(_)
            | Self::Busy
            | Self::Closed
            | Self::Open(OpenFault::Connect { .. }) => true,
            // The same job would meet the same fault again.
            Self::Database(_)
            | Self::Corrupt { .. }
            | Self::Conflict { .. }
            | Self::Panicked
            | Self::Open(_) => false,
        }
    }

    /// The same fault for the other jobs of the batch, where the batch as a whole failed; none where one job failed alone.
    pub fn shared_by_batch(&self) -> Option<Self> {
        match self {
            Self::Unavailable(reason) => Some(Self::Unavailable(reason.clone())),
            Self::Commit(error) => Some(Self::Commit(Arc::clone(error))),
            Self::Busy => Some(Self::Busy),
            Self::Closed => Some(Self::Closed),
            // The lock is that of one job, and the others may well get theirs.
            Self::LockTimeout(_)
            | Self::Database(_)
            | Self::Corrupt { .. }
            | Self::Conflict { .. }
            | Self::Panicked
            | Self::Open(_) => None,
        }
    }

    /// Its label in the metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Database(_) => "database",
            Self::Unavailable(_) => "unavailable",
            Self::LockTimeout(_) => "lock_timeout",
            Self::Commit(_) => "commit",
            Self::Corrupt { .. } => "corrupt",
            Self::Conflict { kind, .. } => kind,
            Self::Busy => "busy",
            Self::Closed => "closed",
            Self::Panicked => "panicked",
            Self::Open(_) => "open",
        }
    }
}
