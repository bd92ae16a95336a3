//! The case of a decision: a request paired with the facts that its decision needs.
//!
//! The store builds it when it loads the facts, so a request cannot be paired with the facts of another kind of request.

use super::{
    Account, ActivateFirmware, ActivateFirmwareFacts, DeviceFacts, DevicePrenotification, Eui64, HanLogFacts,
    InventoryEntry, NewDeviceFacts, PremisesKey, RegionFacts, UpdateFirmware, UpdateFirmwareFacts,
    UpdateHanDeviceLog, UpdateInventory,
};

/// All facts that one decision sees. They are loaded beforehand: a decision never fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'r> {
    /// The sender, and the use of the RequestID so far.
    pub account: Account,
    /// The request's own part, and the facts about its subject.
    pub case: Case<'r>,
}

/// A request's own part and the facts about its subject: one variant for each kind of decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case<'r> {
    // Device facts are boxed: a record is large, and would make every case as large as the largest.
    /// SR 8.2: the Devices found. One more than fits into an answer is loaded, to show that there are too many.
    ReadInventory(Vec<InventoryEntry>),
    /// SR 8.4, and the facts about the Device, if it is in the SMI.
    UpdateInventory(&'r UpdateInventory, Option<Box<DeviceFacts>>),
    /// SR 8.11, and the facts about the CHF and the Device.
    UpdateHanDeviceLog(&'r UpdateHanDeviceLog, Box<HanLogFacts>),
    /// SR 8.3 and 8.14.1 to 8.14.4: the Device that it names, and the facts about it, if it is in the SMI.
    MoveDevice(MoveRequest, Eui64, Option<Box<DeviceFacts>>),
    /// SR 11.1, and the facts about its image and its Devices.
    UpdateFirmware(&'r UpdateFirmware, Box<UpdateFirmwareFacts>),
    /// SR 11.3, and the facts about the image and the Device.
    ActivateFirmware(&'r ActivateFirmware, Box<ActivateFirmwareFacts>),
    /// SR 12.1, and the facts of each CSP Region that may cover the premises, in the order of an answer.
    RequestWanMatrix(&'r PremisesKey, Vec<RegionFacts>),
    /// SR 12.2, and whether its Devices and its Device Model are known.
    DevicePrenotification(&'r DevicePrenotification, NewDeviceFacts),
}

impl Case<'_> {
    /// The facts about the Device whose Suppliers count; none where no Device is acted on, or it is not in the SMI.
    pub fn device_facts(&self) -> Option<&DeviceFacts> {
        match self {
            Self::UpdateInventory(_, facts) | Self::MoveDevice(_, _, facts) => facts.as_deref(),
            Self::UpdateHanDeviceLog(_, facts) => facts.chf.as_ref(),
            Self::ActivateFirmware(_, facts) => facts.device.as_ref(),
            Self::ReadInventory(_)
            | Self::UpdateFirmware(..)
            | Self::RequestWanMatrix(..)
            | Self::DevicePrenotification(..) => None,
        }
    }
}

/// A Service Request that moves one Device to another SMI Status. No other part of the request affects the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveRequest {
    /// SR 8.3.
    Decommission,
    /// SR 8.14.1.
    InstallSuccess,
    /// SR 8.14.2.
    InstallNoSmWan,
    /// SR 8.14.3.
    FaultReturn,
    /// SR 8.14.4.
    NoFaultReturn,
}
