//! The error of a report of the inventory.

use std::io;

use super::keys::KeyFault;
use crate::{
    db::StoreFault,
    service::{AskedFault, RefusedValue},
};

/// Why a report of the inventory was not made to its end.
#[derive(Debug, thiserror::Error)]
pub enum InventoryFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// It could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    /// It is not made of that value.
    #[error("{field}: {0}", field = .0.field)]
    Refused(#[from] RefusedValue),
    /// A list of keys is wrong.
    #[error(transparent)]
    Keys(#[from] KeyFault),
}

impl From<AskedFault> for InventoryFault {
    fn from(fault: AskedFault) -> Self {
        match fault {
            AskedFault::Store(fault) => Self::Store(fault),
            AskedFault::Refused(refused) => Self::Refused(refused),
        }
    }
}
