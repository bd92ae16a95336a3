//! Moves of a Device from one SMI Status to another, by the table of the rulebook (SMI.md 2).

use crate::domain::{Change, Device, DeviceChange, DeviceType, Now, SmiStatus, StatusMove};

pub use crate::rules::rulebook::moves::{PermittedMoves, TABLE, Trigger, destination};

/// Whether the table has the move, for a Device that is in the SMI and stays in it.
pub fn allows(by: Trigger, from: SmiStatus, to: SmiStatus) -> bool {
    crate::rules::rulebook::moves::allows(by, Some(from), Some(to))
}

/// The move of a Device, and of the GPF that has the same SMI Status as its CHF and follows it (SMI.md 2; for moves
/// other than to Commissioned: ours).
pub(super) fn moves(
    device: &Device,
    gpf: Option<&Device>,
    from: SmiStatus,
    to: SmiStatus,
    now: Now,
) -> Vec<Change> {
    // A GPF that was moved by itself meanwhile keeps its own status.
    let gpf = gpf.filter(|gpf| gpf.status == Some(from));
    std::iter::once(device)
        .chain(gpf)
        .map(|device| DeviceChange::SetStatus(one(device, from, to, now)).into())
        .collect()
}

/// The move of one Device, with its DateCommissioned: set anew unless the Device returns to Commissioned.
pub(super) fn one(device: &Device, from: SmiStatus, to: SmiStatus, now: Now) -> StatusMove {
    // A Device that was suspended or recovered was commissioned before, and keeps that date.
    let returns = matches!(from, SmiStatus::Suspended | SmiStatus::Recovered);
    let commissioned = (to == SmiStatus::Commissioned && !returns).then(|| now.date());
    StatusMove { device: device.id, from, to, date_commissioned: commissioned.or(device.date_commissioned) }
}

/// The move of a Device other than a CHF that reports its commissioning; none where the table has no such move.
pub fn commissioned(device: &Device, now: Now) -> Option<Change> {
    let from = device.status.filter(|_| device.device_type != DeviceType::Chf)?;
    let to = destination(Trigger::DeviceCommissioned, from)?;
    Some(DeviceChange::SetStatus(one(device, from, to, now)).into())
}
