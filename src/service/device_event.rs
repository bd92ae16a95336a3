//! What is reported of a Device: decided by the rules, applied, and told to whoever waits for it, in one transaction.

use super::{App, Fault, SimulatedDevices};
use crate::{
    db::Connection,
    domain::{Awaited, AwaitedChange, Change, Decision, Eui64, Now, RequestId, Response, SmiStatus},
    duis::xml,
    rules::event::{self, DeviceEvent, EventFacts, NotApplicable},
    store::{self, Cause, MessageKind, NewDecision, NewMessage},
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

impl App {
    /// Takes an event of a Device. Blocks until what it did is on the disk.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn device_event(&self, device: Eui64, event: DeviceEvent) -> Result<EventOutcome, Fault> {
        let now = self.clock().now();
        let service = self.clone();
        let work = move |connection: &mut Connection| service.take_event(connection, device, event, now);
        let outcome = self.noted(self.store().transact(work))?;
        log_event(device, event, &outcome);
        Ok(outcome)
    }

    /// The same, within a transaction.
    fn take_event(
        &self,
        connection: &mut Connection,
        device: Eui64,
        event: DeviceEvent,
        now: Now,
    ) -> Result<EventOutcome, Fault> {
        let Some(found) = store::find_device(connection, device)? else {
            return Ok(EventOutcome::Refused(format!("device `{device}` is not in the inventory")));
        };
        let facts = EventFacts {
            device: found,
            before_suspension: store::status_before(connection, device, SmiStatus::Suspended)?,
            awaited: store::awaited_of_device(connection, device)?,
        };
        let happened = match event::decide(event, &facts, now, &self.choices().codes) {
            Err(NotApplicable(reason)) => return Ok(EventOutcome::Refused(reason)),
            Ok(happened) => happened,
        };
        let request = happened.completes.as_ref().map(|(awaited, _)| awaited.request_id);
        store::apply(connection, &happened.changes, &cause(request), now)?;
        if let Some((awaited, decision)) = &happened.completes {
            self.answer_later(connection, awaited, decision, now)?;
        }
        Ok(EventOutcome::Done(happened.changes))
    }

    /// Where no Devices are connected, they do at once what is awaited of them.
    pub(super) fn simulate(
        &self,
        connection: &mut Connection,
        changes: &[Change],
        now: Now,
    ) -> Result<(), Fault> {
        let event = match self.choices().simulated_devices {
            None => return Ok(()),
            Some(SimulatedDevices::Succeed) => DeviceEvent::ChfWhitelistConfirmed,
        };
        for change in changes {
            if let Change::HanLog(AwaitedChange::Await(awaited)) = change {
                let outcome = self.take_event(connection, awaited.device, event, now)?;
                log_event(awaited.device, event, &outcome);
            }
        }
        Ok(())
    }

    /// Keeps the decision that closes the request, and its answer for the User's Receive Response address. The schema
    /// has no element of its own for it: a ResponseMessage without data, under the request's RequestID and a
    /// ResponseID of the CHF (ours).
    fn answer_later(
        &self,
        connection: &mut Connection,
        awaited: &Awaited,
        decision: &Decision,
        now: Now,
    ) -> Result<(), Fault> {
        let Awaited { request_id, schema_version, chf, device, .. } = awaited;
        let RequestId { originator, counter, .. } = *request_id;
        let variant = crate::domain::ServiceRequest::UpdateHanDeviceLog.variant();
        let response = Response {
            schema_version: schema_version.clone(),
            request_id: Some(*request_id),
            response_id: Some(RequestId { originator: *chf, target: originator, counter }),
            code: decision.code,
            at: now.0,
            variant,
            payload: None,
        };
        let message = self.signed(&xml::encode(&response), now)?;
        let kept = NewDecision {
            request_id,
            user: originator,
            device: Some(*device),
            variant: Some(variant),
            code: decision.code,
            rule: decision.decided_by(),
            at: now,
            steps: &decision.steps,
        };
        store::record_decision(connection, &self.0.choices.instance, kept)?;
        let new = NewMessage {
            user: originator,
            device: Some(*device),
            request_id: Some(*request_id),
            kind: MessageKind::Response,
            message: &message,
        };
        Ok(store::enqueue_message(connection, new, now)?)
    }
}

/// An event, done for the User whose request it completes.
fn cause(request: Option<RequestId>) -> Cause {
    Cause { user: request.map(|id| id.originator), request_id: request, interface: INTERFACE }
}

fn log_event(device: Eui64, event: DeviceEvent, outcome: &EventOutcome) {
    match outcome {
        EventOutcome::Done(_) => tracing::info!(%device, %event, "the event took effect"),
        EventOutcome::Refused(reason) => tracing::warn!(%device, %event, reason, "the event does not fit"),
    }
}
