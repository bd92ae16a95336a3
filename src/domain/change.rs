//! The changes of a decision. The store applies these and nothing else.

use std::fmt;

use super::{AwaitedChange, DeviceChange, Eui64, FirmwareChange};

/// One change to the SMI, by subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A change of a Device.
    Device(DeviceChange),
    /// A change of the pending SR 8.11 for a CHF's HAN device log.
    HanLog(AwaitedChange),
    /// A change of the register of images, of part sets or of activations.
    Firmware(FirmwareChange),
}

impl Change {
    /// The Device that it changes; none where it changes none of its record.
    pub const fn device(&self) -> Option<Eui64> {
        match self {
            Self::Device(change) => Some(change.device()),
            Self::HanLog(_) | Self::Firmware(_) => None,
        }
    }
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

impl From<FirmwareChange> for Change {
    fn from(change: FirmwareChange) -> Self {
        Self::Firmware(change)
    }
}

/// Writes the change as explanations and the demo show it.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(change) => change.fmt(f),
            Self::HanLog(change) => change.fmt(f),
            Self::Firmware(change) => change.fmt(f),
        }
    }
}
