//! A session: the store within one transaction, with a cache, for one request or for a batch.
//!
//! On a server each statement is a round trip. So the rows that a batch needs are prefetched by a few queries, and changes that can
//! wait are written by one statement. On a file each query runs when it is needed.

mod devices;
mod prefetch;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::devices::Devices;
use super::{
    apply::apply,
    cause::Cause,
    coverage::{self, CurrentExtract},
    cpl::{self, ModelKey},
    decision::{self, NewDecision},
    device, registration,
    request::{self, FirstAnswer, NamedDecisions, NewAnswer},
    user,
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        AnswerVersion, Change, CplFacts, Device, DeviceChange, DeviceDetails, DeviceType, Eui64, Instance,
        Mpxn, Now, Registration, RequestId, User,
    },
};

/// The store within a transaction, with a cache. A session that changes something must be ended by [`Session::finish`], or the
/// changes that it deferred are lost.
///
/// The cache is never stale: the transaction either reads one snapshot, or is the writer's, of which there is one.
pub struct Session<'a> {
    connection: &'a mut Connection,
    answers: HashMap<RequestId, Option<FirstAnswer>>,
    users: BTreeMap<Eui64, Option<User>>,
    suppliers: BTreeMap<Mpxn, Vec<Registration>>,
    models: BTreeMap<ModelKey, CplFacts>,
    extracts: Option<Vec<CurrentExtract>>,
    devices: Devices,
    /// The decisions recorded so far that their requests are to name.
    named: NamedDecisions,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl<'a> Session<'a> {
    /// Starts a session in the transaction of a connection, with an empty cache.
    pub fn new(connection: &'a mut Connection) -> Self {
        Self {
            connection,
            answers: HashMap::new(),
            users: BTreeMap::new(),
            suppliers: BTreeMap::new(),
            models: BTreeMap::new(),
            extracts: None,
            devices: Devices::default(),
            named: NamedDecisions::new(),
        }
    }

    /// The connection, for changes that a session has no function for. Deferred changes are flushed, and the cached answers and Devices
    /// are dropped, as these changes bypass the cache.
    ///
    /// # Errors
    /// When the database fails.
    pub fn connection(&mut self) -> Result<&mut Connection, StoreFault> {
        self.answers.clear();
        self.devices.clear();
        self.database()
    }

    /// The connection, for a query whose result is not cached. Deferred changes are flushed, so that the query sees them.
    pub(super) fn database(&mut self) -> Result<&mut Connection, StoreFault> {
        self.flush()?;
        Ok(self.connection)
    }

    /// Whether the database is on a server, where each statement is a round trip.
    pub const fn is_remote(&self) -> bool {
        matches!(self.connection, Connection::Postgres(_))
    }

    /// Loads the first answer under a RequestID.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first_answer(&mut self, id: &RequestId) -> Result<Option<FirstAnswer>, StoreFault> {
        match self.answers.get(id) {
            // The result is not cached: only the request itself asks for its RequestID, once.
            Some(known) => Ok(known.clone()),
            None => request::first_answer(self.connection, id),
        }
    }

    /// The schemaVersion that is set for a User's answers, if one is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answer_version(&mut self, user: Eui64) -> Result<Option<AnswerVersion>, StoreFault> {
        Ok(self.user(user)?.and_then(|user| user.answer_version))
    }

    /// Applies the changes in order. Each change of a status is recorded in the history.
    ///
    /// # Errors
    /// When a Device is missing or no longer where its change expects it, or the database fails. The caller's transaction
    /// is to be rolled back then.
    pub fn apply(&mut self, changes: &[Change], by: &Cause, now: Now) -> Result<(), StoreFault> {
        for change in changes {
            if let Change::Device(DeviceChange::SetDetails(id, details)) = change
                && self.devices.try_defer(self.connection, *id, details)
            {
                continue;
            }
            // Earlier changes first: this one may be about the same Device.
            self.flush()?;
            apply(self.connection, std::slice::from_ref(change), by, now)?;
            self.invalidate(change);
        }
        Ok(())
    }

    /// Drops the entries of the cache that an applied change made stale.
    fn invalidate(&mut self, change: &Change) {
        match change {
            Change::Device(change) => self.devices.invalidate(change),
            // Awaited changes are not cached.
            Change::HanLog(_) => {}
        }
    }

    /// Records decisions at the end of their instance's chain, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn record<'n>(
        &mut self,
        instance: &Instance,
        new: impl Iterator<Item = NewDecision<'n>>,
    ) -> Result<(), StoreFault> {
        let named = decision::record_naming(self.database()?, instance, new)?;
        self.named.extend(named);
        Ok(())
    }

    /// Stores the first answers under these RequestIDs.
    ///
    /// # Errors
    /// When one of them was used before, or the database fails.
    pub fn insert_first_answers(&mut self, new: &[NewAnswer<'_>]) -> Result<(), StoreFault> {
        new.iter().for_each(|new| drop(self.answers.remove(new.id)));
        self.flush()?;
        request::insert_naming(self.connection, new, &self.named)
    }

    /// Ends the session: flushes deferred changes, in the caller's transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub fn finish(mut self) -> Result<(), StoreFault> {
        self.flush()
    }

    /// Sends deferred changes to the server.
    fn flush(&mut self) -> Result<(), StoreFault> {
        self.devices.flush(self.connection)
    }

    /// Finds a User. The absence of one is cached too.
    pub(super) fn user(&mut self, id: Eui64) -> Result<Option<User>, StoreFault> {
        if let Some(known) = self.users.get(&id) {
            return Ok(known.clone());
        }
        let found = user::find(self.connection, id)?;
        self.users.insert(id, found.clone());
        Ok(found)
    }

    /// Finds the registrations in force now of the Import, Export and Gas Suppliers of these supply points, in the order of MPxNs.
    pub(super) fn suppliers(&mut self, mpxns: &[&Mpxn], now: Now) -> Result<Vec<Registration>, StoreFault> {
        let mut found = Vec::new();
        for mpxn in mpxns.iter().copied().collect::<BTreeSet<_>>() {
            // Cached whenever they are in force: `now` may differ between the requests of a batch.
            if !self.suppliers.contains_key(mpxn) {
                let ever = registration::suppliers(self.connection, mpxn)?;
                self.suppliers.insert(mpxn.clone(), ever);
            }
            let ever = self.suppliers.get(mpxn).into_iter().flatten();
            found.extend(ever.filter(|registration| registration.holds_at(now.0)).cloned());
        }
        Ok(found)
    }

    /// Looks up the Device Model of a Device of that type with those details on the Central Products List.
    pub(super) fn model(
        &mut self,
        device_type: DeviceType,
        details: &DeviceDetails,
    ) -> Result<CplFacts, StoreFault> {
        let key = ModelKey::new(device_type, details);
        if let Some(known) = self.models.get(&key) {
            return Ok(*known);
        }
        let facts = cpl::facts(self.connection, &key)?;
        self.models.insert(key, facts);
        Ok(facts)
    }

    /// The current coverage extract of each region, in the order of an answer, and the connection to search them with.
    pub(super) fn extracts(&mut self) -> Result<(&mut Connection, &[CurrentExtract]), StoreFault> {
        if self.extracts.is_none() {
            self.extracts = Some(coverage::current(self.connection)?);
        }
        Ok((self.connection, self.extracts.as_deref().unwrap_or_default()))
    }

    /// Loads the CHFs that name this Device as their GPF.
    pub(super) fn chfs_of_gpf(&mut self, gpf: Eui64) -> Result<Vec<Device>, StoreFault> {
        device::chfs_of_gpf(self.database()?, gpf)
    }

    /// Finds the Devices that are associated with a CHF, at most one more than an answer can hold.
    pub(super) fn associated_with(&mut self, chf: Eui64) -> Result<Vec<Device>, StoreFault> {
        match self.devices.associated_with(self.connection, chf) {
            Some(known) => known,
            None => device::associated_with(self.database()?, chf, device::QUERY_LIMIT),
        }
    }

    /// Finds a Device, with the changes that were deferred.
    pub(super) fn device(&mut self, id: Eui64) -> Result<Option<Device>, StoreFault> {
        self.devices.find(self.connection, id)
    }
}

#[cfg(test)]
mod tests;
