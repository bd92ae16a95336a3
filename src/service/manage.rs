//! Queries and acts of the management listener: thin, and never past the store's own rules.

use super::{App, Fault};
use crate::{
    clock::Clock,
    db::{Connection, StoreFault},
    domain::{Device, Eui64, RequestId, Timestamp},
    store::{
        self, CoverageExtract, DecisionRecord, HubNotice, ImportFault, Imported, Kind, ListedMessage, Origin,
        StatusChange,
    },
};

/// As many messages of the outbox as are listed of each: what waits, and what was delivered.
const LISTED: i64 = 1_000;

/// A Device and its history; the history outlives the Device.
#[derive(Clone, Debug)]
pub struct DeviceRecord {
    /// Absent where it is not, or no longer, in the SMI.
    pub device: Option<Device>,
    /// Oldest first.
    pub history: Vec<StatusChange>,
    /// What CSPs told of the hub it is part of, oldest first.
    pub hub_notices: Vec<HubNotice>,
}

/// That something is done in a test alone: `[test] clock` is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs `[test] clock`, which is not set")]
pub struct NotATest;

impl App {
    /// The SMI record of a Device.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_record(&self, id: Eui64) -> Result<DeviceRecord, Fault> {
        self.store().read(|connection| {
            let device = store::find_device(connection, id)?;
            let history = store::history_of_device(connection, id)?;
            let hub_notices = store::hub_notices_of_device(connection, id)?;
            Ok(DeviceRecord { device, history, hub_notices })
        })
    }

    /// Every decision kept under a RequestID, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decisions_of_request(&self, id: &RequestId) -> Result<Vec<DecisionRecord>, Fault> {
        self.store().read(|connection| Ok(store::decisions_of_request(connection, id)?))
    }

    /// Every decision kept about a Device, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decisions_of_device(&self, id: Eui64) -> Result<Vec<DecisionRecord>, Fault> {
        self.store().read(|connection| Ok(store::decisions_of_device(connection, id)?))
    }

    /// Imports a CSV file: all of it, or nothing; coverage of every CSP Region that it names.
    ///
    /// # Errors
    /// When the file has faults, or the store fails.
    pub fn import(&self, kind: Kind, csv: &[u8]) -> Result<Imported, ImportFault> {
        self.import_of(kind, csv, &Origin::of_all_regions())
    }

    /// The same, of a file that is known by name or by its CSP Region.
    ///
    /// # Errors
    /// The same.
    pub fn import_of(&self, kind: Kind, csv: &[u8], origin: &Origin) -> Result<Imported, ImportFault> {
        let now = self.clock().now();
        let imported = store::import_from(self.store(), kind, &mut { csv }, origin, now, &mut |_| ())?;
        self.tell_or_log();
        Ok(imported)
    }

    /// The extract that speaks for each CSP Region that has one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn coverage_extracts(&self) -> Result<Vec<CoverageExtract>, Fault> {
        self.store().read(|connection| Ok(store::coverage_extracts(connection)?))
    }

    /// What waits in the outbox, oldest first, and after it what was delivered last.
    ///
    /// # Errors
    /// When the store fails.
    pub fn outbox(&self) -> Result<Vec<ListedMessage>, Fault> {
        self.store().read(|connection| Ok(store::list_outbox(connection, LISTED)?))
    }

    /// Whether `[test] clock` is set.
    ///
    /// # Errors
    /// When it is not.
    pub fn must_be_a_test(&self) -> Result<(), NotATest> {
        match self.clock() {
            Clock::Fixed(_) => Ok(()),
            Clock::System => Err(NotATest),
        }
    }

    /// Moves the clock of a test.
    ///
    /// # Errors
    /// When `[test] clock` is not set.
    pub fn move_clock(&self, to: Timestamp) -> Result<(), NotATest> {
        if !self.clock().set(to) {
            return Err(NotATest);
        }
        self.store().outbox_signal().send();
        self.tell_or_log();
        Ok(())
    }

    /// Empties every table, and forgets what CSPs said and how they failed. Whoever may call this was told so by
    /// [`App::must_be_a_test`].
    ///
    /// # Errors
    /// When the store fails; everything is still there then.
    pub fn reset(&self) -> Result<(), Fault> {
        let reset = |connection: &mut Connection| store::reset(connection);
        self.store().transact::<_, StoreFault, _>(reset)?;
        self.forget_csps();
        Ok(())
    }
}
