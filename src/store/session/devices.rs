//! A session's cache of Devices: those that were prefetched, as the batch's changes left them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceChange, DeviceDetails, Eui64},
    store::device,
};

#[derive(Default)]
pub(super) struct Devices {
    known: BTreeMap<Eui64, Option<Device>>,
    /// The Devices that are associated with each CHF.
    associated: BTreeMap<Eui64, Vec<Eui64>>,
    /// Details that were not sent to the server yet; each of a Device in the cache.
    deferred: BTreeMap<Eui64, DeviceDetails>,
}

impl Devices {
    /// Clears the cache. What was deferred must have been flushed before.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.associated.clear();
    }

    /// Caches these Devices; of those that are not in the SMI, that they are absent.
    pub(super) fn prefetch(
        &mut self,
        connection: &mut Connection,
        ids: &BTreeSet<Eui64>,
    ) -> Result<(), StoreFault> {
        self.known.extend(ids.iter().map(|id| (*id, None)));
        let found = device::find_all(connection, &ids.iter().copied().collect::<Vec<_>>())?;
        self.keep(found);
        Ok(())
    }

    /// Caches the Devices that are associated with these CHFs.
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

    /// The Devices that are associated with a CHF; none where they are not cached.
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

    /// Defers new details of a cached Device until the next flush, on a server; whether it did. It is the one change that comes by
    /// the hundred thousand, and one statement for a batch saves a round trip for each.
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

    /// Sends the deferred details to the server, by one statement.
    pub(super) fn flush(&mut self, connection: &mut Connection) -> Result<(), StoreFault> {
        if self.deferred.is_empty() {
            return Ok(());
        }
        device::set_details_of_all(connection, &std::mem::take(&mut self.deferred))
    }

    /// Invalidates what a change made stale.
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
            // Associations with it were removed too.
            DeviceChange::Remove(_) => self.clear(),
        }
    }
}
