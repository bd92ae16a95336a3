//! The session's cache of Devices: prefetched Devices, with the changes of the batch so far, and changes that wait to be written.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceChange, DeviceDetails, Eui64},
    store::device,
};

/// The cache.
#[derive(Default)]
pub(super) struct Devices {
    /// Cached Devices; none for an ID that is known not to be in the SMI.
    known: BTreeMap<Eui64, Option<Device>>,
    /// For a cached CHF, the Devices that are associated with it.
    associated: BTreeMap<Eui64, Vec<Eui64>>,
    /// Details that were not written yet. Each belongs to a cached Device, which has them already.
    deferred: BTreeMap<Eui64, DeviceDetails>,
}

impl Devices {
    /// Clears the cache. Deferred changes must have been flushed before.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.associated.clear();
    }

    /// Loads these Devices into the cache, and caches the absence of those that are not in the SMI.
    pub(super) fn prefetch(
        &mut self,
        connection: &mut Connection,
        ids: &BTreeSet<Eui64>,
    ) -> Result<(), StoreFault> {
        // Absent first; the Devices that are found replace that.
        self.known.extend(ids.iter().map(|id| (*id, None)));
        let found = device::find_all(connection, &ids.iter().copied().collect::<Vec<_>>())?;
        self.insert(found);
        Ok(())
    }

    /// Loads the Devices that are associated with these CHFs into the cache.
    pub(super) fn prefetch_associated(
        &mut self,
        connection: &mut Connection,
        chfs: &BTreeSet<Eui64>,
        limit: usize,
    ) -> Result<(), StoreFault> {
        // An empty list for each, so that a CHF without Devices is a hit too. The lists have IDs: a Device has one entry in the cache,
        // and a change of it is seen through both.
        self.associated.extend(chfs.iter().map(|chf| (*chf, Vec::new())));
        let chfs = chfs.iter().copied().collect::<Vec<_>>();
        let found = device::associated_with_each(connection, &chfs, limit)?;
        for device in &found {
            if let Some(chf) = device.chf {
                self.associated.entry(chf).or_default().push(device.id);
            }
        }
        self.insert(found);
        Ok(())
    }

    fn insert(&mut self, found: Vec<Device>) {
        self.known.extend(found.into_iter().map(|device| (device.id, Some(device))));
    }

    /// Finds the Devices that are associated with a CHF; none where that is not cached.
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

    /// Finds a Device in the cache, or else in the database. A miss is not cached: only prefetched Devices are needed again.
    pub(super) fn find(&self, connection: &mut Connection, id: Eui64) -> Result<Option<Device>, StoreFault> {
        match self.known.get(&id) {
            Some(known) => Ok(known.clone()),
            None => device::find(connection, id),
        }
    }

    /// Defers new details of a cached Device until the next flush, if the database is on a server. Returns whether it did. Only this
    /// change comes by the hundred thousand; one statement for a batch saves a round trip for each.
    pub(super) fn try_defer(&mut self, connection: &Connection, id: Eui64, details: &DeviceDetails) -> bool {
        match (connection, self.known.get_mut(&id)) {
            // Only for a Device that is known to exist: the later statement must find its row.
            (Connection::Postgres(_), Some(Some(device))) => {
                device.details = details.clone();
                self.deferred.insert(id, details.clone());
                true
            }
            (Connection::Postgres(_) | Connection::Sqlite(_), _) => false,
        }
    }

    /// Writes the deferred details to the server by one statement.
    pub(super) fn flush(&mut self, connection: &mut Connection) -> Result<(), StoreFault> {
        if self.deferred.is_empty() {
            return Ok(());
        }
        device::set_details_of_all(connection, &std::mem::take(&mut self.deferred))
    }

    /// Drops the entries that a change made stale.
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
            // The Device may be a CHF, whose associations were removed with it.
            DeviceChange::Remove(_) => self.clear(),
        }
    }
}
