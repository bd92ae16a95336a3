//! The completion of a pending SR 8.11 when the CHF confirms it or fails: the changes, and the request's last check.

use super::status::{self, Trigger};
use crate::{
    domain::{
        Awaited, AwaitedChange, Change, Device, DeviceChange, HanLogChange, Now, Refusal, SmiStatus, Trace,
    },
    rules::rulebook::sr_8_11 as rules,
};

/// The outcome that the CHF reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChfOutcome {
    /// The CHF confirmed the change of its log.
    Confirmed,
    /// The CHF failed, or did not respond.
    Failed,
}

/// The SMI Status that a Device moves to by that change; none if the table has no such move.
pub(super) fn destination(change: HanLogChange, from: SmiStatus) -> Option<SmiStatus> {
    status::destination(trigger(change), from)
}

const fn trigger(change: HanLogChange) -> Trigger {
    match change {
        HanLogChange::Add => Trigger::HanLogAdd,
        HanLogChange::Remove => Trigger::HanLogRemove,
    }
}

/// The changes that complete it; none if the Device has meanwhile got an SMI Status without the move.
pub(super) fn complete(
    awaited: &Awaited,
    outcome: ChfOutcome,
    device: &Device,
    now: Now,
) -> Option<Vec<Change>> {
    let settled = Change::from(AwaitedChange::Settle(device.id));
    // The Device does not change, but a new SR 8.11 for it is accepted from now on.
    if outcome == ChfOutcome::Failed {
        return Some(vec![settled]);
    }
    let moved = match device.status {
        // Type 2 Devices have no status to move.
        None => None,
        Some(from) => {
            let to = destination(awaited.change, from)?;
            Some(DeviceChange::SetStatus(status::single_move(device, from, to, now)))
        }
    };
    let chf = match awaited.change {
        HanLogChange::Add => Some(awaited.chf),
        HanLogChange::Remove => None,
    };
    let mpxns = awaited.mpxns.iter();
    let mpxns = mpxns.map(|(kind, mpxn)| DeviceChange::SetMpxn(device.id, kind, mpxn.clone()));
    let of_device = moved.into_iter().chain([DeviceChange::SetChf(device.id, chf)]).chain(mpxns);
    Some(std::iter::once(settled).chain(of_device.map(Change::from)).collect())
}

/// The last check of the request: the CHF confirmed it.
///
/// # Errors
/// The refusal, if the CHF failed.
pub(super) fn confirm(awaited: &Awaited, outcome: ChfOutcome, trace: &mut Trace) -> Result<(), Refusal> {
    let Awaited { change, device, chf, .. } = awaited;
    let did = match outcome {
        ChfOutcome::Confirmed => "confirmed",
        ChfOutcome::Failed => "did not do",
    };
    let saw = format!("CHF {chf} {did} the {change} of {device}");
    trace.require(rules::CHF_CONFIRMS, outcome == ChfOutcome::Confirmed, saw)
}
