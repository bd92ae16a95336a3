//! SSMI: the file by which the DCC updates the firmware of hubs, option B of MP155 (HUBS.md 5; MP155-R28, R29).
//!
//! There is no public definition of the file: its columns, and that each hub is decided by itself, are ours (O21).

use super::{CplFacts, Device, Eui64, FirmwareVersion, HubFirmware, reflash::OrderNumber};

/// The name of the interface in the history of Devices.
pub const SSMI: &str = "SSMI";

/// A line of an SSMI file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsmiLine {
    /// Its line of the file; that of the header is 1.
    pub line: u32,
    /// The CHF.
    pub chf: Eui64,
    /// The firmware that the hub has now.
    pub firmware_version: FirmwareVersion,
}

/// The facts of a decision about one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsmiFacts {
    /// Whether another line of the file has its ID.
    pub is_duplicated: bool,
    /// The Device with the ID.
    pub chf: Option<Device>,
    /// The GPF that it names.
    pub gpf: Option<Device>,
    /// The entry of the firmware list for its model and the version of the line.
    pub listed: Option<HubFirmware>,
    /// The entry of the Central Products List for its model with that version.
    pub model: CplFacts,
    /// The open re-flash order that it is on.
    pub order: Option<OrderOutcome>,
}

/// The open order of a hub, and its outcome there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderOutcome {
    /// The order.
    pub order: OrderNumber,
    /// The firmware that its outcome `reflashed` names, where it has that.
    pub reflashed: Option<FirmwareVersion>,
}
