//! Dispatch of a decision's changes: each is applied by the folder of its subject.

use super::{
    cause::Cause,
    device::{self, history_entry, history_write},
    firmware, han_log,
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Change, Eui64, FieldChange, Now},
};

/// Applies the changes in order, and records them in the history of each Device.
///
/// # Errors
/// When a Device is missing or no longer in the status its change starts from, or the database fails. The caller must
/// then roll its transaction back: earlier changes of the list are already written.
pub fn apply(
    connection: &mut Connection,
    changes: &[Change],
    by: &Cause,
    now: Now,
) -> Result<(), StoreFault> {
    apply_decided(connection, changes, None, by, now).map(drop)
}

/// Applies the changes of a decision about a Device as [`apply`] does. Returns those that its record is to carry: they are in no other
/// row.
pub(in crate::store) fn apply_decided(
    connection: &mut Connection,
    changes: &[Change],
    device: Option<Eui64>,
    by: &Cause,
    now: Now,
) -> Result<Vec<FieldChange>, StoreFault> {
    let mut entries = Vec::new();
    for change in changes {
        match change {
            Change::Device(change) => entries.extend(device::write(connection, change)?),
            Change::HanLog(change) => han_log::apply(connection, change)?,
            Change::Firmware(change) => firmware::apply(connection, change)?,
        }
    }
    let mut entries = history_entry::merged(entries);
    let carried = history_entry::take_carried(&mut entries, device);
    history_write::insert(connection, &entries, by, now)?;
    Ok(carried)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            DetailsChange, Device, DeviceChange, DeviceType, EsmeVariant, Eui64, MpxnKind, SmiStatus,
            StatusMove,
        },
        store::{
            find_device,
            testing::{TempStore, device_id, history, now, pending, user_id, value},
        },
    };

    fn change(temp: &TempStore, changes: Vec<DeviceChange>, at: &str) -> Result<(), StoreFault> {
        let request_id = value("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:7");
        let by =
            Cause { user: Some(user_id(1)), request_id: Some(request_id), interface: "duis", reason: None };
        let now = now(at);
        let changes = changes.into_iter().map(Change::from).collect::<Vec<_>>();
        temp.transact(move |connection| apply(connection, &changes, &by, now))
    }

    fn read(temp: &TempStore, id: Eui64) -> Option<Device> {
        temp.store.read(|connection| find_device(connection, id)).unwrap()
    }

    fn add(new: &Device) -> DeviceChange {
        DeviceChange::Add(Box::new(new.clone()))
    }

    fn details(from: &Device, to: &Device) -> DeviceChange {
        let change = DetailsChange { from: from.details.clone(), to: to.details.clone() };
        DeviceChange::SetDetails(from.id, Box::new(change))
    }

    fn to_commissioned(from: SmiStatus) -> DeviceChange {
        let (device, to) = (device_id(1), SmiStatus::Commissioned);
        DeviceChange::SetStatus(StatusMove { device, from, to, date_commissioned: Some(value_date()) })
    }

    fn value_date() -> crate::domain::Date {
        crate::domain::parse_date("2026-01-02").unwrap()
    }

    #[test]
    fn every_change_is_seen_afterwards() {
        let temp = TempStore::new();
        let mut esme = pending(1, DeviceType::Esme);
        change(&temp, vec![add(&esme)], "2026-01-01").unwrap();
        assert_eq!(read(&temp, esme.id), Some(esme.clone()));

        esme.details.esme_variant = Some(EsmeVariant::Adef);
        esme.details.firmware_version = None;
        esme.mpxns.import = Some(value("1000000000001"));
        esme.mpxns.secondary_import = Some(value("1000000000002"));
        esme.mpxns.export = Some(value("1000000000003"));
        esme.status = Some(SmiStatus::Commissioned);
        esme.date_commissioned = Some(value_date());
        let changes = vec![
            details(&pending(1, DeviceType::Esme), &esme),
            DeviceChange::SetMpxn(esme.id, MpxnKind::ImportMpxn, value("1000000000001")),
            DeviceChange::SetMpxn(esme.id, MpxnKind::SecondaryImportMpan, value("1000000000002")),
            DeviceChange::SetMpxn(esme.id, MpxnKind::ExportMpan, value("1000000000003")),
            to_commissioned(SmiStatus::Pending),
        ];
        change(&temp, changes, "2026-01-02T10:00:00Z").unwrap();
        assert_eq!(read(&temp, esme.id), Some(esme));
    }

    #[test]
    fn the_history_outlives_the_device() {
        let temp = TempStore::new();
        let esme = pending(1, DeviceType::Esme);
        change(&temp, vec![add(&esme)], "2026-01-01").unwrap();
        change(&temp, vec![to_commissioned(SmiStatus::Pending)], "2026-01-02").unwrap();
        change(&temp, vec![DeviceChange::Remove(esme.id)], "2026-01-03").unwrap();
        assert_eq!(read(&temp, esme.id), None);
        let history = history(&temp, esme.id);
        let moves = history.iter().map(|change| (change.from, change.to)).collect::<Vec<_>>();
        let (pending, commissioned) = (Some(SmiStatus::Pending), Some(SmiStatus::Commissioned));
        assert_eq!(moves, [(None, pending), (pending, commissioned), (commissioned, None)]);
        let last = history.last().unwrap();
        assert_eq!((last.at, last.by), (now("2026-01-03").0, Some(user_id(1))));
        assert_eq!(last.request_id.unwrap().counter, 7);
        assert_eq!(last.interface, "duis");
    }

    #[test]
    fn a_type_2_device_has_no_history() {
        let temp = TempStore::new();
        let ihd = pending(1, DeviceType::Ihd);
        change(&temp, vec![add(&ihd), DeviceChange::Remove(ihd.id)], "2026-01-01").unwrap();
        assert!(history(&temp, ihd.id).is_empty());
    }

    #[test]
    fn whatever_was_associated_with_a_removed_device_no_longer_is() {
        let temp = TempStore::new();
        let (mut chf, mut gpf) = (pending(1, DeviceType::Chf), pending(2, DeviceType::Gpf));
        chf.associated_gpf = Some(gpf.id);
        gpf.chf = Some(chf.id);
        change(&temp, vec![add(&chf), add(&gpf)], "2026-01-01").unwrap();
        change(&temp, vec![DeviceChange::Remove(gpf.id)], "2026-01-01").unwrap();
        assert_eq!(read(&temp, chf.id).unwrap().associated_gpf, None);
        change(&temp, vec![add(&gpf), DeviceChange::Remove(chf.id)], "2026-01-01").unwrap();
        assert_eq!(read(&temp, gpf.id).unwrap().chf, None);
    }

    #[test]
    fn a_device_that_moved_meanwhile_stays_and_nothing_is_kept() {
        let temp = TempStore::new();
        let esme = pending(1, DeviceType::Esme);
        change(&temp, vec![add(&esme)], "2026-01-01").unwrap();
        let mpxn = DeviceChange::SetMpxn(esme.id, MpxnKind::ImportMpxn, value("1000000000001"));
        let fault =
            change(&temp, vec![mpxn, to_commissioned(SmiStatus::Suspended)], "2026-01-02").unwrap_err();
        assert_eq!(fault.to_string(), "device `00-DB-12-34-56-78-90-01` is no longer Suspended");
        assert_eq!(read(&temp, esme.id), Some(esme.clone()));
        assert_eq!(history(&temp, esme.id).len(), 1);
    }

    #[test]
    fn a_device_that_is_missing_is_named() {
        let temp = TempStore::new();
        let esme = pending(1, DeviceType::Esme);
        for missing in [
            details(&pending(1, DeviceType::Esme), &esme),
            DeviceChange::SetMpxn(esme.id, MpxnKind::ExportMpan, value("1000000000001")),
            DeviceChange::Remove(esme.id),
        ] {
            let fault = change(&temp, vec![missing], "2026-01-01").unwrap_err();
            assert_eq!(fault.kind(), "no_device", "{fault}");
            assert_eq!(fault.to_string(), device::not_in_inventory(esme.id).to_string());
        }
        assert!(change(&temp, vec![add(&esme), add(&esme)], "2026-01-01").is_err());
    }
}
