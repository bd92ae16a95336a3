//! The moves between SMI Statuses that SR 8.4 and a commissioning Device make (SMI.md 2). Any other is refused.

use crate::domain::{Change, Device, DeviceType, Now, SmiStatus, StatusMove, set::closed_set};
use SmiStatus::{Commissioned, InstalledNotCommissioned, Pending, Whitelisted, Withdrawn};

closed_set!(
    /// What moves a Device from one status to another.
    Trigger, "a trigger", {
        UpdateStatusExceptCh => "UpdateDeviceStatusExceptCH",
        UpdateStatusCh => "UpdateDeviceStatusCH",
        DeviceCommissioned => "the Device's confirmation of its commissioning",
    }
);

/// One row of the table: from any of these, to that, by this.
#[derive(Debug)]
pub struct Row {
    /// Where the Device stands.
    pub from: &'static [SmiStatus],
    /// Where it goes.
    pub to: SmiStatus,
    /// What moves it.
    pub by: Trigger,
}

/// The table; all of it is our own reading (SMI.md 2).
pub const TABLE: &[Row] = &[
    Row { from: &[Whitelisted, InstalledNotCommissioned], to: Pending, by: Trigger::UpdateStatusExceptCh },
    Row { from: &[Pending, Whitelisted], to: InstalledNotCommissioned, by: Trigger::UpdateStatusExceptCh },
    Row { from: &[Pending, Whitelisted], to: InstalledNotCommissioned, by: Trigger::UpdateStatusCh },
    Row { from: &[Whitelisted, InstalledNotCommissioned], to: Commissioned, by: Trigger::UpdateStatusCh },
    Row { from: &[Commissioned], to: Withdrawn, by: Trigger::UpdateStatusCh },
    Row { from: &[Whitelisted, InstalledNotCommissioned], to: Commissioned, by: Trigger::DeviceCommissioned },
];

/// Whether the table has the move.
pub fn allows(by: Trigger, from: SmiStatus, to: SmiStatus) -> bool {
    TABLE.iter().any(|row| row.by == by && row.to == to && row.from.contains(&from))
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
    std::iter::once(device).chain(gpf).map(|device| Change::SetStatus(one(device, from, to, now))).collect()
}

fn one(device: &Device, from: SmiStatus, to: SmiStatus, now: Now) -> StatusMove {
    let commissioned = (to == Commissioned).then(|| now.date());
    StatusMove { device: device.id, from, to, date_commissioned: commissioned.or(device.date_commissioned) }
}

/// What follows when a Device other than a CHF reports that it is commissioned; nothing where the table has no move.
pub fn commissioned(device: &Device, now: Now) -> Option<Change> {
    let from = device.status.filter(|_| device.device_type != DeviceType::Chf)?;
    let allowed = allows(Trigger::DeviceCommissioned, from, Commissioned);
    allowed.then(|| Change::SetStatus(one(device, from, Commissioned, now)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// SMI.md 2.
    #[test]
    fn every_status_by_every_status_by_every_trigger() {
        let mut moves = String::new();
        for by in Trigger::ALL {
            for from in SmiStatus::ALL {
                for to in SmiStatus::ALL.iter().filter(|to| allows(*by, *from, **to)) {
                    writeln!(moves, "{from} -> {to} by {by}").unwrap();
                }
            }
        }
        insta::assert_snapshot!(moves, @r#"
        Pending -> InstalledNotCommissioned by UpdateDeviceStatusExceptCH
        Whitelisted -> Pending by UpdateDeviceStatusExceptCH
        Whitelisted -> InstalledNotCommissioned by UpdateDeviceStatusExceptCH
        InstalledNotCommissioned -> Pending by UpdateDeviceStatusExceptCH
        Pending -> InstalledNotCommissioned by UpdateDeviceStatusCH
        Whitelisted -> InstalledNotCommissioned by UpdateDeviceStatusCH
        Whitelisted -> Commissioned by UpdateDeviceStatusCH
        InstalledNotCommissioned -> Commissioned by UpdateDeviceStatusCH
        Commissioned -> Withdrawn by UpdateDeviceStatusCH
        Whitelisted -> Commissioned by the Device's confirmation of its commissioning
        InstalledNotCommissioned -> Commissioned by the Device's confirmation of its commissioning
        "#);
    }
}
