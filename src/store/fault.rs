//! What can go wrong in the store. A refusal by a rule is never one of these.

use std::sync::Arc;

use crate::domain::{Eui64, SmiStatus};

/// Why the store did not do what it was asked; nothing of the job was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database refused a statement.
    #[error("the database failed: {0}")]
    Database(#[from] diesel::result::Error),
    /// The transaction of the whole group of jobs did not come about.
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
    /// A change names a Device that is not in the SMI.
    #[error("device `{0}` is not in the inventory")]
    NoDevice(Eui64),
    /// A Device is no longer where the change expects it.
    #[error("device `{device}` is no longer {from}")]
    StatusMoved {
        /// The Device.
        device: Eui64,
        /// The status it was expected in.
        from: SmiStatus,
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
    Open(#[from] super::OpenFault),
}

impl StoreFault {
    /// What kind it is, as it is counted.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Database(_) => "database",
            Self::Commit(_) => "commit",
            Self::Corrupt { .. } => "corrupt",
            Self::NoDevice(_) => "no_device",
            Self::StatusMoved { .. } => "status_moved",
            Self::Busy => "busy",
            Self::Closed => "closed",
            Self::Panicked => "panicked",
            Self::Open(_) => "open",
        }
    }
}
