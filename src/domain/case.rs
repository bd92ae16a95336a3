//! A case: what a request asks, beside the facts that its decision needs.
//!
//! Loading the facts builds it, so a request is never paired with the facts of another kind of request.

use super::{
    Account, DeviceFacts, DevicePrenotification, Eui64, HanLogFacts, InventoryEntry, NewDeviceFacts,
    PremisesKey, RegionFacts, UpdateHanDeviceLog, UpdateInventory,
};

/// All facts that one decision sees. They are loaded beforehand: a decision never fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'r> {
    /// The sender, and whether the RequestID is new.
    pub account: Account,
    /// The request's own part, beside what is known of its subject.
    pub case: Case<'r>,
}

/// What a request asks and the facts about its subject: one variant a kind of decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case<'r> {
    /// SR 8.2: the Devices found; one more than an answer holds is enough.
    ReadInventory(Vec<InventoryEntry>),
    /// SR 8.4, and the Device, if it is in the SMI.
    UpdateInventory(&'r UpdateInventory, Option<Box<DeviceFacts>>),
    /// SR 8.11, and what is known of the CHF and of the Device.
    UpdateHanDeviceLog(&'r UpdateHanDeviceLog, Box<HanLogFacts>),
    /// SR 8.3 and 8.14.1 to 8.14.4: the Device that it names, and the facts about it, if it is in the SMI.
    MoveDevice(MoveRequest, Eui64, Option<Box<DeviceFacts>>),
    /// SR 12.1, and each CSP Region that may cover the place, in the order of an answer.
    RequestWanMatrix(&'r PremisesKey, Vec<RegionFacts>),
    /// SR 12.2, and whether its Devices and its Device Model are known.
    DevicePrenotification(&'r DevicePrenotification, NewDeviceFacts),
}

/// A Service Request that moves one Device to another SMI Status, and is decided by nothing else that it says.
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
