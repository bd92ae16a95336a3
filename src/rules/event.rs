//! What a Device, its CSP or the DCC's recovery procedure reports, and what follows (SMI.md 2).
//!
//! In come the event and what is known of the Device; out come the changes, or why the event does not fit. An event
//! is no Service Request: it has no sender to authorise and no code to answer with. Where a User waits for it, the
//! decision on that User's request is closed with it.

use super::{
    han_log::{self, ChfOutcome},
    status::{self, Trigger},
};
use crate::domain::{
    Awaited, Change, CodeOverrides, Decision, Device, DeviceChange, Now, ResponseCode, SmiStatus, Trace,
    set::closed_set,
};

closed_set!(
    /// What may be reported of a Device.
    DeviceEvent, "a Device event", {
        ChfWhitelistConfirmed => "ChfWhitelistConfirmed",
        ChfWhitelistFailed => "ChfWhitelistFailed",
        DeviceCommissioned => "DeviceCommissioned",
        Suspended => "Suspended",
        Restored => "Restored",
        RecoveryStarted => "RecoveryStarted",
        Recovered => "Recovered",
        RecoveryComplete => "RecoveryComplete",
    }
);

/// What an event's decision may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFacts {
    /// The Device.
    pub device: Device,
    /// Where it stood before it was suspended, as far as the history knows.
    pub before_suspension: Option<SmiStatus>,
    /// What is awaited of it.
    pub awaited: Option<Awaited>,
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// What is to change.
    pub changes: Vec<Change>,
    /// The request that it completes, and the decision to answer it with.
    pub completes: Option<(Awaited, Decision)>,
}

/// Why an event does not fit; nothing changes then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit(pub String);

/// Decides what an event leads to.
///
/// # Errors
/// Where the event does not fit the Device as it stands.
pub fn decide(
    event: DeviceEvent,
    facts: &EventFacts,
    now: Now,
    codes: &CodeOverrides,
) -> Result<Happened, Misfit> {
    let device = &facts.device;
    let by = |trigger| moved_by(trigger, event, device, now);
    match event {
        DeviceEvent::ChfWhitelistConfirmed => whitelist(ChfOutcome::Confirmed, event, facts, now, codes),
        DeviceEvent::ChfWhitelistFailed => whitelist(ChfOutcome::Failed, event, facts, now, codes),
        DeviceEvent::DeviceCommissioned => {
            let change = status::commissioned(device, now);
            change.map(one_change).ok_or_else(|| no_move(device, event))
        }
        DeviceEvent::Suspended => by(Trigger::Suspension),
        DeviceEvent::Restored => restored(event, facts, now),
        DeviceEvent::RecoveryStarted => by(Trigger::RecoveryStarted),
        DeviceEvent::Recovered => by(Trigger::Recovered),
        DeviceEvent::RecoveryComplete => by(Trigger::RecoveryComplete),
    }
}

fn one_change(change: Change) -> Happened {
    Happened { changes: vec![change], completes: None }
}

fn moved_by(trigger: Trigger, event: DeviceEvent, device: &Device, now: Now) -> Result<Happened, Misfit> {
    let to = device.status.and_then(|from| Some((from, status::destination(trigger, from)?)));
    let change = to.map(|(from, to)| DeviceChange::SetStatus(status::one(device, from, to, now)).into());
    change.map(one_change).ok_or_else(|| no_move(device, event))
}

/// Back to where it was; there must be a record of that.
fn restored(event: DeviceEvent, facts: &EventFacts, now: Now) -> Result<Happened, Misfit> {
    let device = &facts.device;
    let from = device.status.filter(|from| *from == SmiStatus::Suspended);
    let from = from.ok_or_else(|| no_move(device, event))?;
    let unknown = || Misfit(format!("`{event}`: the history of `{}` does not say where it was", device.id));
    let to = facts.before_suspension.ok_or_else(unknown)?;
    if status::allows(Trigger::Restoration, from, to) {
        Ok(one_change(DeviceChange::SetStatus(status::one(device, from, to, now)).into()))
    } else {
        Err(no_move(device, event))
    }
}

fn whitelist(
    outcome: ChfOutcome,
    event: DeviceEvent,
    facts: &EventFacts,
    now: Now,
    codes: &CodeOverrides,
) -> Result<Happened, Misfit> {
    let device = &facts.device;
    let nothing = || Misfit(format!("`{event}`: no outcome of an SR 8.11 is awaited for `{}`", device.id));
    let awaited = facts.awaited.clone().ok_or_else(nothing)?;
    let changes = han_log::complete(&awaited, outcome, device, now).ok_or_else(|| no_move(device, event))?;
    let mut trace = Trace::new(codes.clone());
    let decision = match han_log::confirm(&awaited, outcome, &mut trace) {
        Ok(()) => Decision::accept(trace, ResponseCode::I0, changes.clone(), None),
        Err(refusal) => Decision::refuse(trace, refusal),
    };
    Ok(Happened { changes, completes: Some((awaited, decision)) })
}

fn no_move(device: &Device, event: DeviceEvent) -> Misfit {
    let Device { device_type, id, .. } = device;
    let status = device.status_text();
    Misfit(format!(
        "`{event}` does not fit {device_type} `{id}`, whose status is {status}: SMI.md 2 has no such move"
    ))
}
