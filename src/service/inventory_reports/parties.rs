//! The Parties of Users, and the Devices of one.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, Eui64, Now},
    store,
};

/// The Parties of Users, by signifier.
pub(super) struct Parties {
    signifiers: BTreeMap<Eui64, String>,
    asked: BTreeSet<Eui64>,
}

impl Parties {
    /// Loads them, with the one that is asked for.
    pub(super) fn load(connection: &mut Connection, asked: Option<&str>) -> Result<Self, StoreFault> {
        let users = store::all_users(connection)?;
        let named = users.into_iter().filter(|user| !user.party_signifier.is_empty());
        let signifiers = named.map(|user| (user.id, user.party_signifier)).collect::<BTreeMap<_, _>>();
        let is_asked = |signifier: &String| asked.is_some_and(|asked| asked == signifier);
        let of_party = signifiers.iter().filter(|(_, signifier)| is_asked(signifier)).map(|(user, _)| *user);
        Ok(Self { asked: of_party.collect(), signifiers })
    }

    /// The Party of a User.
    pub(super) fn signifier(&self, user: Eui64) -> Option<&str> {
        self.signifiers.get(&user).map(String::as_str)
    }

    /// Whether a User is of the Party that is asked for.
    pub(super) fn is_asked(&self, user: Eui64) -> bool {
        self.asked.contains(&user)
    }

    /// Those of these Devices whose Responsible Supplier now is of the Party that is asked for.
    pub(super) fn of_party(
        &self,
        connection: &mut Connection,
        devices: Vec<Device>,
        now: Now,
    ) -> Result<Vec<Device>, StoreFault> {
        let suppliers = store::suppliers_of_devices(connection, &devices, now)?;
        let is_its = |device: &Device| {
            let mut of_device = suppliers.get(&device.id).into_iter().flatten();
            of_device.any(|supplier| self.is_asked(supplier.user))
        };
        Ok(devices.into_iter().filter(is_its).collect())
    }
}
