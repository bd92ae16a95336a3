//! SR 8.3 and SR 8.14.1 to 8.14.4: one Device moves to another SMI Status. The checks 12 to 15 of SMI.md 3 decide.

use crate::{
    domain::{DeviceFacts, DeviceType, Eui64, MoveRequest, Now, Refusal, ResponseCode, SmiStatus, Trace},
    rules::{
        RuleSettings,
        accepted::Accepted,
        evidence::{is_among, known_device, saw_suppliers},
        rulebook::common,
        status::{self, Trigger},
        tsat,
    },
};

/// The types that SR 8.3 decommissions. A Communications Hub is returned by SR 8.14.3 or 8.14.4 instead (SMI.md 2).
const DECOMMISSIONED: &[DeviceType] =
    &[DeviceType::Esme, DeviceType::Gsme, DeviceType::Hcalcs, DeviceType::Ppmid];
/// The types of SR 8.14.1 to 8.14.4.
const HUBS: &[DeviceType] = &[DeviceType::Chf];

/// Moves the Device, and its GPF with a CHF, to the only SMI Status that the table has for it.
pub(in crate::rules) fn decide(
    request: MoveRequest,
    named: Eui64,
    facts: Option<&DeviceFacts>,
    sender: Eui64,
    (now, settings): (Now, RuleSettings),
    trace: &mut Trace,
) -> Result<Accepted, Refusal> {
    let (trigger, types) = move_of(request);
    let facts = known_device(named, facts, trace)?;
    let device = &facts.device;
    trace.require(common::DEVICE_TYPE, types.contains(&device.device_type), device.device_type.as_str())?;
    // A hub that is being installed has no meters yet, and so no Responsible Supplier. The Supplier of the MPxN that the
    // request names may act instead (SMI.md 1).
    let supplier = is_among(&facts.responsible, sender) || is_among(&facts.responsible_for_new_mpxn, sender);
    let by_pre_notifier = is_return(request)
        && device.status == Some(SmiStatus::Pending)
        && device.pre_notified_by == Some(sender);
    let saw = saw_suppliers(facts, sender);
    let saw = if by_pre_notifier { format!("{saw}; Pending, and pre-notified by the sender") } else { saw };
    trace.require(common::AUTHORISED_NOW, supplier || by_pre_notifier, saw)?;
    let to = device.status.and_then(|from| Some((from, status::destination(trigger, from)?)));
    if let Some(moved) = to {
        tsat::check_move(moved, facts.validity.as_ref(), settings, ResponseCode::E5, trace)?;
    }
    let saw = format!("{}, by {trigger}", device.status_text());
    let (from, to) = trace.require_some(common::STATUS_SUITS, to, saw)?;
    Ok(Accepted::with_changes(status::move_with_gpf(
        device,
        facts.gpf.as_ref(),
        (from, to),
        trigger,
        settings,
        now,
    )))
}

/// Whether the hub goes back. One that is in stock, and so Pending, has no meter and no Supplier: who pre-notified it sends it back
/// (ours; over CSPM-N3 that is the User who receives it).
const fn is_return(request: MoveRequest) -> bool {
    match request {
        MoveRequest::FaultReturn | MoveRequest::NoFaultReturn => true,
        MoveRequest::Decommission | MoveRequest::InstallSuccess | MoveRequest::InstallNoSmWan => false,
    }
}

/// The trigger of the move, and the Device Types that the request is for.
const fn move_of(request: MoveRequest) -> (Trigger, &'static [DeviceType]) {
    match request {
        MoveRequest::Decommission => (Trigger::Decommission, DECOMMISSIONED),
        MoveRequest::InstallSuccess => (Trigger::InstallSuccess, HUBS),
        MoveRequest::InstallNoSmWan => (Trigger::InstallNoSmWan, HUBS),
        MoveRequest::FaultReturn => (Trigger::FaultReturn, HUBS),
        MoveRequest::NoFaultReturn => (Trigger::NoFaultReturn, HUBS),
    }
}
