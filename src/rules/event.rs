//! Device events: reports of a Device, its CSP or the DCC's recovery procedure, and their effects (SMI.md 2).
//!
//! In: the event and the facts about the Device. Out: the changes, or the reason why the event does not apply. An event is
//! not a Service Request: it has no sender to authorise, and no response code. If an SR 8.11 is pending for it, or an
//! SR 11.3, the event decides that request.

use super::{
    RuleSettings, firmware,
    han_log::{self, ChfOutcome},
    status::{self, Trigger},
};
use crate::domain::{
    ActivationOutcome, Awaited, AwaitedActivation, Change, CodeOverrides, CplFacts, CplStatus, Decision,
    DetailsChange, Device, DeviceChange, DeviceDetails, FirmwareChange, FirmwareVersion, Now, Refusal,
    RequestId, ResponseCode, SmiStatus, Trace, set::closed_set,
};

closed_set!(
    /// A report about a Device.
    DeviceEvent, "a Device event", {
        ChfWhitelistConfirmed => "ChfWhitelistConfirmed",
        ChfWhitelistFailed => "ChfWhitelistFailed",
        DeviceCommissioned => "DeviceCommissioned",
        Suspended => "Suspended",
        Restored => "Restored",
        RecoveryStarted => "RecoveryStarted",
        Recovered => "Recovered",
        RecoveryComplete => "RecoveryComplete",
        FirmwareReported => "FirmwareReported",
        FirmwareActivated => "FirmwareActivated",
        FirmwareActivationFailed => "FirmwareActivationFailed",
    }
);

/// The firmware version that a Device reported: read by SR 11.2, or named in the answer to an SR 11.3 (F6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedFirmware {
    /// The version.
    pub version: FirmwareVersion,
    /// The entry of the Device's model with that version on the Central Products List.
    pub model: CplFacts,
}

/// The facts of a decision about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFacts {
    /// The Device.
    pub device: Device,
    /// Its SMI Status before it was suspended, if the history has it.
    pub before_suspension: Option<SmiStatus>,
    /// For a GSME: the GPF of its Communications Hub, if it is in the SMI.
    pub gpf: Option<Device>,
    /// The pending SR 8.11 for it, if any.
    pub awaited: Option<Awaited>,
    /// The activation whose outcome is awaited of it, if any.
    pub activation: Option<AwaitedActivation>,
    /// For [`DeviceEvent::FirmwareReported`] the firmware, and for [`DeviceEvent::FirmwareActivated`] that of the activation.
    pub firmware: Option<ReportedFirmware>,
}

/// The effects of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventEffects {
    /// The changes to the SMI.
    pub changes: Vec<Change>,
    /// The request that it completes, and the decision of its answer.
    pub completes: Option<(Completed, Decision)>,
}

/// A request that an event completes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completed {
    /// An SR 8.11.
    HanLog(Awaited),
    /// An SR 11.3.
    Activation(AwaitedActivation),
}

impl Completed {
    /// The request.
    pub const fn request_id(&self) -> RequestId {
        match self {
            Self::HanLog(awaited) => awaited.request_id,
            Self::Activation(awaited) => awaited.request_id,
        }
    }
}

/// The reason why an event does not apply to the Device; nothing changes then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotApplicable(pub String);

/// Decides an event.
///
/// # Errors
/// When the event does not apply to the Device in its SMI Status.
pub fn decide(
    event: DeviceEvent,
    facts: &EventFacts,
    now: Now,
    settings: RuleSettings,
    codes: &CodeOverrides,
) -> Result<EventEffects, NotApplicable> {
    let device = &facts.device;
    let by = |trigger| moved_by(trigger, event, device, now);
    match event {
        DeviceEvent::ChfWhitelistConfirmed => {
            complete_han_log(ChfOutcome::Confirmed, event, facts, now, codes)
        }
        DeviceEvent::ChfWhitelistFailed => complete_han_log(ChfOutcome::Failed, event, facts, now, codes),
        DeviceEvent::DeviceCommissioned => {
            let changes = status::commissioning(device, facts.gpf.as_ref(), settings, now);
            let changes = changes.ok_or_else(|| no_move(device, event))?;
            Ok(EventEffects { changes, completes: None })
        }
        DeviceEvent::Suspended => by(Trigger::Suspension),
        DeviceEvent::Restored => restored(event, facts, now),
        DeviceEvent::RecoveryStarted => by(Trigger::RecoveryStarted),
        DeviceEvent::Recovered => by(Trigger::Recovered),
        DeviceEvent::RecoveryComplete => by(Trigger::RecoveryComplete),
        DeviceEvent::FirmwareReported => firmware_reported(event, facts, now),
        DeviceEvent::FirmwareActivated => {
            complete_activation(ActivationOutcome::Activated, event, facts, now, codes)
        }
        DeviceEvent::FirmwareActivationFailed => {
            complete_activation(ActivationOutcome::Failed, event, facts, now, codes)
        }
    }
}

fn one_change(change: Change) -> EventEffects {
    EventEffects { changes: vec![change], completes: None }
}

/// The move by that trigger, if the table has exactly one from the Device's status.
fn moved_by(
    trigger: Trigger,
    event: DeviceEvent,
    device: &Device,
    now: Now,
) -> Result<EventEffects, NotApplicable> {
    let to = device.status.and_then(|from| Some((from, status::destination(trigger, from)?)));
    let change =
        to.map(|(from, to)| DeviceChange::SetStatus(status::single_move(device, from, to, now)).into());
    change.map(one_change).ok_or_else(|| no_move(device, event))
}

/// The move from Suspended back to the status before, which must be in the history.
fn restored(event: DeviceEvent, facts: &EventFacts, now: Now) -> Result<EventEffects, NotApplicable> {
    let device = &facts.device;
    let from = device.status.filter(|from| *from == SmiStatus::Suspended);
    let from = from.ok_or_else(|| no_move(device, event))?;
    // Three statuses lead to Suspended, so the table alone cannot tell which one to go back to.
    let unknown =
        || NotApplicable(format!("`{event}`: the history of `{}` does not say where it was", device.id));
    let to = facts.before_suspension.ok_or_else(unknown)?;
    // Checked against the table like any other move: the history alone must not cause a move that SMI.md 2 does not have.
    if status::allows(Trigger::Restoration, from, to) {
        Ok(one_change(DeviceChange::SetStatus(status::single_move(device, from, to, now)).into()))
    } else {
        Err(no_move(device, event))
    }
}

/// Takes the version that the Device reported. Where it is Active on the Central Products List, a suspended Device returns to the status
/// before (F6; that the version must be Active for it: ours).
fn firmware_reported(
    event: DeviceEvent,
    facts: &EventFacts,
    now: Now,
) -> Result<EventEffects, NotApplicable> {
    let EventFacts { device, firmware, before_suspension, .. } = facts;
    let missing = || NotApplicable(format!("`{event}` names no version for `{}`", device.id));
    let ReportedFirmware { version, model } = firmware.as_ref().ok_or_else(missing)?;
    let is_new = device.details.firmware_version.as_ref() != Some(version);
    let details = DeviceDetails { firmware_version: Some(version.clone()), ..device.details.clone() };
    let change = || DetailsChange { from: device.details.clone(), to: details };
    let taken = is_new.then(|| DeviceChange::SetDetails(device.id, Box::new(change())).into());
    // A Device that was imported as Suspended has no status before, and stays suspended.
    let is_active = *model == CplFacts::Listed(CplStatus::Active);
    let back = device.status.zip(*before_suspension).filter(|_| is_active);
    let back = back.filter(|(from, to)| status::allows(Trigger::FirmwareReported, *from, *to));
    let restored =
        back.map(|(from, to)| DeviceChange::SetStatus(status::single_move(device, from, to, now)).into());
    Ok(EventEffects { changes: taken.into_iter().chain(restored).collect(), completes: None })
}

/// Completes the pending SR 8.11 with the CHF's outcome: its changes, and the decision of its answer.
fn complete_han_log(
    outcome: ChfOutcome,
    event: DeviceEvent,
    facts: &EventFacts,
    now: Now,
    codes: &CodeOverrides,
) -> Result<EventEffects, NotApplicable> {
    let device = &facts.device;
    let nothing =
        || NotApplicable(format!("`{event}`: no outcome of an SR 8.11 is awaited for `{}`", device.id));
    let awaited = facts.awaited.clone().ok_or_else(nothing)?;
    let changes = han_log::complete(&awaited, outcome, device, now).ok_or_else(|| no_move(device, event))?;
    let decision = last_decision(&changes, codes, |trace| han_log::confirm(&awaited, outcome, trace));
    Ok(EventEffects { changes, completes: Some((Completed::HanLog(awaited), decision)) })
}

/// Completes the awaited SR 11.3 with the outcome that the Device reports. An activated image is its firmware from now on.
fn complete_activation(
    outcome: ActivationOutcome,
    event: DeviceEvent,
    facts: &EventFacts,
    now: Now,
    codes: &CodeOverrides,
) -> Result<EventEffects, NotApplicable> {
    let device = facts.device.id;
    let nothing = || NotApplicable(format!("`{event}`: no outcome of an SR 11.3 is awaited of `{device}`"));
    let awaited = facts.activation.clone().ok_or_else(nothing)?;
    let settled = FirmwareChange::Settle(awaited.request_id, outcome, now.0);
    let mut changes = vec![Change::from(settled)];
    match outcome {
        ActivationOutcome::Activated => changes.extend(firmware_reported(event, facts, now)?.changes),
        ActivationOutcome::Failed => {}
    }
    let decision = last_decision(&changes, codes, |trace| firmware::confirm(&awaited, outcome, trace));
    Ok(EventEffects { changes, completes: Some((Completed::Activation(awaited), decision)) })
}

/// A second decision of a request, with a trace of its last check only: the others were recorded when it was accepted.
fn last_decision(
    changes: &[Change],
    codes: &CodeOverrides,
    check: impl FnOnce(&mut Trace) -> Result<(), Refusal>,
) -> Decision {
    let mut trace = Trace::new(codes.clone());
    match check(&mut trace) {
        Ok(()) => Decision::accept(trace, ResponseCode::I0, changes.to_vec(), None),
        Err(refusal) => Decision::refuse(trace, refusal),
    }
}

/// The reason that the table has no such move.
fn no_move(device: &Device, event: DeviceEvent) -> NotApplicable {
    let Device { device_type, id, .. } = device;
    let status = device.status_text();
    NotApplicable(format!(
        "`{event}` does not fit {device_type} `{id}`, whose status is {status}: SMI.md 2 has no such move"
    ))
}
