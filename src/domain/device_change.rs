//! The changes that a decision makes to a Device.

use std::fmt;

use super::{Date, DetailsChange, Device, DeviceDetails, Eui64, Mpxn, MpxnKind, SmiStatus};

/// A change of one Device's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceChange {
    /// Adds a Device to the SMI.
    Add(Box<Device>),
    /// Replaces a Device's details.
    SetDetails(Eui64, Box<DetailsChange>),
    /// Moves a Device from one SMI Status to another.
    SetStatus(StatusMove),
    /// Sets a supply point of a Device.
    SetMpxn(Eui64, MpxnKind, Mpxn),
    /// Sets the CHF that a Device is associated with, or none.
    SetChf(Eui64, Option<Eui64>),
    /// Removes a Device from the SMI, with the associations of other Devices with it. Its history stays.
    Remove(Eui64),
}

impl DeviceChange {
    /// The Device.
    pub const fn device(&self) -> Eui64 {
        match self {
            Self::Add(new) => new.id,
            Self::SetDetails(id, _) | Self::SetMpxn(id, ..) | Self::SetChf(id, _) | Self::Remove(id) => *id,
            Self::SetStatus(change) => change.device,
        }
    }
}

/// A move of one Device from one SMI Status to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusMove {
    /// The Device.
    pub device: Eui64,
    /// Its SMI Status before. The store applies the move only if the Device still has it.
    pub from: SmiStatus,
    /// Its SMI Status afterwards.
    pub to: SmiStatus,
    /// Its DateCommissioned afterwards, if it has one.
    pub date_commissioned: Option<Date>,
}

/// Writes the change as explanations and the demo show it.
impl fmt::Display for DeviceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(device) => {
                let Device { device_type, id, .. } = &**device;
                write!(f, "{device_type} {id} joins the SMI, status {}", device.status_text())
            }
            Self::SetDetails(device, change) => write_details(f, *device, &change.to),
            Self::SetStatus(StatusMove { device, from, to, .. }) => {
                write!(f, "{device} moves from {from} to {to}")
            }
            Self::SetMpxn(device, kind, mpxn) => write!(f, "{device} has {kind} {mpxn}"),
            Self::SetChf(device, Some(chf)) => write!(f, "{device} is associated with CHF {chf}"),
            Self::SetChf(device, None) => write!(f, "{device} is associated with no CHF"),
            Self::Remove(device) => write!(f, "{device} leaves the SMI"),
        }
    }
}

fn write_details(f: &mut fmt::Formatter<'_>, device: Eui64, details: &DeviceDetails) -> fmt::Result {
    let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = details;
    let version = smets_chts_version.as_ref().map_or("none", |version| version.as_str());
    let firmware = firmware_version.as_ref().map_or("none", |version| version.as_str());
    write!(f, "{device} is now {manufacturer} {model}, version {version}, firmware {firmware}")?;
    match esme_variant {
        Some(variant) => write!(f, ", ESMEVariant {variant} ({})", variant.type_text()),
        None => Ok(()),
    }
}
