//! The operations of the management listener and the console: queries, imports, and control of test instances.

use std::io::Read;

use super::{App, Fault, console::PersonName, reflash::OF_A_HUB};
use crate::{
    clock::Clock,
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ActReason, ActorName, Device, DeviceType, Eui64, Now, PastRecord, RequestId, StockRow,
        Timestamp, instant_text, reflash::HubOrder, tsat::Tables,
    },
    store::{
        self, ActOutcome, CoverageExtract, DecisionRecord, HistoryPage, HistoryPlace, HubNotice, ImportFault,
        Imported, Kind, ListedMessage, MessageState, Origin, PageRequest, Paged, StatusChange,
    },
};

/// A Device with its history. The history stays when the Device is removed.
#[derive(Clone, Debug)]
pub struct DeviceRecord {
    /// The Device; absent if it is not in the SMI, or no longer.
    pub device: Option<Device>,
    /// A page of the changes of its SMI Status, oldest first.
    pub history: Paged<StatusChange>,
    /// A page of the notifications of CSPs about its Communications Hub, oldest first.
    pub hub_notices: Paged<HubNotice>,
    /// Where it lies, of a CHF that stock is known of.
    pub stock: Option<StockRow>,
    /// Of a CHF: the TS Applicability Tables, to ask about it.
    pub tables: Option<Tables>,
    /// Of a CHF: the re-flash orders that it is, or was, on, the newest first.
    pub orders: Option<Vec<HubOrder>>,
}

/// The pages of a Device's record.
#[derive(Clone, Copy, Debug)]
pub struct RecordPages {
    /// Of its history.
    pub history: PageRequest,
    /// Of the notifications about its hub.
    pub hub_notices: PageRequest,
}

/// The refusal of an operation that is for tests only: `[test] clock` is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs `[test] clock`, which is not set")]
pub struct NoTestClock;

/// Why the test clock was not moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockFault {
    /// There is none.
    #[error(transparent)]
    NotTest(#[from] NoTestClock),
    /// The act could not be recorded.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl App {
    /// The SMI record of a Device; none if it never was in the SMI.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_record(&self, id: Eui64, pages: RecordPages) -> Result<Option<DeviceRecord>, Fault> {
        // One read for all, so that they are of one snapshot.
        self.store().read(|connection| {
            let device = store::find_device(connection, id)?;
            // A page behind the last change is empty, and says nothing of whether there is a history.
            let oldest = store::history_of_device(connection, id, PageRequest::first(1))?;
            if device.is_none() && oldest.rows.is_empty() {
                return Ok(None);
            }
            let history = store::history_of_device(connection, id, pages.history)?;
            let hub_notices = store::hub_notices_of_device(connection, id, pages.hub_notices)?;
            let is_chf = device.as_ref().is_some_and(|device| device.device_type == DeviceType::Chf);
            let stock = if is_chf { store::stock_place_of(connection, id)? } else { None };
            let tables = is_chf.then(|| store::tsat_tables(connection)).transpose()?;
            let orders =
                is_chf.then(|| store::reflash_orders_of_hub(connection, id, OF_A_HUB)).transpose()?;
            Ok(Some(DeviceRecord { device, history, hub_notices, stock, tables, orders }))
        })
    }

    /// A page of every change of a Device, oldest first; none if it never was in the SMI.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_history(
        &self,
        id: Eui64,
        after: Option<HistoryPlace>,
        limit: u16,
    ) -> Result<Option<HistoryPage>, Fault> {
        self.store().read(|connection| {
            let page = store::device_history(connection, id, after, limit)?;
            // An empty page says nothing of whether there is a history.
            let is_known = !page.changes.is_empty()
                || store::find_device(connection, id)?.is_some()
                || !store::device_history(connection, id, None, 1)?.changes.is_empty();
            Ok(is_known.then_some(page))
        })
    }

    /// The SMI record of a Device as it stood at an instant; none if it never was in the SMI.
    ///
    /// # Errors
    /// When the store fails.
    pub fn device_as_at(&self, id: Eui64, at: Timestamp) -> Result<Option<PastRecord>, Fault> {
        self.store().read(|connection| Ok(store::record_as_at(connection, id, at)?))
    }

    /// The decision records of a RequestID, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decisions_of_request(
        &self,
        id: &RequestId,
        page: PageRequest,
    ) -> Result<Paged<DecisionRecord>, Fault> {
        self.store().read(|connection| Ok(store::decisions_page_of_request(connection, id, page)?))
    }

    /// The decision records about a Device, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decisions_of_device(&self, id: Eui64, page: PageRequest) -> Result<Paged<DecisionRecord>, Fault> {
        self.store().read(|connection| Ok(store::decisions_page_of_device(connection, id, page)?))
    }

    /// Imports a CSV file, all or nothing. A coverage file replaces the extract of every CSP Region that it names.
    ///
    /// # Errors
    /// When the file has faults, or the store fails.
    pub fn import(&self, kind: Kind, csv: &[u8]) -> Result<Imported, ImportFault> {
        self.import_from(kind, csv, &Origin::of_all_regions())
    }

    /// Imports a CSV file of a known origin: its name, or the CSP Region that it is for.
    ///
    /// # Errors
    /// When the file has faults, or the store fails.
    pub fn import_from(&self, kind: Kind, csv: &[u8], origin: &Origin) -> Result<Imported, ImportFault> {
        self.import_reading(kind, &mut { csv }, origin)
    }

    /// Imports a CSV file from a stream; of a dry run, only says what it would do.
    ///
    /// # Errors
    /// When the file has faults or cannot be read, its preview is out of date, or the store fails.
    pub(super) fn import_reading(
        &self,
        kind: Kind,
        from: &mut dyn Read,
        origin: &Origin,
    ) -> Result<Imported, ImportFault> {
        let now = self.clock().now();
        if let Err(fault) = self.begin_notifying_of_moves() {
            tracing::error!(%fault, "alerts about imported moves could not be prepared");
        }
        let imported = store::import_from(self.store(), kind, from, origin, now, &mut |_| ())?;
        self.0.console.stock_counts.forget();
        self.0.variants.forget();
        // An import may bring registrations that change a Supplier. The file is imported, whatever becomes of the notices.
        self.notify_or_log();
        Ok(imported)
    }

    /// The current coverage extracts, one for each CSP Region that has one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn coverage_extracts(&self) -> Result<Vec<CoverageExtract>, Fault> {
        self.store().read(|connection| Ok(store::coverage_extracts(connection)?))
    }

    /// The messages of the outbox, oldest first: those in that state, or all.
    ///
    /// # Errors
    /// When the store fails.
    pub fn outbox(
        &self,
        state: Option<MessageState>,
        page: PageRequest,
    ) -> Result<Paged<ListedMessage>, Fault> {
        self.store().read(|connection| Ok(store::outbox_page(connection, state, page)?))
    }

    /// Has a parked message sent again. `by` is the operator, who is not known where a program asks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn resend(&self, id: i64, by: Option<PersonName>) -> Result<ActOutcome, Fault> {
        let (now, by) = (self.clock().now(), by.map(|by| by.to_string()));
        let resend =
            move |connection: &mut Connection| store::resend_message(connection, id, by.as_deref(), now);
        Ok(self.store().transact::<_, StoreFault, _>(resend)?)
    }

    /// Gives up a message that waits or is parked, with a reason that is kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn abandon(&self, id: i64, by: &PersonName, reason: ActReason) -> Result<ActOutcome, Fault> {
        let (now, by) = (self.clock().now(), by.to_string());
        let abandon =
            move |connection: &mut Connection| store::abandon_message(connection, id, &by, &reason, now);
        Ok(self.store().transact::<_, StoreFault, _>(abandon)?)
    }

    /// Checks that this is a test instance: `[test] clock` is set.
    ///
    /// # Errors
    /// When it is not set.
    pub fn require_test_clock(&self) -> Result<(), NoTestClock> {
        match self.clock() {
            Clock::Fixed(_) => Ok(()),
            Clock::System => Err(NoTestClock),
        }
    }

    /// Moves the test clock, which is an act.
    ///
    /// # Errors
    /// When `[test] clock` is not set, or the store fails; the clock stands where it stood then.
    pub fn move_clock(&self, to: Timestamp, by: ActorName) -> Result<(), ClockFault> {
        self.require_test_clock()?;
        let Now(from) = self.clock().now();
        let (before, after) = (Some(instant_text(from)), Some(instant_text(to)));
        self.record_act(Act {
            from: before,
            to: after,
            ..Act::new(ActArea::Test, "clock", "move", by, from)
        })?;
        self.clock().set(to);
        self.0.console.follow_clock(from, to);
        // Back in time there may be windows that were over.
        if let Err(fault) = self.refresh_maintenance() {
            tracing::warn!(%fault, "maintenance windows not read, will retry");
        }
        // What the new time makes due must not wait for a real interval: retries of deliveries, and registrations that
        // take effect.
        self.store().outbox_signal().send();
        self.notify_or_log();
        Ok(())
    }

    /// Empties every table and the caches of the CSP clients. The one row that is there then is the act of it. Callers must call
    /// [`App::require_test_clock`] first.
    ///
    /// # Errors
    /// When the store fails; everything is still there then.
    pub fn reset(&self, by: ActorName) -> Result<(), Fault> {
        let act = Act::new(ActArea::Test, "store", "reset", by, self.clock().now().0);
        let reset = move |connection: &mut Connection| {
            store::reset(connection)?;
            store::record_act(connection, &act).map(drop)
        };
        self.store().transact::<_, StoreFault, _>(reset)?;
        // After the commit: a reset that fails must change nothing.
        self.reset_csps();
        self.0.refusals.clear();
        if let Ok(bench) = self.test_bench() {
            bench.journal().clear();
        }
        self.0.console.forget_uploads();
        self.0.console.stock_counts.forget();
        self.0.variants.forget();
        self.0.supplier_looks.forget();
        self.0.maintenance.replace(Vec::new());
        Ok(())
    }
}
