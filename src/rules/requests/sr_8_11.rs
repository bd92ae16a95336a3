//! SR 8.11 Update HAN Device Log: a Device is to join or leave the log of a CHF. Nothing changes before the CHF
//! confirms it (SMI.md 2).

use super::sr_8_4::{IN_USE, is_among};
use crate::{
    domain::{
        Awaited, Change, Device, DeviceFacts, DeviceType, HanLogChange, HanLogFacts, MpxnKind, Mpxns, Now,
        Refusal, Request, Role, SmiStatus, Trace, UpdateHanDeviceLog, User,
    },
    rules::{
        decide::Outcome,
        of_device::{known, saw_device, saw_suppliers},
        rulebook::{common, sr_8_11 as rules},
        status::{self, Trigger},
    },
};

/// What the CHF did about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum ChfOutcome {
    /// It confirmed.
    Confirmed,
    /// It failed, or said nothing.
    Failed,
}

pub(in crate::rules) fn decide(
    update: &UpdateHanDeviceLog,
    request: &Request,
    facts: &HanLogFacts,
    sender: &User,
    trace: &mut Trace,
) -> Result<Outcome, Refusal> {
    let chf = known(request.id.target, facts.chf.as_ref(), trace)?;
    let saw = saw_device(update.device_id, facts.device.as_ref());
    let device = trace.require_some(common::DEVICE_KNOWN, facts.device.as_ref(), saw)?;
    let is_chf = chf.device.device_type == DeviceType::Chf;
    let joins = !matches!(device.device_type, DeviceType::Chf | DeviceType::Gpf);
    let saw = format!("target {}, {} {}", chf.device.device_type, update.change, device.device_type);
    trace.require(common::DEVICE_TYPE, is_chf && joins, saw)?;
    authorised(chf, device, sender, trace)?;
    statuses(update.change, &chf.device, device, trace)?;
    of_its_own(update, &chf.device, device, trace)?;
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
    Ok(Outcome { changes: vec![Change::Await(Box::new(awaited))], payload: None })
}

/// Check 14. An Other User looks after Devices of Type 2 alone, and those have no supply point (ours).
fn authorised(chf: &DeviceFacts, device: &Device, sender: &User, trace: &mut Trace) -> Result<(), Refusal> {
    let supplier =
        is_among(&chf.responsible, sender.id) || is_among(&chf.responsible_for_new_mpxn, sender.id);
    let pre_notified = device.pre_notified_by == Some(sender.id);
    let other = sender.roles.contains(&Role::OU) && device.device_type.is_type_2() && pre_notified;
    let by = device.pre_notified_by.map_or_else(|| "nobody".to_owned(), |user| user.to_string());
    let saw = format!("{}; {} pre-notified by {by}", saw_suppliers(chf, sender.id), device.device_type);
    trace.require(common::AUTHORISED_NOW, supplier || other, saw)
}

/// Check 15.
fn statuses(change: HanLogChange, chf: &Device, device: &Device, trace: &mut Trace) -> Result<(), Refusal> {
    let chf_works = chf.status.is_some_and(|status| IN_USE.contains(&status));
    let moves = device.status.is_none_or(|from| destination(change, from).is_some());
    let saw = format!("CHF {}; {change} of a Device that is {}", chf.status_text(), device.status_text());
    trace.require(common::STATUS_SUITS, chf_works && moves, saw)
}

fn destination(change: HanLogChange, from: SmiStatus) -> Option<SmiStatus> {
    status::destination(trigger(change), from)
}

const fn trigger(change: HanLogChange) -> Trigger {
    match change {
        HanLogChange::Add => Trigger::HanLogAdd,
        HanLogChange::Remove => Trigger::HanLogRemove,
    }
}

/// Rules a to d.
fn of_its_own(
    update: &UpdateHanDeviceLog,
    chf: &Device,
    device: &Device,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let saw = match &update.execution {
        None => "no ExecutionDateTime".to_owned(),
        Some(execution) => format!("ExecutionDateTime {execution}"),
    };
    trace.require(rules::SENT_NOW, update.execution.is_none(), saw)?;
    let is_add = update.change == HanLogChange::Add;
    let there = if update.whitelist.is_some() { "there" } else { "absent" };
    let saw = format!("{}, AddDeviceToCHFWhitelist {there}", update.change);
    trace.require(rules::WHITELIST_ENTRY, update.whitelist.is_some() == is_add, saw)?;
    if let Some(entry) = &update.whitelist {
        let saw = format!("{} for a {}", mpxns_text(&entry.mpxns), device.device_type);
        trace.require(rules::MPXN, mpxns_suit(device.device_type, &entry.mpxns), saw)?;
    }
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
    let named = named(mpxns).map(|(kind, mpxn)| format!("{kind} {mpxn}")).collect::<Vec<_>>();
    if named.is_empty() { "no MPxN".to_owned() } else { named.join(", ") }
}

fn named(mpxns: &Mpxns) -> impl Iterator<Item = (MpxnKind, &crate::domain::Mpxn)> {
    let Mpxns { import, secondary_import, export } = mpxns;
    let all = [
        (MpxnKind::ImportMpxn, import),
        (MpxnKind::SecondaryImportMpan, secondary_import),
        (MpxnKind::ExportMpan, export),
    ];
    all.into_iter().filter_map(|(kind, mpxn)| Some((kind, mpxn.as_ref()?)))
}

/// What follows once it is known what the CHF did: `None` where the Device has moved away meanwhile.
pub(in crate::rules) fn complete(
    awaited: &Awaited,
    outcome: ChfOutcome,
    device: &Device,
    now: Now,
) -> Option<Vec<Change>> {
    let settled = Change::Settle(device.id);
    if outcome == ChfOutcome::Failed {
        return Some(vec![settled]);
    }
    let moved = match device.status {
        None => None,
        Some(from) => {
            let to = destination(awaited.change, from)?;
            Some(Change::SetStatus(status::one(device, from, to, now)))
        }
    };
    let chf = match awaited.change {
        HanLogChange::Add => Some(awaited.chf),
        HanLogChange::Remove => None,
    };
    let mpxns = named(&awaited.mpxns).map(|(kind, mpxn)| Change::SetMpxn(device.id, kind, mpxn.clone()));
    let first = [Some(settled), moved, Some(Change::SetChf(device.id, chf))];
    Some(first.into_iter().flatten().chain(mpxns).collect())
}

/// Closes the request's own last check, once it is known what the CHF did.
///
/// # Errors
/// The refusal, where the CHF failed.
pub(in crate::rules) fn confirm(
    awaited: &Awaited,
    outcome: ChfOutcome,
    trace: &mut Trace,
) -> Result<(), Refusal> {
    let Awaited { change, device, chf, .. } = awaited;
    let did = match outcome {
        ChfOutcome::Confirmed => "confirmed",
        ChfOutcome::Failed => "did not do",
    };
    let saw = format!("CHF {chf} {did} the {change} of {device}");
    trace.require(rules::CHF_CONFIRMS, outcome == ChfOutcome::Confirmed, saw)
}
