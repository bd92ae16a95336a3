//! Deferred changes of a session on a server: applied to the cache at once, and written together by a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet};

use super::devices::Devices;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Awaited, AwaitedChange, Device, DeviceChange, DeviceDetails, Eui64, MpxnKind, Now, SmiStatus,
        StatusMove,
    },
    store::{
        Cause,
        counter::{self, Counter},
        device::{self, StatusTransition, history},
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
    removed: BTreeSet<Eui64>,
    history: Vec<(StatusTransition, Cause, Now)>,
    /// Whether a Device got an MPxN.
    has_new_mpxn: bool,
    awaited: Vec<Awaited>,
    settled: BTreeSet<Eui64>,
}

impl Deferred {
    /// Whether a change must not be deferred before those about the same Device are written: the sets have no order between them.
    pub(super) fn conflicts_with(&self, change: &DeviceChange) -> bool {
        match change {
            DeviceChange::Add(new) => self.removed.contains(&new.id),
            DeviceChange::Remove(id) => self.sets().iter().any(|set| set.contains(id)),
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

    const fn sets(&self) -> [&BTreeSet<Eui64>; 4] {
        [&self.added, &self.changed, &self.details, &self.removed]
    }

    /// Defers a change of a HAN device log.
    pub(super) fn defer_log(&mut self, change: &AwaitedChange) {
        match change {
            AwaitedChange::Await(new) => self.awaited.push((**new).clone()),
            AwaitedChange::Settle(device) => drop(self.settled.insert(*device)),
        }
    }

    /// Applies a change to the cache, and defers writing it. The Device that it is about must be cached.
    pub(super) fn defer(
        &mut self,
        devices: &mut Devices,
        change: &DeviceChange,
        by: &Cause,
        now: Now,
    ) -> Result<(), StoreFault> {
        let cached =
            |id: Eui64| devices.get(id).flatten().cloned().ok_or_else(|| device::not_in_inventory(id));
        let (new, is_of_details) = match change {
            DeviceChange::Add(new) => {
                self.added.insert(new.id);
                self.history.push(((new.id, None, new.status), *by, now));
                devices.replace(new.id, Some((**new).clone()));
                return Ok(());
            }
            DeviceChange::Remove(id) => {
                let status = cached(*id)?.status;
                self.remove(devices, *id, status, by, now);
                return Ok(());
            }
            DeviceChange::SetDetails(id, details) => {
                (Device { details: details.clone(), ..cached(*id)? }, true)
            }
            DeviceChange::SetStatus(change) => (self.moved(cached(change.device)?, *change, by, now)?, false),
            DeviceChange::SetMpxn(id, kind, mpxn) => {
                let mut device = cached(*id)?;
                let (mpxns, mpxn) = (&mut device.mpxns, Some(mpxn.clone()));
                match kind {
                    MpxnKind::ImportMpxn => mpxns.import = mpxn,
                    MpxnKind::SecondaryImportMpan => mpxns.secondary_import = mpxn,
                    MpxnKind::ExportMpan => mpxns.export = mpxn,
                }
                // The Supplier of that MPxN may have gained it before.
                self.has_new_mpxn = true;
                (device, false)
            }
            DeviceChange::SetChf(id, chf) => (Device { chf: *chf, ..cached(*id)? }, false),
        };
        self.mark(new.id, is_of_details);
        devices.replace(new.id, Some(new));
        Ok(())
    }

    fn moved(
        &mut self,
        mut device: Device,
        change: StatusMove,
        by: &Cause,
        now: Now,
    ) -> Result<Device, StoreFault> {
        let StatusMove { device: id, from, to, date_commissioned } = change;
        if device.status != Some(from) {
            return Err(device::status_moved(id, from));
        }
        device.status = Some(to);
        device.date_commissioned = date_commissioned.or(device.date_commissioned);
        self.history.push(((id, Some(from), Some(to)), *by, now));
        Ok(device)
    }

    fn remove(&mut self, devices: &mut Devices, id: Eui64, status: Option<SmiStatus>, by: &Cause, now: Now) {
        self.removed.insert(id);
        self.history.push(((id, status, None), *by, now));
        devices.replace(id, None);
        // The database forgets the associations of the others by itself when the removal is written.
        for mut other in devices.associated_with(id) {
            for association in [&mut other.chf, &mut other.associated_gpf, &mut other.associated_device] {
                *association = association.filter(|named| *named != id);
            }
            devices.replace(other.id, Some(other));
        }
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
        let Self { added, changed, details, removed, history, has_new_mpxn, awaited, settled } =
            std::mem::take(self);
        let Connection::Postgres(server) = connection else { return Ok(()) };
        let all = |ids: &BTreeSet<Eui64>| {
            ids.iter().filter_map(|id| devices.get(*id).flatten()).collect::<Vec<_>>()
        };
        // Removals first: a Device that was added or changed after them may name a Device that joined again.
        if !removed.is_empty() {
            device::remove_all(server, &removed)?;
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
        history::insert_all(server, &history)?;
        han_log::apply_all(server, &awaited, &settled)?;
        if has_new_mpxn {
            counter::next(connection, Counter::SupplierLinks, 1)?;
        }
        Ok(())
    }
}
