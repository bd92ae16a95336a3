//! The error of a report of the inventory.

use std::io;

use crate::db::StoreFault;

/// Why a report of the inventory was not made to its end.
#[derive(Debug, thiserror::Error)]
pub enum InventoryFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// It could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}
