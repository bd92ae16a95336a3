//! The session's cache of Devices on a server: prefetched Devices and the results of lookups, kept true while the batch changes them.

use std::collections::BTreeMap;

use crate::{
    domain::{Device, Eui64},
    store::device::DeviceLookup,
};

/// The cache. On a file it stays empty: a query there costs no more than a search here.
#[derive(Default)]
pub(super) struct Devices {
    /// Cached Devices; none for an ID that is known not to be in the SMI.
    known: BTreeMap<Eui64, Option<Device>>,
    /// The results of lookups. Lists of IDs: a Device has one entry in the cache, and a change of it is seen through each.
    found: BTreeMap<DeviceLookup, Vec<Eui64>>,
}

impl Devices {
    /// Clears the cache.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.found.clear();
    }

    /// A cached Device; the outer none where it is not cached.
    pub(super) fn get(&self, id: Eui64) -> Option<Option<&Device>> {
        self.known.get(&id).map(Option::as_ref)
    }

    /// The cached result of a lookup.
    pub(super) fn found(&self, lookup: &DeviceLookup) -> Option<Vec<Device>> {
        let ids = self.found.get(lookup)?;
        // A Device that a lookup found is cached until the cache is cleared.
        Some(ids.iter().filter_map(|id| self.known.get(id).cloned().flatten()).collect())
    }

    /// Caches a Device, or its absence, as the database has it.
    pub(super) fn insert(&mut self, id: Eui64, device: Option<Device>) {
        self.known.insert(id, device);
    }

    /// Caches the result of a lookup. A Device that is cached already stays as it is: it may have changed since.
    pub(super) fn insert_found(&mut self, lookup: DeviceLookup, devices: Vec<Device>) {
        self.found.insert(lookup, devices.iter().map(|device| device.id).collect());
        for device in devices {
            self.known.entry(device.id).or_insert(Some(device));
        }
    }

    /// Replaces a cached Device by its new state, none where it left the SMI. Drops the results of lookups that find it
    /// now and did not before, or the other way round.
    pub(super) fn replace(&mut self, id: Eui64, new: Option<Device>) {
        let old = self.known.insert(id, new.clone()).flatten();
        let finds = |lookup: &DeviceLookup, device: &Option<Device>| {
            device.as_ref().is_some_and(|device| lookup.finds(device))
        };
        self.found.retain(|lookup, _| finds(lookup, &old) == finds(lookup, &new));
    }

    /// The cached Devices that name this one as their CHF, GPF or meter.
    pub(super) fn associated_with(&self, id: Eui64) -> Vec<Device> {
        let names_it = |device: &&Device| {
            [device.chf, device.associated_gpf, device.associated_device].contains(&Some(id))
        };
        self.known.values().flatten().filter(names_it).cloned().collect()
    }
}
