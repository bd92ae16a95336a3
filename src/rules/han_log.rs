//! The completion of an SR 8.11, once the CHF confirmed it or failed: the changes, and the request's last check.

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

/// The SMI Status that a Device moves to by that change, where the table has the move.
pub(super) fn destination(change: HanLogChange, from: SmiStatus) -> Option<SmiStatus> {
    status::destination(trigger(change), from)
}

const fn trigger(change: HanLogChange) -> Trigger {
    match change {
        HanLogChange::Add => Trigger::HanLogAdd,
        HanLogChange::Remove => Trigger::HanLogRemove,
    }
}

/// The changes that complete it; `None` where the Device's SMI Status no longer has the move.
pub(super) fn complete(
    awaited: &Awaited,
    outcome: ChfOutcome,
    device: &Device,
    now: Now,
) -> Option<Vec<Change>> {
    let settled = Change::from(AwaitedChange::Settle(device.id));
    // The Device stays as it is, and the next SR 8.11 for it may come.
    if outcome == ChfOutcome::Failed {
        return Some(vec![settled]);
    }
    let moved = match device.status {
        // Type 2 Devices have no status to move.
        None => None,
        Some(from) => {
            let to = destination(awaited.change, from)?;
            Some(DeviceChange::SetStatus(status::one(device, from, to, now)))
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

/// The last check of the request: the CHF's confirmation.
///
/// # Errors
/// The refusal, where the CHF failed.
pub(super) fn confirm(awaited: &Awaited, outcome: ChfOutcome, trace: &mut Trace) -> Result<(), Refusal> {
    let Awaited { change, device, chf, .. } = awaited;
    let did = match outcome {
        ChfOutcome::Confirmed => "confirmed",
        ChfOutcome::Failed => "did not do",
    };
    let saw = format!("CHF {chf} {did} the {change} of {device}");
    trace.require(rules::CHF_CONFIRMS, outcome == ChfOutcome::Confirmed, saw)
}
