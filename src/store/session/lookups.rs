//! The lookups of a session: each answers from the cache; while a round of prefetching runs it notes what is missing, and else it asks
//! the database.

use std::{collections::BTreeSet, sync::Arc};

use super::Session;
use crate::{
    db::StoreFault,
    domain::{
        Awaited, CoverageRow, CplFacts, Device, DeviceDetails, DeviceType, Eui64, Mpxn, Now, Registration,
        User, tsat::Tables,
    },
    store::{
        coverage::{self, CoverageLookup, CurrentExtract, Extracts},
        cpl::{self, ModelKey},
        device::{self, DeviceLookup},
        han_log, registration,
        tsat::tsat_tables,
        user,
    },
};

impl Session<'_> {
    /// Finds a User. The absence of one is cached too.
    pub(in crate::store) fn user(&mut self, id: Eui64) -> Result<Option<User>, StoreFault> {
        if let Some(known) = self.users.get(&id) {
            return Ok(known.clone());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.users.insert(id);
            return Ok(None);
        }
        let found = user::find(self.connection, id)?;
        self.users.insert(id, found.clone());
        Ok(found)
    }

    /// Finds the registrations in force now of the Import, Export and Gas Suppliers of these supply points, in the order of MPxNs.
    pub(in crate::store) fn suppliers(
        &mut self,
        mpxns: &[&Mpxn],
        now: Now,
    ) -> Result<Vec<Registration>, StoreFault> {
        let mut found = Vec::new();
        for mpxn in mpxns.iter().copied().collect::<BTreeSet<_>>() {
            // Cached whenever they are in force: `now` may differ between the requests of a batch.
            if !self.suppliers.contains_key(mpxn) {
                if let Some(wanted) = &mut self.wanted {
                    wanted.suppliers.insert(mpxn.clone());
                    continue;
                }
                let ever = registration::suppliers(self.connection, mpxn)?;
                self.suppliers.insert(mpxn.clone(), ever);
            }
            let ever = self.suppliers.get(mpxn).into_iter().flatten();
            found.extend(ever.filter(|registration| registration.holds_at(now.0)).cloned());
        }
        Ok(found)
    }

    /// Looks up the Device Model of a Device of that type with those details on the Central Products List.
    pub(in crate::store) fn model(
        &mut self,
        device_type: DeviceType,
        details: &DeviceDetails,
    ) -> Result<CplFacts, StoreFault> {
        let key = ModelKey::new(device_type, details);
        if let Some(known) = self.models.get(&key) {
            return Ok(*known);
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.models.insert(key);
            return Ok(CplFacts::NotLoaded);
        }
        let facts = cpl::facts(self.connection, &key)?;
        self.models.insert(key, facts);
        Ok(facts)
    }

    /// The current coverage extract of each region, in the order of an answer.
    pub(in crate::store) fn extracts(&mut self) -> Result<Arc<[CurrentExtract]>, StoreFault> {
        if let Some(known) = &self.extracts {
            return Ok(Arc::clone(known));
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.extracts = true;
            return Ok(Arc::default());
        }
        let found = Arc::<[CurrentExtract]>::from(coverage::current(self.connection)?);
        self.extracts = Some(Arc::clone(&found));
        Ok(found)
    }

    /// The TS Applicability Tables. They are small, and loaded whole.
    pub(in crate::store) fn tsat(&mut self) -> Result<Arc<Tables>, StoreFault> {
        if let Some(known) = &self.tsat {
            return Ok(Arc::clone(known));
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.tsat = true;
            return Ok(Arc::default());
        }
        let found = Arc::new(tsat_tables(self.connection)?);
        self.tsat = Some(Arc::clone(&found));
        Ok(found)
    }

    /// Finds rows of the current coverage extracts.
    pub(in crate::store) fn coverage(
        &mut self,
        lookup: CoverageLookup,
    ) -> Result<Vec<CoverageRow>, StoreFault> {
        if let Some(known) = self.coverage.get(&lookup) {
            return Ok(known.clone());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.coverage.insert(lookup);
            return Ok(Vec::new());
        }
        let extracts = self.extracts()?;
        lookup.run(self.connection, Extracts::of(&extracts))
    }

    /// The change of a Device's HAN device log that is awaited, with those that were deferred.
    pub(in crate::store) fn awaited(&mut self, device: Eui64) -> Result<Option<Awaited>, StoreFault> {
        if let Some(known) = self.awaited.get(&device) {
            return Ok(known.clone());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.awaited.insert(device);
            return Ok(None);
        }
        han_log::of_device(self.connection, device)
    }

    /// Finds Devices by what they have in common, with the changes that were deferred.
    pub(in crate::store) fn find(&mut self, lookup: DeviceLookup) -> Result<Vec<Device>, StoreFault> {
        if let Some(known) = self.devices.found(&lookup) {
            return Ok(known);
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.lookups.insert(lookup);
            return Ok(Vec::new());
        }
        lookup.run(self.database()?)
    }

    /// Finds a Device, with the changes that were deferred. A miss is not cached: only prefetched Devices are needed again.
    pub(in crate::store) fn device(&mut self, id: Eui64) -> Result<Option<Device>, StoreFault> {
        if let Some(known) = self.devices.get(id) {
            return Ok(known.cloned());
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.devices.insert(id);
            return Ok(None);
        }
        device::find(self.connection, id)
    }
}
