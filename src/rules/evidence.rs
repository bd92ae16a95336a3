//! Shared evidence: checks that several Service Requests make, and the texts of facts in traces.
//!
//! Traces are stored with decisions, so the texts here are an interface: they are shown beside those of older versions.

use crate::{
    domain::{CplFacts, Device, DeviceFacts, Eui64, Refusal, Responsibility, SmiStatus, Trace, instant_text},
    rules::rulebook::common,
};

/// The statuses of a meter that is in use, or about to be, as MP125-R3 names them.
pub(super) const IN_USE: [SmiStatus; 3] =
    [SmiStatus::Whitelisted, SmiStatus::InstalledNotCommissioned, SmiStatus::Commissioned];

/// Check 12: the Device is in the SMI. Returns the facts about it.
pub(super) fn known_device<'a>(
    named: Eui64,
    facts: Option<&'a DeviceFacts>,
    trace: &mut Trace,
) -> Result<&'a DeviceFacts, Refusal> {
    let saw = saw_device(named, facts.map(|facts| &facts.device));
    trace.require_some(common::DEVICE_KNOWN, facts, saw)
}

/// Whether the User is one of these Responsible Suppliers.
pub(super) fn is_among(responsible: &[Responsibility], user: Eui64) -> bool {
    responsible.iter().any(|supplier| supplier.user == user)
}

/// The registrations of Responsible Suppliers, as text.
pub(super) fn suppliers_text(responsible: &[Responsibility]) -> String {
    if responsible.is_empty() {
        return "none".to_owned();
    }
    let one = |supplier: &Responsibility| {
        let since = instant_text(supplier.since);
        format!("{} ({} for {} since {since})", supplier.user, supplier.role, supplier.mpxn)
    };
    responsible.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A Device with its type and SMI Status, as text.
pub(super) fn saw_device(named: Eui64, device: Option<&Device>) -> String {
    match device {
        None => format!("{named} is not in the SMI"),
        Some(device) => format!("{} {}, {}", device.device_type, device.id, device.status_text()),
    }
}

/// The Responsible Suppliers and the sender, as text.
pub(super) fn saw_suppliers(facts: &DeviceFacts, sender: Eui64) -> String {
    format!(
        "Responsible Supplier: {}; of the MPxN of the request: {}; sender {sender}",
        suppliers_text(&facts.responsible),
        suppliers_text(&facts.responsible_for_new_mpxn)
    )
}

/// A Device Model's entry on the Central Products List, as text.
pub(super) fn saw_model(model: CplFacts) -> String {
    match model {
        CplFacts::NotLoaded => "no Central Products List is loaded".to_owned(),
        CplFacts::Absent => "the Device Model is not on the Central Products List".to_owned(),
        CplFacts::Listed(status) => format!("the Device Model is {status} on the Central Products List"),
    }
}
