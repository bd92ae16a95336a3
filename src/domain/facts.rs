//! The facts of each kind of decision.

use super::{Awaited, CplStatus, Device, Eui64, Mpxn, Role, Timestamp, User};

/// What is known of the sender and of the RequestID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whether the RequestID was used before.
    pub request_id: RequestIdUse,
    /// The sender.
    pub user: Option<User>,
}

/// Whether a RequestID was used before (SMI.md 3/6). The very same message again is not asked about here while its
/// first answer is kept: it gets that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestIdUse {
    /// It was not.
    New,
    /// It was, by another message.
    ByAnother,
    /// It was, so long ago that the first answer is no longer kept: nothing may be applied under it again, not even
    /// by the same message.
    LongAgo,
}

impl RequestIdUse {
    /// As an explanation says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::ByAnother => "used before, by another message",
            Self::LongAgo => "used before; the first answer is no longer kept, so it cannot be given again",
        }
    }
}

/// A Device and whoever may change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFacts {
    /// The record.
    pub device: Device,
    /// For a CHF: its GPF, if it is in the SMI.
    pub gpf: Option<Device>,
    /// Registrations in force now that make a User its Responsible Supplier (SMI.md 1).
    pub responsible: Vec<Responsibility>,
    /// Registrations in force now that make a User Responsible Supplier of the MPxN that the request names.
    pub responsible_for_new_mpxn: Vec<Responsibility>,
    /// For UpdateDeviceDetails: the Device Model that would result.
    pub resulting_model: CplFacts,
}

/// What SR 8.11 must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HanLogFacts {
    /// The CHF that the RequestID's target names, if it is in the SMI; a Device of another type where it is one.
    pub chf: Option<DeviceFacts>,
    /// The Device that is to join or leave its log.
    pub device: Option<Device>,
    /// What is awaited of that Device already.
    pub awaited: Option<Awaited>,
}

/// One reason why a User is the Responsible Supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    /// Who.
    pub user: Eui64,
    /// In role IS or GS.
    pub role: Role,
    /// For which supply point.
    pub mpxn: Mpxn,
    /// Since when.
    pub since: Timestamp,
}

/// What the Central Products List says of a Device Model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CplFacts {
    /// No list is loaded: nothing is checked.
    NotLoaded,
    /// A list is loaded and the model is not on it.
    Absent,
    /// The model is on it.
    Listed(CplStatus),
}

impl CplFacts {
    /// Where the model stands, where it is listed.
    pub const fn status(self) -> Option<CplStatus> {
        match self {
            Self::Listed(status) => Some(status),
            Self::NotLoaded | Self::Absent => None,
        }
    }

    /// Whether a Device of this model may join: Active, or nothing to check against (SMI.md 5/d).
    pub fn permits(self) -> bool {
        self == Self::NotLoaded || self == Self::Listed(CplStatus::Active)
    }
}

/// What SR 12.2 must know before a Device joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewDeviceFacts {
    /// Whether the Device ID is in the SMI, whatever its status.
    pub device_known: bool,
    /// Whether the AssociatedGPFDeviceID is.
    pub gpf_known: bool,
    /// The Device Model.
    pub model: CplFacts,
}
