//! What can go wrong in the store. A refusal by a rule is never one of these.

use std::sync::Arc;

use super::{OpenFault, transient::is_transient};

/// Why the store did not do what it was asked; nothing of the job was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database refused a statement.
    #[error("the database failed: {0}")]
    Database(#[source] diesel::result::Error),
    /// A transient fault: the database is away, or another session holds a lock that is needed. Nothing of the job was kept.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// The commit of the batch failed. Where the connection was lost in that moment, it may have been committed all the same.
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
        /// The label it is counted under.
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
        if is_transient(&error) { Self::Unavailable(error.to_string()) } else { Self::Database(error) }
    }
}

impl StoreFault {
    /// Whether it is transient: the same job may succeed in a moment.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_)
            | Self::Commit(_)
            | Self::Busy
            | Self::Closed
            | Self::Open(OpenFault::Connect { .. }) => true,
            Self::Database(_)
            | Self::Corrupt { .. }
            | Self::Conflict { .. }
            | Self::Panicked
            | Self::Open(_) => false,
        }
    }

    /// The fault that every other job of the batch has too, where the batch was not committed or not even begun; none where
    /// it is that of one job.
    pub fn shared_by_batch(&self) -> Option<Self> {
        match self {
            Self::Unavailable(reason) => Some(Self::Unavailable(reason.clone())),
            Self::Commit(error) => Some(Self::Commit(Arc::clone(error))),
            Self::Busy => Some(Self::Busy),
            Self::Closed => Some(Self::Closed),
            Self::Database(_)
            | Self::Corrupt { .. }
            | Self::Conflict { .. }
            | Self::Panicked
            | Self::Open(_) => None,
        }
    }

    /// The label it is counted under.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Database(_) => "database",
            Self::Unavailable(_) => "unavailable",
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
