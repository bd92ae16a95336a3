//! The step a change of Supplier gained: the gaining Supplier is asked to confirm the ESME Variant (MP125-R12).

use jiff::SignedDuration;

use super::{App, Fault};
use crate::{
    db::Connection,
    domain::{DccAlert, RequestId},
    duis::xml,
    store::{self, MessageKind, NewMessage, SupplierChange},
};

/// Changes of Supplier older than this are not told of: switching it on does not tell of the past (ours).
const OLDEST: SignedDuration = SignedDuration::from_hours(24 * 30);

impl App {
    /// Puts an alert into the outbox for every gaining Supplier that was not told yet; how many. Does nothing where
    /// `rules.confirm_variant` is off. The losing Supplier is told nothing (MP125-R4).
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was told then.
    pub fn tell_gaining_suppliers(&self) -> Result<usize, Fault> {
        if !self.choices().rules.confirm_variant {
            return Ok(0);
        }
        let service = self.clone();
        self.store().transact(move |connection| service.tell_all(connection))
    }

    /// The same, where nobody waits for the outcome: what fails is logged, and tried again with the next look.
    pub(crate) fn tell_or_log(&self) {
        match self.tell_gaining_suppliers() {
            Ok(0) => {}
            Ok(told) => tracing::info!(told, "gaining Suppliers are asked to confirm the ESME Variant"),
            Err(fault) => tracing::error!(%fault, "gaining Suppliers could not be told"),
        }
    }

    fn tell_all(&self, connection: &mut Connection) -> Result<usize, Fault> {
        let now = self.clock().now();
        let changes =
            store::pending_supplier_notices(connection, now.0.saturating_sub(OLDEST).unwrap_or(now.0), now)?;
        for (index, change) in (0..).zip(&changes) {
            self.tell(connection, change, index)?;
            store::mark_supplier_notified(connection, change)?;
        }
        Ok(changes.len())
    }

    fn tell(&self, connection: &mut Connection, change: &SupplierChange, index: u64) -> Result<(), Fault> {
        let now = self.clock().now();
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
