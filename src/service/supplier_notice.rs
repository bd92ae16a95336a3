//! Supplier notices: after a change of Supplier, a DCC Alert asks the gaining Supplier to confirm the ESME Variant
//! (MP125-R12).

use jiff::SignedDuration;

use super::{App, Fault};
use crate::{
    db::Connection,
    domain::{DccAlert, RequestId},
    duis::xml,
    store::{self, MessageKind, NewMessage, SupplierChange},
};

/// The oldest change of Supplier that a notice is sent for (ours). Without it, switching the setting on would send a notice
/// for every change of the past.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24 * 30);

impl App {
    /// Puts an alert into the outbox for each pending notice to a gaining Supplier, and returns how many. Does nothing if
    /// `rules.confirm_variant` is off. The losing Supplier gets no alert (MP125-R4).
    ///
    /// # Errors
    /// When the store or the signer fails; no alert is in the outbox then.
    pub fn notify_gaining_suppliers(&self) -> Result<usize, Fault> {
        if !self.choices().rules.confirm_variant {
            return Ok(0);
        }
        let service = self.clone();
        self.store().transact(move |connection| service.enqueue_notices(connection))
    }

    /// Calls [`App::notify_gaining_suppliers`] and logs the outcome, for callers that have no one to report it to. A fault
    /// is not lost: the notices stay pending, and the next call retries them.
    pub(crate) fn notify_or_log(&self) {
        match self.notify_gaining_suppliers() {
            Ok(0) => {}
            Ok(notices) => tracing::info!(notices, "supplier notices enqueued"),
            Err(fault) => tracing::error!(%fault, "supplier notices not enqueued"),
        }
    }

    fn enqueue_notices(&self, connection: &mut Connection) -> Result<usize, Fault> {
        let now = self.clock().now();
        let changes =
            store::pending_supplier_notices(connection, now.0.saturating_sub(MAX_AGE).unwrap_or(now.0), now)?;
        for (index, change) in (0..).zip(&changes) {
            self.enqueue_notice(connection, change, index)?;
            // In the transaction of the alert: each change leads to one alert, even with several instances.
            store::mark_supplier_notified(connection, change)?;
        }
        Ok(changes.len())
    }

    fn enqueue_notice(
        &self,
        connection: &mut Connection,
        change: &SupplierChange,
        index: u64,
    ) -> Result<(), Fault> {
        let now = self.clock().now();
        // A unique counter that need not be stored: the time, then the place in this round. A round has at most 500
        // notices, fewer than the thousand that would reach the next millisecond.
        let milliseconds = u64::try_from(now.0.as_millisecond()).unwrap_or_default();
        let counter = milliseconds.saturating_mul(1_000).saturating_add(index);
        let alert = DccAlert {
            id: RequestId { originator: self.choices().dcc, target: change.gaining, counter },
            at: now.0,
            device: change.device.id,
            mpxns: change.device.mpxns.clone(),
            esme_variant: change.device.details.esme_variant,
        };
        let message = self.signed(&xml::encode_alert(&alert), now)?;
        let new = NewMessage {
            user: change.gaining,
            device: Some(change.device.id),
            request_id: None,
            kind: MessageKind::Alert,
            message: &message,
        };
        Ok(store::enqueue_message(connection, new, now)?)
    }
}
