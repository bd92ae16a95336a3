//! The facts of each kind of decision: the records of the store that its rules check.

use super::{Awaited, CplStatus, Device, Eui64, Mpxn, Role, Timestamp, User, tsat::InstallValidity};

/// The sender of a request, and whether its RequestID was used before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whether the RequestID was used before.
    pub request_id: RequestIdUse,
    /// The User; absent if the originator is not one.
    pub user: Option<User>,
    /// Whether a registration of the User in role ES makes it Responsible Supplier of the Device of the request: for a meter without an
    /// Import MPAN it counts as the Import Supplier (SMI.md 1; F1, F2).
    pub counts_as_import_supplier: bool,
}

/// The use of a RequestID so far (SMI.md 3/6).
///
/// A repeated message is not decided again while its first answer is kept: it gets that answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestIdUse {
    /// It is unused.
    New,
    /// It was used by another message.
    ByAnother,
    /// It was used so long ago that the first answer is no longer kept. Even the same message is refused then, so that no
    /// change is applied twice.
    LongAgo,
}

impl RequestIdUse {
    /// The text of explanations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::ByAnother => "used before, by another message",
            Self::LongAgo => "used before; the first answer is no longer kept, so it cannot be given again",
        }
    }
}

/// A Device, and the Users that may change it.
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
    /// For a request that may install the Device, where `rules.tsat` asks for it: whether it may be installed now.
    pub validity: Option<InstallValidity>,
}

impl DeviceFacts {
    /// Whether a registration of that User in role ES makes it a Responsible Supplier.
    pub fn counts_as_import_supplier(&self, user: Eui64) -> bool {
        let named = &self.responsible_for_new_mpxn;
        self.responsible
            .iter()
            .chain(named)
            .any(|responsibility| responsibility.user == user && responsibility.role == Role::ES)
    }
}

/// The facts of SR 8.11.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HanLogFacts {
    /// The Device that the RequestID's target names, if it is in the SMI. The rules check that it is a CHF.
    pub chf: Option<DeviceFacts>,
    /// The Device that is to join or leave its log.
    pub device: Option<Device>,
    /// The pending SR 8.11 for that Device, if there is one.
    pub awaited: Option<Awaited>,
}

/// A registration that makes a User the Responsible Supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    /// The User.
    pub user: Eui64,
    /// The role: IS or GS, or ES for the Export MPAN of a meter without an Import MPAN.
    pub role: Role,
    /// The supply point.
    pub mpxn: Mpxn,
    /// The start of the registration.
    pub since: Timestamp,
}

/// A Device Model's entry on the Central Products List.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CplFacts {
    /// No list is loaded, so that nothing can be checked.
    NotLoaded,
    /// A list is loaded, and the model is not on it.
    Absent,
    /// The model is on the list, with this status.
    Listed(CplStatus),
}

impl CplFacts {
    /// The status of the model on the list.
    pub const fn status(self) -> Option<CplStatus> {
        match self {
            Self::Listed(status) => Some(status),
            Self::NotLoaded | Self::Absent => None,
        }
    }

    /// Whether a Device of this model may join: the model is Active, or no list is loaded (SMI.md 5/d).
    pub fn permits(self) -> bool {
        self == Self::NotLoaded || self == Self::Listed(CplStatus::Active)
    }
}

/// The facts of SR 12.2, about a Device that is to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeviceFacts {
    /// Whether the Device ID is in the SMI, whatever its status.
    pub device_known: bool,
    /// Whether the AssociatedGPFDeviceID is in the SMI.
    pub gpf_known: bool,
    /// The entry of its Device Model.
    pub model: CplFacts,
    /// Where `rules.tsat` asks for it: whether it may be installed now.
    pub validity: Option<InstallValidity>,
}
