//! Supplier notices: after a change of Supplier, a DCC Alert asks the gaining Supplier to confirm the ESME Variant
//! (MP125-R12).

use jiff::SignedDuration;

use super::{App, Fault, alerts::PlannedAlert, supplier_looks::Watermark};
use crate::{
    db::{Connection, StoreFault},
    domain::Timestamp,
    store::{self, Counter, SupplierChange},
};

/// The oldest change of Supplier that a notice is sent for (ours). Without it, switching the setting on would send a notice
/// for every change of the past.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What a look found.
struct Look {
    pending: Vec<SupplierChange>,
    watermark: Watermark,
}

impl App {
    /// Puts an alert into the outbox for each pending notice to a gaining Supplier, and returns how many. Does nothing if
    /// `rules.confirm_variant` is off. The losing Supplier gets no alert (MP125-R4).
    ///
    /// # Errors
    /// When the store or the signer fails; what was told by then is not told again.
    pub fn notify_gaining_suppliers(&self) -> Result<usize, Fault> {
        let mut told = 0;
        if !self.choices().rules.confirm_variant {
            return Ok(told);
        }
        loop {
            // Read first: a look that finds nothing, as most do, leaves the writer alone.
            let Look { pending, watermark } =
                self.store().read(|connection| self.look(connection).map_err(Fault::from))?;
            let Some(first) = pending.first() else {
                self.0.supplier_looks.set(watermark);
                return Ok(told);
            };
            let (app, first) = (self.clone(), first.since);
            let number = self.store().transact(move |connection| app.tell_all(connection, first))?;
            // Another instance may have told them all in between, and then the next look finds nothing.
            told += number;
        }
    }

    /// Tells of all that is to be told on looking, where nobody waits for the outcome: what fails is logged, and tried again with the
    /// next look.
    pub(crate) fn notify_or_log(&self) {
        match self.notify_gaining_suppliers() {
            Ok(0) => {}
            Ok(notices) => tracing::info!(notices, "supplier notices enqueued"),
            Err(fault) => tracing::error!(%fault, "supplier notices not enqueued"),
        }
        match self.notify_of_imported_moves() {
            Ok(0) => {}
            Ok(told) => {
                tracing::info!(told, "alerts enqueued about Devices that an import suspended or restored")
            }
            Err(fault) => tracing::error!(%fault, "alerts about imported moves could not be enqueued"),
        }
    }

    fn look(&self, connection: &mut Connection) -> Result<Look, StoreFault> {
        let now = self.clock().now();
        let oldest = now.0.saturating_sub(MAX_AGE).unwrap_or(now.0);
        let links = store::counter_value(connection, Counter::SupplierLinks)?;
        let known = self.0.supplier_looks.get().filter(|watermark| watermark.links == links);
        let after = known.map_or(oldest, |watermark| watermark.until.max(oldest));
        let pending = store::pending_supplier_notices(connection, after, now)?;
        Ok(Look { pending, watermark: Watermark { links, until: now.0 } })
    }

    /// Tells of the pending changes from that instant on; how many.
    fn tell_all(&self, connection: &mut Connection, from: Timestamp) -> Result<usize, Fault> {
        let now = self.clock().now();
        let before = from.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(from);
        let changes = store::pending_supplier_notices(connection, before, now)?;
        for change in &changes {
            let alert = PlannedAlert::of_gained_meter(&change.device, change.gaining);
            self.enqueue_alerts(connection, &[alert], now)?;
            store::mark_supplier_notified(connection, change)?;
        }
        Ok(changes.len())
    }
}
