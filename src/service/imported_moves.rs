//! Alerts about Devices that an import suspended or restored.
//!
//! An import moves Devices by the thousand, perhaps in a process that has no key to sign with. So the rows of the history, which it
//! commits with the moves, stand for the alerts: a cursor in the store says which were told of, and moves on in the transaction that
//! enqueues the alerts. None is lost or told twice.

use super::{App, Fault};
use crate::{
    db::{Connection, StoreFault},
    domain::AlertKind,
    rules::alert,
    store::{self, Counter, Session, StatusChange},
};

/// The most moves that one transaction tells of.
const MOST: i64 = 100;

impl App {
    fn notifies_of_moves(&self) -> bool {
        let alerts = &self.choices().alerts;
        [AlertKind::DeviceSuspended, AlertKind::DeviceRestored].iter().any(|kind| alerts.is_on(*kind))
    }

    /// Sets the cursor where it is missing, so that moves are told of from now on; where the alerts are off, takes it away, so that
    /// switching them on does not tell of the past.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn begin_notifying_of_moves(&self) -> Result<(), Fault> {
        let is_set = self.store().read(|connection| store::counter_value(connection, Counter::ToldMove));
        let is_set = is_set.map(|value: Option<i64>| value.is_some()).map_err(|fault: StoreFault| fault)?;
        let is_on = self.notifies_of_moves();
        if is_on == is_set {
            return Ok(());
        }
        let set = move |connection: &mut Connection| {
            let last = if is_on { Some(store::last_suspension(connection)?) } else { None };
            store::set_counter(connection, Counter::ToldMove, last)
        };
        Ok(self.store().transact::<_, StoreFault, _>(set)?)
    }

    /// Puts the alerts about moves that imports made since the last look into the outbox; how many moves.
    ///
    /// # Errors
    /// When the store or the signer fails; the moves that were told of by then are not told of again.
    pub fn notify_of_imported_moves(&self) -> Result<usize, Fault> {
        let mut told = 0;
        if !self.notifies_of_moves() {
            return Ok(told);
        }
        self.begin_notifying_of_moves()?;
        // Read first: a look that finds nothing, as most do, leaves the writer alone.
        while !self.store().read(|connection| pending_moves(connection).map_err(Fault::from))?.is_empty() {
            let app = self.clone();
            told += self.store().transact(move |connection| app.enqueue_some_moves(connection))?;
        }
        Ok(told)
    }

    fn enqueue_some_moves(&self, connection: &mut Connection) -> Result<usize, Fault> {
        let (moves, now) = (pending_moves(connection)?, self.clock().now());
        for (_, StatusChange { device, from, to, .. }) in &moves {
            let mut session = Session::new(connection);
            let Some(device) = store::device_now(&mut session, *device)? else { continue };
            let (Some(from), Some(to)) = (*from, *to) else { continue };
            if let Some(kind) = alert::of_move(device.device_type, from, to) {
                let variant = device.details.esme_variant;
                let planned = self.plan_alert(&mut session, kind, &device, variant, now)?;
                self.enqueue_alerts(connection, planned.as_slice(), now)?;
            }
        }
        if let Some((last, _)) = moves.last() {
            store::set_counter(connection, Counter::ToldMove, Some(*last))?;
        }
        Ok(moves.len())
    }
}

fn pending_moves(connection: &mut Connection) -> Result<Vec<(i64, StatusChange)>, StoreFault> {
    match store::counter_value(connection, Counter::ToldMove)? {
        Some(after) => store::imported_suspensions(connection, after, MOST),
        None => Ok(Vec::new()),
    }
}
