//! Prefetching: loads the rows that the requests of a batch will need from a server, by one query for each table.

use std::collections::BTreeSet;

use super::Session;
use crate::{
    db::StoreFault,
    domain::{Body, Device, DeviceType, Request},
    store::{device, registration, request, user},
};

impl Session<'_> {
    /// Fills the caches with the rows that deciding these requests needs. A row that is missed here is loaded when it is needed. On a
    /// file nothing is prefetched: a query there is no round trip.
    ///
    /// # Errors
    /// When the database fails, or holds a value that cannot be read back.
    pub fn prefetch<'a>(&mut self, requests: impl Iterator<Item = &'a Request>) -> Result<(), StoreFault> {
        let requests = requests.collect::<Vec<_>>();
        if !self.is_remote() || requests.len() < 2 {
            return Ok(());
        }
        let ids = requests.iter().map(|request| request.id).collect::<Vec<_>>();
        self.answers = request::first_answers(self.connection, &ids)?;
        let senders = ids.iter().map(|id| id.originator).collect::<BTreeSet<_>>();
        self.users = user::find_all(self.connection, &senders)?;
        // Devices before registrations: their MPxNs say which registrations are needed.
        let devices = requests.iter().filter_map(|request| request.body.device()).collect::<BTreeSet<_>>();
        self.devices.prefetch(self.connection, &devices)?;
        let points = self.devices.known().flat_map(device::own_supply_points).map(|(mpxn, _)| mpxn);
        let points = points.collect::<BTreeSet<_>>();
        self.suppliers = registration::suppliers_of_all(self.connection, points)?;
        self.prefetch_homes(&requests)
    }

    /// Prefetches all Devices of the homes that an SR 8.2 reads by the ID of a cached Device.
    fn prefetch_homes(&mut self, requests: &[&Request]) -> Result<(), StoreFault> {
        let read = requests.iter().filter(|request| matches!(request.body, Body::ReadInventory(_)));
        let read = read.filter_map(|request| request.body.device());
        let read = read.collect::<BTreeSet<_>>();
        let asked = self.devices.known().filter(|device| read.contains(&device.id));
        let chf = |device: &Device| {
            if device.device_type == DeviceType::Chf { Some(device.id) } else { device.chf }
        };
        let chfs = asked.filter_map(chf).collect::<BTreeSet<_>>();
        if chfs.is_empty() {
            return Ok(());
        }
        self.devices.prefetch(self.connection, &chfs)?;
        self.devices.prefetch_associated(self.connection, &chfs, device::QUERY_LIMIT)
    }
}
