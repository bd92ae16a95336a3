//! What a decision may change. The store applies these and nothing else.

use std::fmt;

use super::{AwaitedChange, DeviceChange};

/// One change to the SMI, by the subject that it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of a Device's record.
    Device(DeviceChange),
    /// Of what is awaited from a CHF, for its HAN device log.
    HanLog(AwaitedChange),
}

impl From<DeviceChange> for Change {
    fn from(change: DeviceChange) -> Self {
        Self::Device(change)
    }
}

impl From<AwaitedChange> for Change {
    fn from(change: AwaitedChange) -> Self {
        Self::HanLog(change)
    }
}

/// The change as explanations and the demo tell it.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(change) => change.fmt(f),
            Self::HanLog(change) => change.fmt(f),
        }
    }
}
