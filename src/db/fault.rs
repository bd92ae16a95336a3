//! What can go wrong in the store. A refusal by a rule is never one of these.

use std::sync::Arc;

use super::{OpenFault, transient::is_transient};

/// Why the store did not do what it was asked; nothing of the job was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database refused a statement.
    #[error("the database failed: {0}")]
    Database(#[source] diesel::result::Error),
    /// The database is away, or somebody else holds what is needed; nothing of the job was done.
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// The transaction of the whole group of jobs was not committed; where the connection was lost in that moment,
    /// nobody knows whether it was.
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
    /// More jobs wait than the queue holds.
    #[error("the store is busy: its queue is full")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The job itself broke down.
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
    /// Whether the same job may well be done in a moment.
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

    /// The same for another job of the group, where it is the group that was not committed or not even begun; nothing where
    /// it may be the doing of one job.
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

    /// What kind it is, as it is counted.
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
