//! What is reported of a Device: decided by the rules, applied and kept in one transaction.

use super::{Fault, Service};
use crate::{
    domain::{Change, Eui64},
    rules::event::{self, DeviceEvent, EventFacts, Misfit},
    store::{self, Cause, Connection},
};

/// What an event led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventOutcome {
    /// These changes, now on the disk.
    Done(Vec<Change>),
    /// It does not fit, and nothing was changed: why.
    Refused(String),
}

/// The interface that the history names for an event.
const INTERFACE: &str = "event";

impl Service {
    /// Takes an event of a Device. Blocks until what it did is on the disk.
    ///
    /// # Errors
    /// When the store fails; nothing was changed then.
    pub fn device_event(&self, device: Eui64, event: DeviceEvent) -> Result<EventOutcome, Fault> {
        let now = self.clock().now();
        let outcome = self.store().transact(move |connection: &mut Connection| {
            let Some(device) = store::find_device(connection, device)? else {
                return Ok(EventOutcome::Refused(format!("device `{device}` is not in the inventory")));
            };
            match event::decide(event, &EventFacts { device }, now) {
                Err(Misfit(reason)) => Ok(EventOutcome::Refused(reason)),
                Ok(changes) => {
                    let by = Cause { user: None, request_id: None, interface: INTERFACE };
                    store::apply(connection, &changes, &by, now)?;
                    Ok::<_, Fault>(EventOutcome::Done(changes))
                }
            }
        })?;
        log_event(device, event, &outcome);
        Ok(outcome)
    }
}

fn log_event(device: Eui64, event: DeviceEvent, outcome: &EventOutcome) {
    match outcome {
        EventOutcome::Done(_) => tracing::info!(%device, %event, "the event took effect"),
        EventOutcome::Refused(reason) => tracing::warn!(%device, %event, reason, "the event does not fit"),
    }
}
