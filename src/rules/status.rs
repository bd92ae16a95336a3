//! Moves of a Device from one SMI Status to another, by the table of the rulebook (SMI.md 2).

use super::RuleSettings;
use crate::domain::{Change, Device, DeviceChange, DeviceType, Now, SmiStatus, StatusMove};

pub use crate::rules::rulebook::moves::{PermittedMoves, TABLE, Trigger, destination};

/// Whether the table has the move, for a Device that is in the SMI and stays in it.
pub fn allows(by: Trigger, from: SmiStatus, to: SmiStatus) -> bool {
    crate::rules::rulebook::moves::allows(by, Some(from), Some(to))
}

/// The move of a Device, and with a CHF that of its GPF (SMI.md 2; for moves other than to Commissioned: ours).
pub(super) fn move_with_gpf(
    device: &Device,
    gpf: Option<&Device>,
    (from, to): (SmiStatus, SmiStatus),
    by: Trigger,
    settings: RuleSettings,
    now: Now,
) -> Vec<Change> {
    let of_gpf = gpf.and_then(|gpf| {
        let gpf_from = gpf.status?;
        let gpf_to = gpf_destination((from, to), gpf_from, by, settings)?;
        Some(single_move(gpf, gpf_from, gpf_to, now))
    });
    let moves = std::iter::once(single_move(device, from, to, now)).chain(of_gpf);
    moves.map(|change| DeviceChange::SetStatus(change).into()).collect()
}

/// The status that a GPF moves to with its CHF; none if it stays.
fn gpf_destination(
    (from, to): (SmiStatus, SmiStatus),
    gpf: SmiStatus,
    by: Trigger,
    settings: RuleSettings,
) -> Option<SmiStatus> {
    let before_installation = matches!(gpf, SmiStatus::Pending | SmiStatus::Whitelisted);
    if to == SmiStatus::Commissioned && !settings.gpf_with_chf {
        // It is commissioned with a GSME, and not with its CHF (F16).
        before_installation.then_some(SmiStatus::InstalledNotCommissioned)
    } else if to == SmiStatus::Decommissioned {
        // A hub leaves whole, whichever statuses its parts have.
        allows(by, gpf, to).then_some(to)
    } else {
        // A GPF follows its CHF as long as both have the same status. One that was moved separately keeps its own.
        (gpf == from).then_some(to)
    }
}

/// The move of one Device. A move to Commissioned sets its DateCommissioned, unless the Device returns to it.
pub(super) fn single_move(device: &Device, from: SmiStatus, to: SmiStatus, now: Now) -> StatusMove {
    // After a suspension or a recovery the Device was commissioned before, and keeps that date.
    let returns = matches!(from, SmiStatus::Suspended | SmiStatus::Recovered);
    let commissioned = (to == SmiStatus::Commissioned && !returns).then(|| now.date());
    StatusMove { device: device.id, from, to, date_commissioned: commissioned.or(device.date_commissioned) }
}

/// The moves of a Device that reports its commissioning: its own, and with a GSME that of the GPF of its hub; none for a CHF, and if the
/// table has no such move.
pub fn commissioning(
    device: &Device,
    gpf: Option<&Device>,
    settings: RuleSettings,
    now: Now,
) -> Option<Vec<Change>> {
    let own = commissioned(device, now)?;
    let with_gsme = device.device_type == DeviceType::Gsme && !settings.gpf_with_chf;
    let of_gpf = gpf.filter(|_| with_gsme).and_then(|gpf| commissioned(gpf, now));
    Some(std::iter::once(own).chain(of_gpf).collect())
}

fn commissioned(device: &Device, now: Now) -> Option<Change> {
    // A CHF is commissioned by a request of its Supplier (SR 8.14.1 or 8.4), and not by an event.
    let from = device.status.filter(|_| device.device_type != DeviceType::Chf)?;
    let to = destination(Trigger::DeviceCommissioned, from)?;
    Some(DeviceChange::SetStatus(single_move(device, from, to, now)).into())
}
