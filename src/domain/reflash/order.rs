//! A re-flash order as it is kept (HUBS.md 2).

use super::{
    DayWindow, DeliveryNumber, FaultReport, Finding, OrderHubState, OrderNumber, OrderState, Package, Reason,
    ReasonLabel, RedeliveryAsn, ReflashRequest, RequestLine, Slot, SmiUpdate,
};
use crate::domain::{
    CspRegion, Date, DeviceManufacturer, DeviceModel, Eui64, FirmwareVersion, FreeText, LocationId,
    PartySignifier, Timestamp, UnitId,
};

/// A reason as it is kept. The rule is its ID, as an old order may name one that is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReason {
    /// Its label.
    pub label: ReasonLabel,
    /// The rule.
    pub rule: String,
    /// The code that it had then.
    pub code: String,
    /// The line of the file.
    pub line: Option<u32>,
    /// The CHF.
    pub chf: Option<Eui64>,
    /// The column or the parameter.
    pub column: Option<String>,
    /// What was required, and what was found.
    pub reason: String,
}

impl From<&Reason> for KeptReason {
    fn from(reason: &Reason) -> Self {
        Self {
            label: reason.label,
            rule: reason.rule.id.to_owned(),
            code: reason.code.as_str().to_owned(),
            line: reason.line,
            chf: reason.chf,
            column: reason.column.map(str::to_owned),
            reason: reason.text(),
        }
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its number.
    pub number: OrderNumber,
    /// What was asked for.
    pub asked: OrderAsked,
    /// The site.
    pub site: Option<LocationId>,
    /// Its state.
    pub state: OrderState,
    /// How many delivery numbers it was given.
    pub deliveries: u32,
    /// When it is delivered.
    pub delivery: Option<Slot>,
    /// When it is to arrive instead, where that waits for an answer.
    pub late: Option<Slot>,
    /// The purchase order of the DCC.
    pub purchase_order: Option<FreeText>,
    /// The number of another system's Work Order.
    pub work_order: Option<FreeText>,
    /// Whom to ask about it, where that is not the contact of the settings.
    pub contact: Option<FreeText>,
    /// When it was received.
    pub received_at: Option<Timestamp>,
    /// When liability passed to the DCC.
    pub liability_in: Option<Timestamp>,
    /// When it passed to the Party.
    pub liability_out: Option<Timestamp>,
    /// The guidance that the work followed.
    pub guidance: Option<FreeText>,
    /// The number of its Advanced Shipment Notification.
    pub asn: Option<RedeliveryAsn>,
    /// The reasons for the request as a whole.
    pub reasons: Vec<KeptReason>,
    /// What was noted.
    pub findings: Vec<Finding>,
}

impl Order {
    /// An order as it is when it was just asked for: nothing is agreed, and nothing has happened.
    pub const fn asked_for(
        number: OrderNumber,
        asked: OrderAsked,
        site: Option<LocationId>,
        state: OrderState,
    ) -> Self {
        Self {
            number,
            asked,
            site,
            state,
            deliveries: 0,
            delivery: None,
            late: None,
            purchase_order: None,
            work_order: None,
            contact: None,
            received_at: None,
            liability_in: None,
            liability_out: None,
            guidance: None,
            asn: None,
            reasons: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// What a Party asked for, apart from the hubs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAsked {
    /// The order that it amends.
    pub amends: Option<OrderNumber>,
    /// The Party.
    pub party: PartySignifier,
    /// The User that asked for it.
    pub user: Eui64,
    /// The Party's own reference.
    pub reference: Option<FreeText>,
    /// A digest of all that was asked, in hex: the same under the same reference is the same order.
    pub digest: String,
    /// When.
    pub at: Timestamp,
    /// The number of hubs as stated.
    pub hubs: Option<u32>,
    /// Where the hubs go back to.
    pub location: Option<LocationId>,
    /// When.
    pub redeliver_on: Option<Date>,
    /// In which window.
    pub window: Option<DayWindow>,
}

impl Order {
    /// The number of its delivery, where one is agreed.
    pub fn delivery_number(&self) -> Option<DeliveryNumber> {
        let number = std::num::NonZeroU32::new(self.deliveries)?;
        self.delivery.map(|_| DeliveryNumber { order: self.number, number })
    }

    /// The request, to be looked at anew with these lines.
    pub fn request(&self, hubs: &[OrderHub]) -> ReflashRequest {
        ReflashRequest {
            party: self.asked.party.clone(),
            hubs: self.asked.hubs,
            location: self.asked.location.clone(),
            redeliver_on: self.asked.redeliver_on,
            window: self.asked.window,
            site: self.site.clone(),
            lines: hubs.iter().map(OrderHub::request_line).collect(),
        }
    }
}

/// A hub of an order: a line of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderHub {
    /// The line of the file.
    pub line: u32,
    /// The CHF.
    pub chf: Option<Eui64>,
    /// The GPF.
    pub gpf: Option<Eui64>,
    /// The CSP Region, as the SMI had it.
    pub region: Option<CspRegion>,
    /// The firmware as the request told it.
    pub firmware_before: Option<FirmwareVersion>,
    /// The manufacturer as the request told it.
    pub manufacturer: Option<DeviceManufacturer>,
    /// The model as the request told it.
    pub model: Option<DeviceModel>,
    /// Whether the request told what it is packed in.
    pub told_package: bool,
    /// What it is packed in: by the request, else by its stock row.
    pub package: Package,
    /// The firmware that it is to get.
    pub target: Option<FirmwareVersion>,
    /// Its state on the order.
    pub state: OrderHubState,
    /// Why the request, or later the hub, was not taken.
    pub reasons: Vec<KeptReason>,
    /// The unit that it was given to.
    pub unit: Option<UnitId>,
    /// In which batch of the order.
    pub batch: Option<u32>,
    /// The report about its fault, and the report's reference.
    pub fault: Option<(FaultReport, String)>,
    /// By which way the SMI learnt of its new firmware, and when.
    pub smi_told: Option<(SmiUpdate, Timestamp)>,
}

impl OrderHub {
    /// The line as it was asked for.
    pub fn request_line(&self) -> RequestLine {
        RequestLine {
            line: self.line,
            chf: self.chf,
            firmware_version: self.firmware_before.clone(),
            manufacturer: self.manufacturer.clone(),
            model: self.model.clone(),
            package: self.told_package.then(|| self.package.clone()),
        }
    }
}
