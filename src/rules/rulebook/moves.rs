//! The transition table of SMI Statuses (SMI.md 2). Any other move is refused. Type 2 Devices have no status.

use crate::domain::{SmiStatus, Standing, set::closed_set};
use SmiStatus::{
    Commissioned, Decommissioned, InstalledNotCommissioned, Pending, Recovered, Recovery, Suspended,
    Whitelisted, Withdrawn,
};

closed_set!(
    /// The trigger of a move.
    Trigger, "a trigger", {
        Prenotification => "SR 12.2 DevicePrenotification",
        HubNotification => "CSPM-N3 Communications Hub pre-notification",
        HanLogAdd => "SR 8.11 Add, confirmed by the CHF",
        HanLogRemove => "SR 8.11 Remove, confirmed by the CHF",
        UpdateStatusExceptCh => "UpdateDeviceStatusExceptCH",
        UpdateStatusCh => "UpdateDeviceStatusCH",
        InstallSuccess => "SR 8.14.1 CHFInstallSuccessSMWAN",
        InstallNoSmWan => "SR 8.14.2 CHFInstallSuccessNoSMWAN",
        FaultReturn => "SR 8.14.3 CHFFaultReturn",
        NoFaultReturn => "SR 8.14.4 CHFNoFaultReturn",
        Decommission => "SR 8.3 DecommissionDevice",
        DeviceCommissioned => "the Device's confirmation of its commissioning",
        Suspension => "its Device Model leaves the Central Products List",
        Restoration => "its Device Model comes back to the Central Products List",
        FirmwareReported => "its firmware, as it reported it, is Active on the Central Products List",
        RecoveryStarted => "the DCC starts its recovery",
        Recovered => "the DCC recovered it",
        RecoveryComplete => "the DCC completes its recovery",
        Delete => "DeleteDevice",
    }
);

/// One row of the table: the moves from any of several statuses to one. `None` means outside the SMI.
#[derive(Debug)]
pub struct PermittedMoves {
    /// The statuses to move from.
    pub from: &'static [Option<SmiStatus>],
    /// The status to move to.
    pub to: Option<SmiStatus>,
    /// The trigger.
    pub by: Trigger,
    /// The standing of the row.
    pub standing: Standing,
    /// The clause it comes from.
    pub source: &'static str,
}

const fn row(
    from: &'static [Option<SmiStatus>],
    to: Option<SmiStatus>,
    by: Trigger,
    standing: Standing,
    source: &'static str,
) -> PermittedMoves {
    PermittedMoves { from, to, by, standing, source }
}

const IN_USE: &[Option<SmiStatus>] = &[Some(Whitelisted), Some(InstalledNotCommissioned), Some(Commissioned)];
const BEFORE_INSTALLATION: &[Option<SmiStatus>] = &[Some(Pending), Some(Whitelisted)];
const BEFORE_COMMISSIONING: &[Option<SmiStatus>] = &[Some(Whitelisted), Some(InstalledNotCommissioned)];

/// The table. A suspended Device returns to its status before, which is in its history.
#[rustfmt::skip]
pub const TABLE: &[PermittedMoves] = &[
    row(&[None], Some(Pending), Trigger::Prenotification, Standing::Seed, "MP125-R1; SMI.md 2"),
    row(&[None], Some(Pending), Trigger::HubNotification, Standing::Seed, "SMI.md 2"),
    row(&[Some(Pending)], Some(Whitelisted), Trigger::HanLogAdd, Standing::Public, "SMI.md 2"),
    row(&[Some(Whitelisted)], Some(Pending), Trigger::HanLogRemove, Standing::Assumed, "SMI.md 2"),
    row(BEFORE_COMMISSIONING, Some(Pending), Trigger::UpdateStatusExceptCh, Standing::Assumed, "SMI.md 2"),
    row(BEFORE_INSTALLATION, Some(InstalledNotCommissioned), Trigger::UpdateStatusExceptCh, Standing::Assumed, "SMI.md 2"),
    row(BEFORE_INSTALLATION, Some(InstalledNotCommissioned), Trigger::UpdateStatusCh, Standing::Assumed, "SMI.md 2"),
    row(BEFORE_COMMISSIONING, Some(Commissioned), Trigger::UpdateStatusCh, Standing::Assumed, "SMI.md 2"),
    row(&[Some(Commissioned)], Some(Withdrawn), Trigger::UpdateStatusCh, Standing::Assumed, "SMI.md 2"),
    // SMI.md 2 has both moves from Whitelisted. The table takes the one that goes further, as the SM WAN works.
    row(&[Some(Pending)], Some(InstalledNotCommissioned), Trigger::InstallSuccess, Standing::Assumed, "SMI.md 2"),
    row(BEFORE_COMMISSIONING, Some(Commissioned), Trigger::InstallSuccess, Standing::Assumed, "SMI.md 2"),
    row(BEFORE_INSTALLATION, Some(InstalledNotCommissioned), Trigger::InstallNoSmWan, Standing::Assumed, "SMI.md 2"),
    row(IN_USE, Some(Decommissioned), Trigger::FaultReturn, Standing::Assumed, "SMI.md 2"),
    row(IN_USE, Some(Decommissioned), Trigger::NoFaultReturn, Standing::Assumed, "SMI.md 2"),
    // The schema's reasons know a fault found before installation and a lost or stolen hub (F30).
    row(&[Some(Pending)], Some(Decommissioned), Trigger::FaultReturn, Standing::Assumed, "F30; SMI.md 2"),
    row(&[Some(Pending)], Some(Decommissioned), Trigger::NoFaultReturn, Standing::Assumed, "F30; SMI.md 2"),
    row(IN_USE, Some(Decommissioned), Trigger::Decommission, Standing::Assumed, "SMI.md 2"),
    row(BEFORE_COMMISSIONING, Some(Commissioned), Trigger::DeviceCommissioned, Standing::Assumed, "F16; SMI.md 2"),
    row(IN_USE, Some(Suspended), Trigger::Suspension, Standing::Public, "SMI.md 2"),
    row(&[Some(Suspended)], Some(Whitelisted), Trigger::Restoration, Standing::Public, "SMI.md 2"),
    row(&[Some(Suspended)], Some(InstalledNotCommissioned), Trigger::Restoration, Standing::Public, "SMI.md 2"),
    row(&[Some(Suspended)], Some(Commissioned), Trigger::Restoration, Standing::Public, "SMI.md 2"),
    row(&[Some(Suspended)], Some(Whitelisted), Trigger::FirmwareReported, Standing::Public, "F6; SMI.md 2"),
    row(&[Some(Suspended)], Some(InstalledNotCommissioned), Trigger::FirmwareReported, Standing::Public, "F6; SMI.md 2"),
    row(&[Some(Suspended)], Some(Commissioned), Trigger::FirmwareReported, Standing::Public, "F6; SMI.md 2"),
    row(&[Some(Commissioned)], Some(Recovery), Trigger::RecoveryStarted, Standing::Assumed, "SMI.md 2"),
    row(&[Some(Recovery)], Some(Recovered), Trigger::Recovered, Standing::Assumed, "SMI.md 2"),
    row(&[Some(Recovered)], Some(Commissioned), Trigger::RecoveryComplete, Standing::Assumed, "SMI.md 2"),
    row(&[Some(Pending)], None, Trigger::Delete, Standing::Seed, "MP125-R2; SMI.md 2"),
];

/// Whether the table has the move.
pub fn allows(by: Trigger, from: Option<SmiStatus>, to: Option<SmiStatus>) -> bool {
    TABLE.iter().any(|row| row.by == by && row.to == to && row.from.contains(&from))
}

/// The status that the trigger leads to; none if the table has no such move, or more than one.
pub fn destination(by: Trigger, from: SmiStatus) -> Option<SmiStatus> {
    // Restoration has three rows from Suspended. Not the first of them is right, but the one that the Device's history names.
    let mut rows = TABLE.iter().filter(|row| row.by == by && row.from.contains(&Some(from)));
    let only = rows.next().filter(|_| rows.next().is_none());
    only.and_then(|row| row.to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn places() -> impl Iterator<Item = Option<SmiStatus>> {
        std::iter::once(None).chain(SmiStatus::ALL.iter().copied().map(Some))
    }

    fn shown(place: Option<SmiStatus>) -> &'static str {
        place.map_or("-", SmiStatus::as_str)
    }

    /// SMI.md 2.
    #[test]
    fn every_status_by_every_status_by_every_trigger() {
        let mut moves = String::new();
        for by in Trigger::ALL {
            for from in places() {
                for to in places().filter(|to| allows(*by, from, *to)) {
                    writeln!(moves, "{} -> {} by {by}", shown(from), shown(to)).unwrap();
                }
            }
        }
        insta::assert_snapshot!("every_move_there_is", moves);
    }

    #[test]
    fn every_trigger_has_a_row_and_no_move_stands_twice() {
        for by in Trigger::ALL {
            assert!(TABLE.iter().any(|row| row.by == *by), "{by}");
            for from in places() {
                for to in places() {
                    let rows = TABLE.iter().filter(|row| row.by == *by && row.to == to);
                    assert!(rows.filter(|row| row.from.contains(&from)).count() <= 1, "{by}");
                    assert!(!allows(*by, from, to) || from != to, "{by} moves nowhere");
                }
            }
        }
    }

    #[test]
    fn a_destination_is_the_only_one() {
        assert_eq!(destination(Trigger::InstallSuccess, Pending), Some(InstalledNotCommissioned));
        assert_eq!(destination(Trigger::InstallSuccess, Whitelisted), Some(Commissioned));
        assert_eq!(destination(Trigger::InstallSuccess, Commissioned), None);
        assert_eq!(destination(Trigger::Restoration, Suspended), None);
    }
}
