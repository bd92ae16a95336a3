//! The checks 12 to 15 of SMI.md 3, and the requests that nothing else decides: SR 8.3 and SR 8.14.1 to 8.14.4.

use super::{
    decide::Outcome,
    requests::sr_8_4::{is_among, suppliers},
    status::{self, Trigger},
};
use crate::{
    domain::{Device, DeviceFacts, DeviceType, Eui64, Now, Refusal, Trace},
    rules::rulebook::common,
};

/// The types that SR 8.3 decommissions; a Communications Hub goes by SR 8.14.3 or 8.14.4 (SMI.md 2).
pub(super) const DECOMMISSIONED: &[DeviceType] =
    &[DeviceType::Esme, DeviceType::Gsme, DeviceType::Hcalcs, DeviceType::Ppmid];
/// The types that SR 8.14.1 to 8.14.4 are about.
pub(super) const HUBS: &[DeviceType] = &[DeviceType::Chf];

/// A request that moves one Device, and its GPF with a CHF, to where the table says.
pub(super) fn move_by(
    trigger: Trigger,
    types: &[DeviceType],
    named: Eui64,
    facts: Option<&DeviceFacts>,
    sender: Eui64,
    now: Now,
    trace: &mut Trace,
) -> Result<Outcome, Refusal> {
    let facts = known(named, facts, trace)?;
    let device = &facts.device;
    trace.require(common::DEVICE_TYPE, types.contains(&device.device_type), device.device_type.as_str())?;
    let authorised =
        is_among(&facts.responsible, sender) || is_among(&facts.responsible_for_new_mpxn, sender);
    trace.require(common::AUTHORISED_NOW, authorised, saw_suppliers(facts, sender))?;
    let to = device.status.and_then(|from| Some((from, status::destination(trigger, from)?)));
    let saw = format!("{}, by {trigger}", device.status_text());
    let (from, to) = trace.require_some(common::STATUS_SUITS, to, saw)?;
    let changes = status::moves(device, facts.gpf.as_ref(), from, to, now);
    Ok(Outcome { changes, payload: None })
}

/// Check 12.
pub(super) fn known<'a>(
    named: Eui64,
    facts: Option<&'a DeviceFacts>,
    trace: &mut Trace,
) -> Result<&'a DeviceFacts, Refusal> {
    let saw = saw_device(named, facts.map(|facts| &facts.device));
    trace.require_some(common::DEVICE_KNOWN, facts, saw)
}

pub(super) fn saw_device(named: Eui64, device: Option<&Device>) -> String {
    match device {
        None => format!("{named} is not in the SMI"),
        Some(device) => format!("{} {}, {}", device.device_type, device.id, device.status_text()),
    }
}

pub(super) fn saw_suppliers(facts: &DeviceFacts, sender: Eui64) -> String {
    format!(
        "Responsible Supplier: {}; of the MPxN of the request: {}; sender {sender}",
        suppliers(&facts.responsible),
        suppliers(&facts.responsible_for_new_mpxn)
    )
}
