//! CSPM-N3: the notification by which a CSP adds Communications Hubs that it delivers (SMI.md 2, MP155-R26, R27).
//!
//! There is no public definition of the interface: its names and its form are ours.

use super::{
    CplFacts, CspRegion, Device, DeviceDetails, DeviceField, DeviceManufacturer, DeviceModel, DeviceType,
    Eui64, FirmwareVersion, FreeText, ResponseCode, Rule, SmetsChtsVersion, Step, reflash::OrderNumber,
    set::closed_set,
};

/// The name of the interface in the history of SMI Statuses.
pub const CSPM_N3: &str = "CSPM-N3";

/// A CSP that may notify hubs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csp {
    /// The EUI-64 of its client certificate.
    pub id: Eui64,
    /// Its regions, at least one.
    pub regions: Vec<CspRegion>,
}

/// A batch of hub notifications: those of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubBatch {
    /// The batchId, which the CSP must not use for another call.
    pub id: u64,
    /// The hubs in the order of the message, at least one.
    pub hubs: Vec<HubNotification>,
}

impl HubBatch {
    /// The most hubs of a batch (ours).
    pub const MAX: usize = 10_000;
}

/// The notification of one Communications Hub; every parameter is mandatory (MP155-R27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubNotification {
    /// The Device ID of its Communications Hub Function.
    pub chf: Eui64,
    /// The Device ID of its Gas Proxy Function.
    pub gpf: Eui64,
    /// The manufacturer.
    pub manufacturer: DeviceManufacturer,
    /// The manufacturer's model.
    pub model: DeviceModel,
    /// The firmware version.
    pub firmware_version: FirmwareVersion,
    /// The version of the technical specification (CHTS) that it conforms to.
    pub chts_version: SmetsChtsVersion,
    /// The GBCS version.
    pub gbcs_version: FreeText,
    /// The HAN variant.
    pub han_variant: FreeText,
    /// The CSP Region that it is made for.
    pub csp_region: CspRegion,
    /// The User that it is delivered to.
    pub receiving_user: Eui64,
}

impl HubNotification {
    /// The details of its two Devices: the same Device Model, and no ESME Variant.
    pub fn details(&self) -> DeviceDetails {
        DeviceDetails {
            manufacturer: self.manufacturer.clone(),
            model: self.model.clone(),
            smets_chts_version: Some(self.chts_version.clone()),
            firmware_version: Some(self.firmware_version.clone()),
            esme_variant: None,
        }
    }

    /// Its CHF and GPF as they join: Pending, and associated with each other. Their pre-notifier is the receiving User, as
    /// it may change them until they are installed (SMI.md 2; the receiving User as pre-notifier: ours).
    pub fn devices(&self) -> Hub {
        // Built on the record of SR 12.2, so that both ways to join have the same start.
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

/// The facts of a decision about one hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFacts {
    /// Whether another hub of the batch has one of its IDs.
    pub is_duplicated: bool,
    /// Whether the receiving User is known.
    pub receiver_known: bool,
    /// The entry of its Device Model on the Central Products List.
    pub model: CplFacts,
    /// The Device that has the CHF's ID.
    pub chf: Option<Device>,
    /// The Device that has the GPF's ID.
    pub gpf: Option<Device>,
    /// Another CHF that names the GPF's ID as its GPF.
    pub claimed_by: Option<Eui64>,
    /// The way in which the Device with the CHF's ID joined the SMI; absent if the history does not have it.
    pub origin: Option<HubOrigin>,
    /// The re-flash order that it is on.
    pub order: OrderedHub,
}

/// The open re-flash order that a hub is on, as far as CSPM-N3 asks for it (N3/h, N3/i).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OrderedHub {
    /// None that matters.
    #[default]
    OnNone,
    /// Option A: it is accepted and not failed, and the order is InWork or Done. Being told its target is its outcome.
    InWork {
        /// The order.
        order: OrderNumber,
        /// The firmware that it is to get.
        target: FirmwareVersion,
    },
    /// Option B: the DCC updates it by an SSMI file.
    BySsmi {
        /// The order.
        order: OrderNumber,
    },
}

closed_set!(
    /// The way in which a hub joined the SMI.
    HubOrigin, "a way a hub joined the SMI", {
        CspmN3 => "CSPM-N3",
        Import => "import",
        Prenotification => "SR 12.2",
    }
);

closed_set!(
    /// The outcome of a hub's notification.
    HubOutcome, "the outcome of a hub", {
        New => "new",
        Updated => "updated",
        Unchanged => "unchanged",
        Refused => "refused",
    }
);

/// The fields that a notification sets on each Device of a hub, by the names of their parameters in the message.
pub const HUB_PARAMETERS: [(DeviceField, &str); 8] = [
    (DeviceField::DeviceManufacturer, "manufacturer"),
    (DeviceField::DeviceModel, "model"),
    (DeviceField::FirmwareVersion, "firmwareVersion"),
    (DeviceField::SmetsChtsVersion, "chtsVersion"),
    (DeviceField::GbcsVersion, "gbcsVersion"),
    (DeviceField::HanVariant, "hanVariant"),
    (DeviceField::CspRegion, "cspRegion"),
    (DeviceField::PreNotifiedBy, "receivingUser"),
];

/// The name of the parameter that sets a field; none where no parameter does.
pub fn hub_parameter(field: DeviceField) -> Option<&'static str> {
    HUB_PARAMETERS.iter().find(|(of, _)| *of == field).map(|(_, parameter)| *parameter)
}

/// One parameter of a known hub that a notification changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubUpdate {
    /// The CHF or the GPF.
    pub device: Eui64,
    /// The field of its record that the parameter sets.
    pub field: DeviceField,
    /// The name of the parameter in the message.
    pub parameter: &'static str,
    /// The value before, if any.
    pub from: Option<String>,
    /// The value now.
    pub to: Option<String>,
}

/// The decision about one hub, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubDecision {
    /// The outcome.
    pub outcome: HubOutcome,
    /// The code in the decision record: I99, or that of the rule that refused it.
    pub code: ResponseCode,
    /// The rules that were checked, in order. The last one decided.
    pub steps: Vec<Step>,
    /// Its Devices after the change; absent if it is refused.
    pub hub: Option<Hub>,
    /// The parameters that change, of a known hub.
    pub updates: Vec<HubUpdate>,
}

impl HubDecision {
    /// The deciding rule: the one that refused, or the last one that held.
    pub fn decided_by(&self) -> Option<&'static Rule> {
        self.steps.last().map(|step| step.rule)
    }

    /// The reason for a refusal, as text for the CSP: the requirement of the rule, and the facts.
    pub fn reason(&self) -> Option<String> {
        let refused = self.steps.last().filter(|step| !step.holds);
        refused.map(|step| format!("required: {}; found: {}", step.rule.requires, step.saw))
    }
}
