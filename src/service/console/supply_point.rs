//! A supply point: who is and was registered for its MPxN, and the Devices that have it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::StoreFault,
    domain::{Device, Eui64, Mpxn, Registration, User},
    service::{App, Fault},
    store,
};

/// The most registrations, and the most Devices, that are read of one MPxN.
const MAX: u16 = 200;

/// An MPxN with its registrations and Devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplyPoint {
    /// Its registrations, past and to come too, by role and time.
    pub registrations: Vec<Registration>,
    /// The Users of those registrations that the inventory has.
    pub users: BTreeMap<Eui64, User>,
    /// The Devices that have it, in the order of IDs.
    pub devices: Vec<Device>,
    /// Whether there may be more registrations, or more Devices.
    pub is_cut: bool,
}

impl App {
    /// The registrations and Devices of an MPxN, of one snapshot.
    ///
    /// # Errors
    /// When the store fails.
    pub fn supply_point(&self, mpxn: &Mpxn) -> Result<SupplyPoint, Fault> {
        let read = |connection: &mut _| {
            let registrations = store::registrations_of(connection, mpxn, MAX)?;
            let mut users = BTreeMap::new();
            for id in registrations.iter().map(|registration| registration.user).collect::<BTreeSet<_>>() {
                users.extend(store::find_user(connection, id)?.map(|user| (id, user)));
            }
            let mut devices = store::devices_with_mpxn(connection, mpxn, MAX)?;
            devices.sort_by_key(|device| device.id);
            let is_cut = [registrations.len(), devices.len()].contains(&usize::from(MAX));
            Ok(SupplyPoint { registrations, users, devices, is_cut })
        };
        Ok(self.store().read::<_, StoreFault>(read)?)
    }
}
