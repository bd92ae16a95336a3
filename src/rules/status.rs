//! Moves of a Device from one SMI Status to another, by the table of the rulebook (SMI.md 2).

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
    from: SmiStatus,
    to: SmiStatus,
    now: Now,
) -> Vec<Change> {
    // A GPF follows its CHF as long as both have the same status. One that was moved separately keeps its own.
    let gpf = gpf.filter(|gpf| gpf.status == Some(from));
    std::iter::once(device)
        .chain(gpf)
        .map(|device| DeviceChange::SetStatus(single_move(device, from, to, now)).into())
        .collect()
}

/// The move of one Device. A move to Commissioned sets its DateCommissioned, unless the Device returns to it.
pub(super) fn single_move(device: &Device, from: SmiStatus, to: SmiStatus, now: Now) -> StatusMove {
    // After a suspension or a recovery the Device was commissioned before, and keeps that date.
    let returns = matches!(from, SmiStatus::Suspended | SmiStatus::Recovered);
    let commissioned = (to == SmiStatus::Commissioned && !returns).then(|| now.date());
    StatusMove { device: device.id, from, to, date_commissioned: commissioned.or(device.date_commissioned) }
}

/// The move of a Device that reports its commissioning; none for a CHF, and if the table has no such move.
pub fn commissioning(device: &Device, now: Now) -> Option<Change> {
    // A CHF is commissioned by a request of its Supplier (SR 8.14.1 or 8.4), and not by an event.
    let from = device.status.filter(|_| device.device_type != DeviceType::Chf)?;
    let to = destination(Trigger::DeviceCommissioned, from)?;
    Some(DeviceChange::SetStatus(single_move(device, from, to, now)).into())
}
