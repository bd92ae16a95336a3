//! Moving Devices: what the table of SMI Statuses (SMI.md 2) means for one of them.

use crate::domain::{Change, Device, DeviceChange, DeviceType, Now, SmiStatus, StatusMove};

pub use crate::rules::rulebook::moves::{Row, TABLE, Trigger, destination};

/// Whether the table has the move of a Device within the SMI.
pub fn allows(by: Trigger, from: SmiStatus, to: SmiStatus) -> bool {
    crate::rules::rulebook::moves::allows(by, Some(from), Some(to))
}

/// The move of a Device, and of the GPF that stands where its CHF stood: it follows (SMI.md 2; for moves other than
/// to Commissioned: ours).
pub(super) fn moves(
    device: &Device,
    gpf: Option<&Device>,
    from: SmiStatus,
    to: SmiStatus,
    now: Now,
) -> Vec<Change> {
    let gpf = gpf.filter(|gpf| gpf.status == Some(from));
    std::iter::once(device)
        .chain(gpf)
        .map(|device| DeviceChange::SetStatus(one(device, from, to, now)).into())
        .collect()
}

/// The move of one Device; its DateCommissioned changes where it is commissioned anew.
pub(super) fn one(device: &Device, from: SmiStatus, to: SmiStatus, now: Now) -> StatusMove {
    let returns = matches!(from, SmiStatus::Suspended | SmiStatus::Recovered);
    let commissioned = (to == SmiStatus::Commissioned && !returns).then(|| now.date());
    StatusMove { device: device.id, from, to, date_commissioned: commissioned.or(device.date_commissioned) }
}

/// What follows when a Device other than a CHF reports that it is commissioned; nothing where the table has no move.
pub fn commissioned(device: &Device, now: Now) -> Option<Change> {
    let from = device.status.filter(|_| device.device_type != DeviceType::Chf)?;
    let to = destination(Trigger::DeviceCommissioned, from)?;
    Some(DeviceChange::SetStatus(one(device, from, to, now)).into())
}
