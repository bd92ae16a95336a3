//! A session: the store within one transaction, with a cache, for one request or for a batch.
//!
//! On a server each statement is a round trip. So the rows that a batch needs are prefetched together, and its changes are written
//! together at the end. On a file each query runs when it is needed.

mod deferred;
mod devices;
mod firmware;
mod firmware_lookups;
mod load;
mod locks;
mod lookups;
mod prefetch;
mod wanted;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use self::{deferred::Deferred, devices::Devices, firmware::FirmwareRows, wanted::Wanted};
use super::{
    apply::apply_decided,
    cause::Cause,
    coverage::{CoverageLookup, CurrentExtract},
    cpl::ModelKey,
    decision::{self, NewDecision},
    device::{
        self,
        history_entry::{self, HistoryEntry},
    },
    request::{self, FirstAnswer, NamedDecisions, NewAnswer},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        AnswerVersion, Awaited, AwaitedChange, Change, CoverageRow, CplFacts, DeviceChange, Eui64,
        FieldChange, Instance, Mpxn, Now, Registration, RequestId, User, tsat::Tables,
    },
};

/// The store within a transaction, with a cache. A session that changes something must be ended by [`Session::finish`], or the
/// changes that it deferred are lost.
///
/// The cache is never stale: the transaction reads one snapshot, or it is alone, or it locked what it reads ([`Session::lock`]).
pub struct Session<'a> {
    connection: &'a mut Connection,
    answers: HashMap<RequestId, Option<FirstAnswer>>,
    users: BTreeMap<Eui64, Option<User>>,
    suppliers: BTreeMap<Mpxn, Vec<Registration>>,
    models: BTreeMap<ModelKey, CplFacts>,
    extracts: Option<Arc<[CurrentExtract]>>,
    coverage: BTreeMap<CoverageLookup, Vec<CoverageRow>>,
    tsat: Option<Arc<Tables>>,
    awaited: BTreeMap<Eui64, Option<Awaited>>,
    firmware: FirmwareRows,
    devices: Devices,
    deferred: Deferred,
    /// The Devices that are locked.
    locked: BTreeSet<Eui64>,
    /// While a round of prefetching runs: the keys that were not in the cache.
    wanted: Option<Wanted>,
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
            coverage: BTreeMap::new(),
            tsat: None,
            awaited: BTreeMap::new(),
            firmware: FirmwareRows::default(),
            devices: Devices::default(),
            deferred: Deferred::default(),
            locked: BTreeSet::new(),
            wanted: None,
            named: NamedDecisions::new(),
        }
    }

    /// The connection, for changes that a session has no function for. Deferred changes are flushed, and the cached answers and Devices
    /// are dropped, as these changes bypass the cache.
    ///
    /// # Errors
    /// When the database fails.
    pub fn connection(&mut self) -> Result<&mut Connection, StoreFault> {
        self.flush()?;
        self.answers.clear();
        self.awaited.clear();
        self.firmware.clear();
        self.devices.clear();
        Ok(self.connection)
    }

    /// The connection, for a query whose result is not cached. Deferred changes are flushed, so that the query sees them.
    pub(super) fn database(&mut self) -> Result<&mut Connection, StoreFault> {
        self.flush()?;
        Ok(self.connection)
    }

    /// Loads the first answers under these RequestIDs into the cache; on a file each is loaded when it is needed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn prefetch_answers(&mut self, ids: &[RequestId]) -> Result<(), StoreFault> {
        if self.is_remote() {
            self.answers.extend(request::first_answers(self.connection, ids)?);
        }
        Ok(())
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
        if let Some(known) = self.answers.get(id) {
            return Ok(known.clone());
        }
        // The result is not cached: only the request itself asks for its RequestID, once.
        request::first_answer(self.connection, id)
    }

    /// The schemaVersion that is set for a User's answers, if one is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answer_version(&mut self, user: Eui64) -> Result<Option<AnswerVersion>, StoreFault> {
        Ok(self.user(user)?.and_then(|user| user.answer_version))
    }

    /// Applies the changes in order, and records them in the history of each Device.
    ///
    /// # Errors
    /// When a Device is missing or no longer where its change expects it, or the database fails. The caller's transaction
    /// is to be rolled back then.
    pub fn apply(&mut self, changes: &[Change], by: &Cause<'static>, now: Now) -> Result<(), StoreFault> {
        self.apply_decided(changes, None, by, now).map(drop)
    }

    /// Applies the changes of a decision about a Device as [`Self::apply`] does. Returns those that its record is to carry
    /// ([`NewDecision::changes`]): they are in no other row.
    ///
    /// # Errors
    /// As of [`Self::apply`].
    pub fn apply_decided(
        &mut self,
        changes: &[Change],
        device: Option<Eui64>,
        by: &Cause<'static>,
        now: Now,
    ) -> Result<Vec<FieldChange>, StoreFault> {
        if !self.is_remote() {
            return apply_decided(self.connection, changes, device, by, now);
        }
        let mut entries = Vec::new();
        for change in changes {
            match change {
                Change::Device(change) => entries.extend(self.defer(change, by, now)?),
                Change::HanLog(change) => self.defer_log(change)?,
                Change::Firmware(change) => self.defer_firmware(change)?,
            }
        }
        let mut entries = history_entry::merged(entries);
        let carried = history_entry::take_carried(&mut entries, device);
        self.deferred.defer_history(entries, by, now);
        Ok(carried)
    }

    /// Applies a change to the cache, and defers writing it.
    fn defer(
        &mut self,
        change: &DeviceChange,
        by: &Cause<'static>,
        now: Now,
    ) -> Result<Vec<HistoryEntry>, StoreFault> {
        if self.deferred.conflicts_with(change) {
            self.flush()?;
        }
        let id = change.device();
        // A decision of this batch may reach a Device that its trial did not. Each request is decided alone then, on what is committed.
        if !self.locked.is_empty() && !self.locked.contains(&id) {
            let reason = format!("device `{id}` is changed and not locked");
            return Err(StoreFault::Conflict { kind: "not_locked", reason });
        }
        if self.devices.get(id).is_none() {
            // As the deferred changes leave it.
            let device = device::find(self.database()?, id)?;
            self.devices.insert(id, device);
        }
        self.deferred.defer(&mut self.devices, change, by, now)
    }

    fn defer_log(&mut self, change: &AwaitedChange) -> Result<(), StoreFault> {
        if self.deferred.conflicts_with_log(change) {
            self.flush()?;
        }
        match change {
            AwaitedChange::Await(new) => self.awaited.insert(new.device, Some((**new).clone())),
            AwaitedChange::Settle(device) => self.awaited.insert(*device, None),
        };
        self.deferred.defer_log(change);
        Ok(())
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
        self.deferred.flush(self.connection, &self.devices)
    }
}

#[cfg(test)]
mod tests;
