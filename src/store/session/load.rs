//! Loading of what a round of prefetching found to be missing, by one statement for each kind of row.

use std::collections::BTreeSet;

use super::{Session, wanted::Wanted};
use crate::{
    db::{Connection, StoreFault},
    domain::Eui64,
    store::{
        coverage::{self, Extracts},
        cpl,
        device::{self, DeviceLookup},
        han_log, registration,
        tsat::tsat_tables,
        user,
    },
};

impl Session<'_> {
    /// Loads these rows into the cache. Absent ones are cached as absent.
    pub(super) fn load(&mut self, wanted: Wanted) -> Result<(), StoreFault> {
        let Wanted {
            users,
            suppliers,
            models,
            extracts,
            coverage,
            tsat,
            devices,
            lookups,
            awaited,
            firmware,
        } = wanted;
        if !users.is_empty() {
            self.users.extend(user::find_all(self.connection, &users)?);
        }
        if !suppliers.is_empty() {
            self.suppliers.extend(registration::suppliers_of_all(self.connection, suppliers)?);
        }
        if !awaited.is_empty() {
            let found = han_log::of_devices(self.connection, &awaited)?;
            self.awaited.extend(awaited.into_iter().map(|id| (id, None)));
            self.awaited.extend(found.into_iter().map(|found| (found.device, Some(found))));
        }
        self.firmware.load(self.connection, firmware)?;
        if extracts {
            self.extracts = Some(coverage::current(self.connection)?.into());
        }
        if tsat {
            self.tsat = Some(tsat_tables(self.connection)?.into());
        }
        let Connection::Postgres(server) = &mut *self.connection else { return Ok(()) };
        if !models.is_empty() {
            self.models.extend(cpl::facts_of_all(server, models)?);
        }
        if let Some(extracts) = self.extracts.as_deref().filter(|_| !coverage.is_empty()) {
            let found = coverage::run_all_lookups(server, Extracts::of(extracts), &coverage)?;
            self.coverage.extend(found);
        }
        self.load_devices(&devices, &lookups)
    }

    fn load_devices(
        &mut self,
        ids: &BTreeSet<Eui64>,
        lookups: &BTreeSet<DeviceLookup>,
    ) -> Result<(), StoreFault> {
        if !ids.is_empty() {
            let found = device::find_all(self.connection, &ids.iter().copied().collect::<Vec<_>>())?;
            ids.iter().for_each(|id| self.devices.insert(*id, None));
            found.into_iter().for_each(|device| self.devices.insert(device.id, Some(device)));
        }
        if let Connection::Postgres(server) = &mut *self.connection
            && !lookups.is_empty()
        {
            for (lookup, found) in device::run_all_lookups(server, lookups)? {
                self.devices.insert_found(lookup, found);
            }
        }
        Ok(())
    }
}
