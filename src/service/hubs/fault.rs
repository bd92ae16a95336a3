//! The error of reports and lists.

use std::io;

use crate::db::StoreFault;

/// Why a report or list of hubs was not made to its end.
#[derive(Debug, thiserror::Error)]
pub enum HubFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// It could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}
