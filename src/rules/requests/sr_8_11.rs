//! SR 8.11 Update HAN Device Log: a Device is to join or leave the log of a CHF.
//!
//! The Device does not change before the CHF confirms it (SMI.md 2). An accepted request is stored as pending.

use crate::{
    domain::{
        Awaited, AwaitedChange, Device, DeviceFacts, DeviceType, HanLogChange, HanLogFacts, Mpxns, Refusal,
        Request, Role, Trace, UpdateHanDeviceLog, User,
    },
    rules::{
        accepted::Accepted,
        evidence::{IN_USE, is_among, known_device, saw_device, saw_suppliers},
        han_log::destination,
        rulebook::{common, sr_8_11 as rules},
    },
};

/// Decides by the checks 12 to 15, for two Devices at once, and by the rules a to e.
pub(in crate::rules) fn decide(
    update: &UpdateHanDeviceLog,
    request: &Request,
    facts: &HanLogFacts,
    sender: &User,
    trace: &mut Trace,
) -> Result<Accepted, Refusal> {
    // Two Devices: the RequestID's target is the CHF, and the Body names the one that joins or leaves.
    let chf = known_device(request.id.target, facts.chf.as_ref(), trace)?;
    let saw = saw_device(update.device_id, facts.device.as_ref());
    let device = trace.require_some(common::DEVICE_KNOWN, facts.device.as_ref(), saw)?;
    let is_chf = chf.device.device_type == DeviceType::Chf;
    // A CHF and a GPF are parts of the hub itself, not members of its log.
    let joins = !matches!(device.device_type, DeviceType::Chf | DeviceType::Gpf);
    let saw = format!("target {}, {} {}", chf.device.device_type, update.change, device.device_type);
    trace.require(common::DEVICE_TYPE, is_chf && joins, saw)?;
    check_authorised(chf, device, sender, trace)?;
    check_statuses(update.change, &chf.device, device, trace)?;
    check_request(update, &chf.device, device, trace)?;
    // One at a time for each Device: the CHF's report names the Device only, so with two pending requests it would be unclear
    // which one it confirms.
    let saw = match &facts.awaited {
        None => "none".to_owned(),
        Some(awaited) => format!("{} of {}", awaited.change, awaited.request_id),
    };
    trace.require(rules::NOTHING_AWAITED, facts.awaited.is_none(), saw)?;
    let awaited = Awaited {
        request_id: request.id,
        schema_version: request.schema_version.clone(),
        chf: chf.device.id,
        device: device.id,
        change: update.change,
        mpxns: update.whitelist.as_ref().map(|entry| entry.mpxns.clone()).unwrap_or_default(),
    };
    Ok(Accepted::with_changes(vec![AwaitedChange::Await(Box::new(awaited)).into()]))
}

/// Check 14: the sender is a Responsible Supplier, or an Other User with a Type 2 Device that it pre-notified (ours). A
/// Type 2 Device has no supply point, so that no Supplier is responsible for it.
fn check_authorised(
    chf: &DeviceFacts,
    device: &Device,
    sender: &User,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let supplier =
        is_among(&chf.responsible, sender.id) || is_among(&chf.responsible_for_new_mpxn, sender.id);
    let pre_notified = device.pre_notified_by == Some(sender.id);
    let other = sender.roles.contains(&Role::OU) && device.device_type.is_type_2() && pre_notified;
    let by = device.pre_notified_by.map_or_else(|| "nobody".to_owned(), |user| user.to_string());
    let saw = format!("{}; {} pre-notified by {by}", saw_suppliers(chf, sender.id), device.device_type);
    trace.require(common::AUTHORISED_NOW, supplier || other, saw)
}

/// Check 15: the SMI Statuses of the CHF and of the Device.
fn check_statuses(
    change: HanLogChange,
    chf: &Device,
    device: &Device,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let chf_works = chf.status.is_some_and(|status| IN_USE.contains(&status));
    // A Type 2 Device has no status, so that every change is possible.
    let moves = device.status.is_none_or(|from| destination(change, from).is_some());
    let saw = format!("CHF {}; {change} of a Device that is {}", chf.status_text(), device.status_text());
    trace.require(common::STATUS_SUITS, chf_works && moves, saw)
}

/// Rules a to d: the request itself, and the association.
fn check_request(
    update: &UpdateHanDeviceLog,
    chf: &Device,
    device: &Device,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let saw = match &update.execution {
        None => "no ExecutionDateTime".to_owned(),
        Some(execution) => format!("ExecutionDateTime {execution}"),
    };
    // A future-dated request would need a scheduler, which this service does not have.
    trace.require(rules::SENT_NOW, update.execution.is_none(), saw)?;
    let is_add = update.change == HanLogChange::Add;
    let there = if update.whitelist.is_some() { "there" } else { "absent" };
    let saw = format!("{}, AddDeviceToCHFWhitelist {there}", update.change);
    trace.require(rules::WHITELIST_ENTRY, update.whitelist.is_some() == is_add, saw)?;
    if let Some(entry) = &update.whitelist {
        let saw = format!("{} for a {}", mpxns_text(&entry.mpxns), device.device_type);
        trace.require(rules::MPXN, mpxns_suit(device.device_type, &entry.mpxns), saw)?;
    }
    // A Device that is to be added may be associated with this CHF already, by an import.
    let associated = device.chf.is_some_and(|other| other == chf.id);
    let suits = associated || (is_add && device.chf.is_none());
    let saw = match device.chf {
        None => "associated with no CHF".to_owned(),
        Some(other) => format!("associated with CHF {other}; the target is {}", chf.id),
    };
    trace.require(rules::ASSOCIATION, suits, saw)
}

fn mpxns_suit(device_type: DeviceType, mpxns: &Mpxns) -> bool {
    let Mpxns { import, secondary_import, export } = mpxns;
    match device_type {
        DeviceType::Esme => {
            [import, secondary_import, export].into_iter().flatten().all(|mpxn| mpxn.is_mpan())
        }
        DeviceType::Gsme => {
            let no_other = secondary_import.is_none() && export.is_none();
            no_other && import.as_ref().is_none_or(|mpxn| mpxn.is_mprn())
        }
        DeviceType::Gpf
        | DeviceType::Chf
        | DeviceType::Hcalcs
        | DeviceType::Ppmid
        | DeviceType::Ihd
        | DeviceType::Cad => *mpxns == Mpxns::default(),
    }
}

fn mpxns_text(mpxns: &Mpxns) -> String {
    let named = mpxns.iter().map(|(kind, mpxn)| format!("{kind} {mpxn}")).collect::<Vec<_>>();
    if named.is_empty() { "no MPxN".to_owned() } else { named.join(", ") }
}
