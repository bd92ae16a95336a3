//! The session's cache of Devices: those that were prefetched, with the batch's changes applied.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceChange, DeviceDetails, Eui64},
    store::device,
};

#[derive(Default)]
pub(super) struct Devices {
    known: BTreeMap<Eui64, Option<Device>>,
    /// The Devices that are associated with a CHF, for the CHFs that were prefetched.
    associated: BTreeMap<Eui64, Vec<Eui64>>,
    /// Details that were not written to the server yet; each of a Device that is cached.
    deferred: BTreeMap<Eui64, DeviceDetails>,
}

impl Devices {
    /// Drops the cache; deferred changes were written before.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.associated.clear();
    }

    /// Prefetches these Devices; those that are not in the SMI are cached as absent.
    pub(super) fn read_ahead(
        &mut self,
        connection: &mut Connection,
        ids: &BTreeSet<Eui64>,
    ) -> Result<(), StoreFault> {
        self.known.extend(ids.iter().map(|id| (*id, None)));
        let found = device::find_all(connection, &ids.iter().copied().collect::<Vec<_>>())?;
        self.keep(found);
        Ok(())
    }

    /// Prefetches the Devices that are associated with these CHFs.
    pub(super) fn read_associated(
        &mut self,
        connection: &mut Connection,
        chfs: &BTreeSet<Eui64>,
        limit: usize,
    ) -> Result<(), StoreFault> {
        self.associated.extend(chfs.iter().map(|chf| (*chf, Vec::new())));
        let chfs = chfs.iter().copied().collect::<Vec<_>>();
        let found = device::associated_with_each(connection, &chfs, limit)?;
        for device in &found {
            if let Some(chf) = device.chf {
                self.associated.entry(chf).or_default().push(device.id);
            }
        }
        self.keep(found);
        Ok(())
    }

    fn keep(&mut self, found: Vec<Device>) {
        self.known.extend(found.into_iter().map(|device| (device.id, Some(device))));
    }

    /// The Devices that are associated with a CHF, where that is cached.
    pub(super) fn associated_with(
        &self,
        connection: &mut Connection,
        chf: Eui64,
    ) -> Option<Result<Vec<Device>, StoreFault>> {
        let ids = self.associated.get(&chf)?;
        let found = ids.iter().map(|id| self.find(connection, *id)).collect::<Result<Vec<_>, _>>();
        Some(found.map(|found| found.into_iter().flatten().collect()))
    }

    /// The cached Devices that are in the SMI.
    pub(super) fn known(&self) -> impl Iterator<Item = &Device> {
        self.known.values().flatten()
    }

    pub(super) fn find(&self, connection: &mut Connection, id: Eui64) -> Result<Option<Device>, StoreFault> {
        match self.known.get(&id) {
            Some(known) => Ok(known.clone()),
            None => device::find(connection, id),
        }
    }

    /// Defers new details of a cached Device, to be written with others by one statement; whether it could.
    ///
    /// Details alone: they are the one change that comes by the hundred thousand.
    pub(super) fn try_defer(&mut self, connection: &Connection, id: Eui64, details: &DeviceDetails) -> bool {
        match (connection, self.known.get_mut(&id)) {
            (Connection::Postgres(_), Some(Some(device))) => {
                device.details = details.clone();
                self.deferred.insert(id, details.clone());
                true
            }
            (Connection::Postgres(_) | Connection::Sqlite(_), _) => false,
        }
    }

    /// Writes the deferred details.
    pub(super) fn flush(&mut self, connection: &mut Connection) -> Result<(), StoreFault> {
        if self.deferred.is_empty() {
            return Ok(());
        }
        device::set_details_of_all(connection, &std::mem::take(&mut self.deferred))
    }

    /// Drops the entries that an applied change made stale.
    pub(super) fn invalidate(&mut self, change: &DeviceChange) {
        match change {
            DeviceChange::SetDetails(id, _) | DeviceChange::SetMpxn(id, ..) => drop(self.known.remove(id)),
            DeviceChange::SetStatus(change) => drop(self.known.remove(&change.device)),
            DeviceChange::Add(device) => {
                self.known.remove(&device.id);
                self.associated.clear();
            }
            DeviceChange::SetChf(id, _) => {
                self.known.remove(id);
                self.associated.clear();
            }
            // Any cached Device may have been associated with it.
            DeviceChange::Remove(_) => self.clear(),
        }
    }
}
