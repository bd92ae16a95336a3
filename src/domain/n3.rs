//! CSPM-N3: a CSP tells the inventory of Communications Hubs that it delivers (SMI.md 2, MP155-R26, R27).
//!
//! No public definition of the interface is at hand: names and shape are ours.

use super::{
    CplFacts, CspRegion, Device, DeviceDetails, DeviceManufacturer, DeviceModel, DeviceType, Eui64,
    FirmwareVersion, FreeText, ResponseCode, Rule, SmetsChtsVersion, Step, set::closed_set,
};

/// As the history of statuses names the interface.
pub const CSPM_N3: &str = "CSPM-N3";

/// Who speaks for CSP Regions, by the EUI-64 of its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csp {
    /// The EUI-64.
    pub id: Eui64,
    /// Its regions, at least one.
    pub regions: Vec<CspRegion>,
}

/// The hubs of one call, under a number that the CSP gives no other call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubBatch {
    /// The number.
    pub id: u64,
    /// One or more, as they stand in the message.
    pub hubs: Vec<HubNotification>,
}

impl HubBatch {
    /// As many hubs as one call may carry (ours).
    pub const MAX: usize = 10_000;
}

/// One Communications Hub; every parameter is mandatory (MP155-R27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubNotification {
    /// The Device ID of its Communications Hub Function.
    pub chf: Eui64,
    /// The Device ID of its Gas Proxy Function.
    pub gpf: Eui64,
    /// Who made it.
    pub manufacturer: DeviceManufacturer,
    /// Its model.
    pub model: DeviceModel,
    /// Its firmware.
    pub firmware_version: FirmwareVersion,
    /// The version of the technical specification it was made to.
    pub chts_version: SmetsChtsVersion,
    /// Its GBCS version.
    pub gbcs_version: FreeText,
    /// Its HAN variant.
    pub han_variant: FreeText,
    /// The CSP Region it is made for.
    pub csp_region: CspRegion,
    /// The User it is delivered to.
    pub receiving_user: Eui64,
}

impl HubNotification {
    /// What both of its Devices have in common with every other Device.
    pub fn details(&self) -> DeviceDetails {
        DeviceDetails {
            manufacturer: self.manufacturer.clone(),
            model: self.model.clone(),
            smets_chts_version: Some(self.chts_version.clone()),
            firmware_version: Some(self.firmware_version.clone()),
            esme_variant: None,
        }
    }

    /// Its CHF and GPF as they join: Pending, associated both ways; the receiving User looks after them until they are
    /// installed (SMI.md 2; the receiving User as pre-notifier: ours).
    pub fn devices(&self) -> Hub {
        let new = |id, device_type| Device {
            csp_region: Some(self.csp_region),
            gbcs_version: Some(self.gbcs_version.clone()),
            han_variant: Some(self.han_variant.clone()),
            ..Device::pre_notified(id, device_type, self.details(), self.receiving_user)
        };
        let chf = Device { associated_gpf: Some(self.gpf), ..new(self.chf, DeviceType::Chf) };
        let gpf = Device { chf: Some(self.chf), ..new(self.gpf, DeviceType::Gpf) };
        Hub { chf, gpf }
    }
}

/// The two Devices of a Communications Hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    /// The Communications Hub Function.
    pub chf: Device,
    /// The Gas Proxy Function.
    pub gpf: Device,
}

/// What a decision about one hub may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFacts {
    /// Whether one of its IDs stands in another hub of the batch.
    pub stands_twice: bool,
    /// Whether the receiving User is known.
    pub receiver_known: bool,
    /// Its Device Model.
    pub model: CplFacts,
    /// The Device that has the CHF's ID.
    pub chf: Option<Device>,
    /// The Device that has the GPF's ID.
    pub gpf: Option<Device>,
    /// Another CHF that names the GPF's ID as its GPF.
    pub claimed_by: Option<Eui64>,
    /// How the Device that has the CHF's ID joined the SMI.
    pub origin: Option<HubOrigin>,
}

closed_set!(
    /// How a hub joined the SMI.
    HubOrigin, "a way a hub joined the SMI", {
        CspmN3 => "CSPM-N3",
        Import => "import",
        Prenotification => "SR 12.2",
    }
);

closed_set!(
    /// What became of a hub.
    HubOutcome, "the outcome of a hub", {
        New => "new",
        Updated => "updated",
        Unchanged => "unchanged",
        Refused => "refused",
    }
);

/// One value of a known hub that the CSP told anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubUpdate {
    /// The CHF or the GPF.
    pub device: Eui64,
    /// The parameter, as the message names it.
    pub parameter: &'static str,
    /// What it was, if anything.
    pub from: Option<String>,
    /// What it is now.
    pub to: Option<String>,
}

/// What was decided about one hub, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubDecision {
    /// What becomes of it.
    pub outcome: HubOutcome,
    /// The code that the record has: I99, or that of the rule that refused it.
    pub code: ResponseCode,
    /// Every rule looked at; the last one decided.
    pub steps: Vec<Step>,
    /// Its Devices as they are to be; absent where it is refused.
    pub hub: Option<Hub>,
    /// What is different from before, of a hub that was known.
    pub updates: Vec<HubUpdate>,
}

impl HubDecision {
    /// The rule that decided it: the one that refused, or the last one that had to hold.
    pub fn decided_by(&self) -> Option<&'static Rule> {
        self.steps.last().map(|step| step.rule)
    }

    /// Why it was refused, for the CSP: what the rule requires, and what it saw.
    pub fn reason(&self) -> Option<String> {
        let refused = self.steps.last().filter(|step| !step.holds);
        refused.map(|step| format!("required: {}; found: {}", step.rule.requires, step.saw))
    }
}
