//! What a session knows of Devices: those that were read ahead, as the turn's changes left them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceChange, DeviceDetails, Eui64},
    store::device,
};

#[derive(Default)]
pub(super) struct Devices {
    known: BTreeMap<Eui64, Option<Device>>,
    /// Those that are associated with a CHF.
    associated: BTreeMap<Eui64, Vec<Eui64>>,
    /// Details that a server was not told of yet; each of a Device that is known.
    untold: BTreeMap<Eui64, DeviceDetails>,
}

impl Devices {
    /// Forgets what was read; the server was told of everything before.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.associated.clear();
    }

    /// Those of these Devices that are in the SMI are known from now on, and that the others are not.
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

    /// Those that are associated with these CHFs are known from now on.
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

    /// Those that are associated with a CHF, where they are known.
    pub(super) fn associated_with(
        &self,
        connection: &mut Connection,
        chf: Eui64,
    ) -> Option<Result<Vec<Device>, StoreFault>> {
        let ids = self.associated.get(&chf)?;
        let found = ids.iter().map(|id| self.find(connection, *id)).collect::<Result<Vec<_>, _>>();
        Some(found.map(|found| found.into_iter().flatten().collect()))
    }

    /// Those that are known and in the SMI.
    pub(super) fn known(&self) -> impl Iterator<Item = &Device> {
        self.known.values().flatten()
    }

    pub(super) fn find(&self, connection: &mut Connection, id: Eui64) -> Result<Option<Device>, StoreFault> {
        match self.known.get(&id) {
            Some(known) => Ok(known.clone()),
            None => device::find(connection, id),
        }
    }

    /// Keeps new details of a Device until a server is told, if that can wait: the one change that comes by the hundred
    /// thousand. Whether it does.
    pub(super) fn will_hold(&mut self, connection: &Connection, id: Eui64, details: &DeviceDetails) -> bool {
        match (connection, self.known.get_mut(&id)) {
            (Connection::Postgres(_), Some(Some(device))) => {
                device.details = details.clone();
                self.untold.insert(id, details.clone());
                true
            }
            (Connection::Postgres(_) | Connection::Sqlite(_), _) => false,
        }
    }

    /// Tells the server of what was kept.
    pub(super) fn flush(&mut self, connection: &mut Connection) -> Result<(), StoreFault> {
        if self.untold.is_empty() {
            return Ok(());
        }
        device::set_details_of_all(connection, &std::mem::take(&mut self.untold))
    }

    /// What is known is no older than that change, which was made.
    pub(super) fn note(&mut self, change: &DeviceChange) {
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
            // Others were associated with it.
            DeviceChange::Remove(_) => self.clear(),
        }
    }
}
