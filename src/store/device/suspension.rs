//! Suspension and restoration of Devices by a new Central Products List (SMI.md 2). Devices whose Device Model leaves the list are
//! suspended; those whose model returns are restored to the status before.

use std::collections::BTreeSet;

use crate::{
    db::{Connection, StoreFault},
    domain::{CplStatus, Device, DeviceChange, Now, SmiStatus, StatusMove},
    rules::rulebook::moves::{Trigger, allows},
    store::{
        Cause,
        cpl::{ListedModel, ModelKey},
        csv::{Affected, Consequences},
        device::{self, history},
    },
};

/// The Device Models that may be used: those with the status Active (ours: SMI.md says 'leaves the list').
pub(in crate::store) fn active_models(list: &[ListedModel]) -> BTreeSet<ModelKey> {
    list.iter().filter(|listed| listed.status == CplStatus::Active).map(ModelKey::of).collect()
}

/// The changes of status that follow from a new list.
struct Moves {
    suspended: Vec<StatusMove>,
    restored: Vec<StatusMove>,
}

/// The consequences of a new list, without a change: `before` and `after` are the active models of the two lists.
pub(in crate::store) fn foresee(
    connection: &mut Connection,
    before: &BTreeSet<ModelKey>,
    after: &BTreeSet<ModelKey>,
) -> Result<Consequences, StoreFault> {
    Ok(Moves::between(connection, before, after)?.consequences())
}

/// Suspends and restores Devices in the caller's transaction, as [`foresee`] says.
pub(in crate::store) fn suspend_and_restore(
    connection: &mut Connection,
    before: &BTreeSet<ModelKey>,
    after: &BTreeSet<ModelKey>,
    now: Now,
) -> Result<Consequences, StoreFault> {
    let moves = Moves::between(connection, before, after)?;
    let consequences = moves.consequences();
    let by = Cause { user: None, request_id: None, interface: "import", reason: None };
    for change in moves.suspended.into_iter().chain(moves.restored) {
        device::apply(connection, &DeviceChange::SetStatus(change), &by, now)?;
    }
    Ok(consequences)
}

impl Moves {
    fn between(
        connection: &mut Connection,
        before: &BTreeSet<ModelKey>,
        after: &BTreeSet<ModelKey>,
    ) -> Result<Self, StoreFault> {
        let (to, by) = (SmiStatus::Suspended, Trigger::Suspension);
        let from = SmiStatus::ALL.iter().copied().filter(|from| allows(by, Some(*from), Some(to)));
        let from = from.collect::<Vec<_>>();
        let mut suspended = Vec::new();
        for left in before.difference(after) {
            for device in device::of_model(connection, &from, &left.name())? {
                suspended.extend(device.status.map(|from| moved(&device, from, to)));
            }
        }
        let mut restored = Vec::new();
        for back in after.difference(before) {
            for device in device::of_model(connection, &[SmiStatus::Suspended], &back.name())? {
                let was = history::status_before(connection, device.id, SmiStatus::Suspended)?;
                // A Device that joined as Suspended has no status before, and stays suspended.
                let to = was.filter(|to| allows(Trigger::Restoration, device.status, Some(*to)));
                restored.extend(to.map(|to| moved(&device, SmiStatus::Suspended, to)));
            }
        }
        Ok(Self { suspended, restored })
    }

    fn consequences(&self) -> Consequences {
        let devices = |moves: &[StatusMove]| Affected::devices(moves.iter().map(|change| change.device));
        Consequences { suspended: devices(&self.suspended), restored: devices(&self.restored) }
    }
}

/// The change of a Device's status; the date of commissioning stays.
const fn moved(device: &Device, from: SmiStatus, to: SmiStatus) -> StatusMove {
    StatusMove { device: device.id, from, to, date_commissioned: device.date_commissioned }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::SmiStatus,
        store::{
            Imported, Kind, find_device, import,
            testing::{TempStore, device_id, fixture, history, now},
        },
    };

    fn load(temp: &TempStore, csv: &str, at: &str) -> (usize, usize) {
        let imported = import(&temp.store, Kind::Cpl, csv.as_bytes(), now(at), &mut |_| ()).unwrap();
        let Imported { consequences, .. } = imported;
        (consequences.suspended.total, consequences.restored.total)
    }

    fn status(temp: &TempStore, last: u8) -> SmiStatus {
        let device = temp.store.read(|connection| find_device(connection, device_id(last)));
        device.unwrap().unwrap().status.unwrap()
    }

    const MODEL: &str = "Sample Meters,SM-E1,ESME,01020304,SMETS2 V5.1,4.1,Active";

    #[test]
    fn devices_leave_and_come_back_with_their_model() {
        let temp = TempStore::with_fixtures();
        let before = temp.dump(Kind::Devices);
        let list = fixture(Kind::Cpl);
        assert_eq!(load(&temp, &list, "2026-01-01"), (0, 0), "the same list again");
        for without in [
            list.replace(&format!("{MODEL}\n"), ""),
            list.replace(MODEL, &MODEL.replace("Active", "Expired")),
        ] {
            // Commissioned and InstalledNotCommissioned; the Pending and the Decommissioned one stay.
            assert_eq!(load(&temp, &without, "2026-01-02"), (3, 0));
            assert_eq!(status(&temp, 0xA2), SmiStatus::Suspended);
            assert_eq!(status(&temp, 0xA8), SmiStatus::Suspended);
            assert_eq!(status(&temp, 0xAD), SmiStatus::Pending);
            assert_eq!(status(&temp, 0xB0), SmiStatus::Decommissioned);
            assert_eq!(load(&temp, &without, "2026-01-02"), (0, 0), "nothing more");
            assert_eq!(load(&temp, &list, "2026-01-03"), (0, 3));
            assert_eq!(temp.dump(Kind::Devices), before);
        }
        let history = history(&temp, device_id(0xA8));
        let last = history.last().unwrap();
        assert_eq!((last.interface.as_str(), last.by, last.at), ("import", None, now("2026-01-03").0));
        assert_eq!(history.len(), 5);
    }

    #[test]
    fn a_first_list_and_no_list_suspend_no_device() {
        let temp = TempStore::new();
        temp.load(Kind::Devices, &fixture(Kind::Devices)).unwrap();
        let before = temp.dump(Kind::Devices);
        let header = fixture(Kind::Cpl).lines().next().unwrap().to_owned() + "\n";
        let other = format!("{header}M,X,IHD,,,,Active\n");
        assert_eq!(load(&temp, &other, "2026-01-01"), (0, 0));
        assert_eq!(load(&temp, &fixture(Kind::Cpl), "2026-01-01"), (0, 0));
        assert_eq!(load(&temp, &header, "2026-01-02"), (0, 0));
        assert_eq!(temp.dump(Kind::Devices), before);
    }
}
