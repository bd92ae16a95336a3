//! Deferred changes of a session on a server: applied to the cache at once, and written together by a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet};

use super::{devices::Devices, firmware::DeferredFirmware};
use crate::{
    db::{Connection, StoreFault},
    domain::{Awaited, AwaitedChange, Device, DeviceChange, DeviceDetails, Eui64, MpxnKind, Now, StatusMove},
    store::{
        Cause,
        counter::{self, Counter},
        device::{self, history_entry::HistoryEntry, history_write},
        han_log,
    },
};

/// Changes that are in the cache and not in the database yet. A Device is in at most one of the sets of Devices.
#[derive(Default)]
pub(super) struct Deferred {
    added: BTreeSet<Eui64>,
    /// Devices with a change of more than their details.
    changed: BTreeSet<Eui64>,
    /// Devices of which the details alone changed.
    details: BTreeSet<Eui64>,
    removed: BTreeMap<Eui64, (Cause<'static>, Now)>,
    /// Devices that were associated with a removed one, and are in the history as such.
    dissociated: BTreeSet<Eui64>,
    history: Vec<(HistoryEntry, Cause<'static>, Now)>,
    /// Whether a Device got an MPxN.
    has_new_mpxn: bool,
    awaited: Vec<Awaited>,
    settled: BTreeSet<Eui64>,
    pub(super) firmware: DeferredFirmware,
}

impl Deferred {
    /// Whether a change must not be deferred before those about the same Device are written: the sets have no order between them.
    pub(super) fn conflicts_with(&self, change: &DeviceChange) -> bool {
        match change {
            DeviceChange::Add(new) => self.removed.contains_key(&new.id),
            // The database looks for those that are associated with it: it must have them as they are.
            DeviceChange::Remove(id) => {
                !self.added.is_empty()
                    || !self.changed.is_empty()
                    || self.details.contains(id)
                    || self.removed.contains_key(id)
            }
            DeviceChange::SetDetails(..)
            | DeviceChange::SetStatus(_)
            | DeviceChange::SetMpxn(..)
            | DeviceChange::SetChf(..) => false,
        }
    }

    /// As [`Self::conflicts_with`], for a HAN device log.
    pub(super) fn conflicts_with_log(&self, change: &AwaitedChange) -> bool {
        match change {
            AwaitedChange::Await(new) => self.settled.contains(&new.device),
            AwaitedChange::Settle(device) => self.awaited.iter().any(|awaited| awaited.device == *device),
        }
    }

    /// Defers a change of a HAN device log.
    pub(super) fn defer_log(&mut self, change: &AwaitedChange) {
        match change {
            AwaitedChange::Await(new) => self.awaited.push((**new).clone()),
            AwaitedChange::Settle(device) => drop(self.settled.insert(*device)),
        }
    }

    /// Defers entries of the history.
    pub(super) fn defer_history(&mut self, entries: Vec<HistoryEntry>, by: &Cause<'static>, now: Now) {
        self.history.extend(entries.into_iter().map(|entry| (entry, *by, now)));
    }

    /// Applies a change to the cache, and defers writing it. The Device that it is about must be cached. Returns its entries for the
    /// history.
    pub(super) fn defer(
        &mut self,
        devices: &mut Devices,
        change: &DeviceChange,
        by: &Cause<'static>,
        now: Now,
    ) -> Result<Vec<HistoryEntry>, StoreFault> {
        let id = change.device();
        let cached = || devices.get(id).flatten().cloned().ok_or_else(|| device::not_in_inventory(id));
        if let DeviceChange::Add(new) = change {
            self.added.insert(id);
            devices.replace(id, Some((**new).clone()));
            return Ok(vec![HistoryEntry::joined(new)]);
        }
        let before = cached()?;
        let mut device = before.clone();
        let is_of_details = match change {
            DeviceChange::Add(_) => false,
            DeviceChange::Remove(_) => return Ok(self.remove(devices, &before, by, now)),
            DeviceChange::SetDetails(_, change) => {
                device.details.clone_from(&change.to);
                true
            }
            DeviceChange::SetStatus(change) => {
                set_status(&mut device, *change)?;
                false
            }
            DeviceChange::SetMpxn(_, kind, mpxn) => {
                let (mpxns, mpxn) = (&mut device.mpxns, Some(mpxn.clone()));
                match kind {
                    MpxnKind::ImportMpxn => mpxns.import = mpxn,
                    MpxnKind::SecondaryImportMpan => mpxns.secondary_import = mpxn,
                    MpxnKind::ExportMpan => mpxns.export = mpxn,
                }
                // The Supplier of that MPxN may have gained it before.
                self.has_new_mpxn = true;
                false
            }
            DeviceChange::SetChf(_, chf) => {
                device.chf = *chf;
                false
            }
        };
        self.mark(id, is_of_details);
        devices.replace(id, Some(device));
        Ok(vec![HistoryEntry::of(change, &before)])
    }

    fn remove(
        &mut self,
        devices: &mut Devices,
        old: &Device,
        by: &Cause<'static>,
        now: Now,
    ) -> Vec<HistoryEntry> {
        let id = old.id;
        self.removed.insert(id, (*by, now));
        devices.replace(id, None);
        let mut entries = vec![HistoryEntry::left(old)];
        // The database forgets the associations of the others by itself when the removal is written.
        for mut other in devices.associated_with(id) {
            entries.push(HistoryEntry::dissociated(&other, id));
            self.dissociated.insert(other.id);
            for association in [&mut other.chf, &mut other.associated_gpf, &mut other.associated_device] {
                *association = association.filter(|named| *named != id);
            }
            devices.replace(other.id, Some(other));
        }
        entries
    }

    /// Notes what of a Device is to be written. A Device that was added is inserted as it is in the end.
    fn mark(&mut self, id: Eui64, is_of_details: bool) {
        if self.added.contains(&id) || self.changed.contains(&id) {
            return;
        }
        if is_of_details {
            self.details.insert(id);
        } else {
            self.details.remove(&id);
            self.changed.insert(id);
        }
    }

    /// Writes the deferred changes.
    pub(super) fn flush(&mut self, connection: &mut Connection, devices: &Devices) -> Result<(), StoreFault> {
        let Self {
            added,
            changed,
            details,
            removed,
            dissociated,
            history,
            has_new_mpxn,
            awaited,
            settled,
            firmware,
        } = std::mem::take(self);
        let Connection::Postgres(server) = connection else { return Ok(()) };
        let all = |ids: &BTreeSet<Eui64>| {
            ids.iter().filter_map(|id| devices.get(*id).flatten()).collect::<Vec<_>>()
        };
        history_write::insert_all(server, &history)?;
        // Removals first: a Device that was added or changed after them may name a Device that joined again.
        if !removed.is_empty() {
            let causes = removed.iter().map(|(id, (by, now))| (*id, *by, *now)).collect::<Vec<_>>();
            let noted = dissociated.iter().chain(removed.keys()).copied().collect::<Vec<_>>();
            history_write::insert_dissociated(server, &causes, &noted)?;
            device::remove_all(server, &removed.into_keys().collect())?;
        }
        if !added.is_empty() {
            device::insert_all(server, &all(&added))?;
        }
        if !changed.is_empty() {
            device::update_all(server, &all(&changed))?;
        }
        if !details.is_empty() {
            let details = all(&details).into_iter().map(|device| (device.id, device.details.clone()));
            device::set_details_of_all(server, &details.collect::<BTreeMap<Eui64, DeviceDetails>>())?;
        }
        han_log::apply_all(server, &awaited, &settled)?;
        firmware.flush(server)?;
        if has_new_mpxn {
            counter::next(connection, Counter::SupplierLinks, 1)?;
        }
        Ok(())
    }
}

/// Moves a Device, if it still has the status that the move starts from.
fn set_status(device: &mut Device, change: StatusMove) -> Result<(), StoreFault> {
    let StatusMove { device: id, from, to, date_commissioned } = change;
    if device.status != Some(from) {
        return Err(device::status_moved(id, from));
    }
    device.status = Some(to);
    device.date_commissioned = date_commissioned.or(device.date_commissioned);
    Ok(())
}
