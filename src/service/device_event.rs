//! Device events: one transaction decides the event, applies its changes, and queues the answer to the request that it
//! completes.

use super::{App, Fault, alerts::PlannedAlert, console::PersonName};
use crate::{
    db::Connection,
    domain::{
        Awaited, Change, Decision, Device, DeviceDetails, Eui64, FirmwareVersion, Now, RecordedChange,
        RequestId, Response, SmiStatus,
    },
    duis::xml,
    rules::event::{self, DeviceEvent, EventFacts, NotApplicable, ReportedFirmware},
    store::{self, Cause, HistoryPlace, MessageKind, NewDecision, NewMessage, Session},
};

/// The outcome of a Device event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventOutcome {
    /// The changes that were made and committed.
    Applied(Vec<Change>),
    /// The event does not apply, and nothing was changed: the reason.
    Refused(String),
}

/// A Device event as a person reports it at the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonsReport {
    /// The Device.
    pub device: Eui64,
    /// The event.
    pub event: DeviceEvent,
    /// For [`DeviceEvent::FirmwareReported`]: the version.
    pub version: Option<FirmwareVersion>,
    /// Who reports it.
    pub by: PersonName,
    /// The end of the Device's history when the form was made.
    pub seen: HistoryPlace,
}

/// The outcome of a report by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportOutcome {
    /// The event was decided.
    Decided(EventOutcome),
    /// The Device changed since the form was made, and nothing was done: the changes, oldest first.
    Overtaken(Vec<RecordedChange>),
}

/// The most changes that a person is told of who was overtaken.
const MAX_TOLD: u16 = 50;

/// The interface that the history of SMI Statuses names for an event.
const INTERFACE: &str = "event";

impl App {
    /// Decides and applies an event of a Device. Blocks until its changes are committed.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn device_event(&self, device: Eui64, event: DeviceEvent) -> Result<EventOutcome, Fault> {
        self.transact_event(device, event, None)
    }

    /// Decides and applies an event that a person reports, unless the Device changed since the person looked at it. Blocks until its
    /// changes are committed.
    ///
    /// # Errors
    /// When the store or the signer fails; nothing was changed then.
    pub fn report_by_person(&self, report: PersonsReport) -> Result<ReportOutcome, Fault> {
        let now = self.clock().now();
        let (service, reported) = (self.clone(), report.clone());
        let work = move |connection: &mut Connection| {
            let PersonsReport { device, event, version, by, seen } = &reported;
            // In the transaction: nobody comes in between.
            let since = store::device_history(connection, *device, Some(*seen), MAX_TOLD)?;
            if !since.changes.is_empty() {
                return Ok(ReportOutcome::Overtaken(since.changes));
            }
            let by = format!("reported by {by} at the console");
            let event = (*event, version.as_ref(), Some(by.as_str()));
            service.apply_event(connection, *device, event, now).map(ReportOutcome::Decided)
        };
        let outcome = self.count_fault(self.store().transact(work))?;
        if let ReportOutcome::Decided(decided) = &outcome {
            log_event(report.device, report.event, decided, Some(&report.by));
        }
        Ok(outcome)
    }

    /// Decides and applies the report of a Device's firmware version. Blocks until its changes are committed.
    ///
    /// # Errors
    /// When the store fails; nothing was changed then.
    pub fn firmware_reported(&self, device: Eui64, version: FirmwareVersion) -> Result<EventOutcome, Fault> {
        self.transact_event(device, DeviceEvent::FirmwareReported, Some(version))
    }

    fn transact_event(
        &self,
        device: Eui64,
        event: DeviceEvent,
        version: Option<FirmwareVersion>,
    ) -> Result<EventOutcome, Fault> {
        let now = self.clock().now();
        let service = self.clone();
        let work = move |connection: &mut Connection| {
            service.apply_event(connection, device, (event, version.as_ref(), None), now)
        };
        let outcome = self.count_fault(self.store().transact(work))?;
        // After the commit, and not in the work: the store may retry that.
        log_event(device, event, &outcome, None);
        Ok(outcome)
    }

    /// Decides and applies an event within the caller's transaction.
    fn apply_event(
        &self,
        connection: &mut Connection,
        device: Eui64,
        (event, version, reason): (DeviceEvent, Option<&FirmwareVersion>, Option<&str>),
        now: Now,
    ) -> Result<EventOutcome, Fault> {
        let Some(found) = store::find_device(connection, device)? else {
            return Ok(EventOutcome::Refused(format!("device `{device}` is not in the inventory")));
        };
        let facts = EventFacts {
            gpf: store::gpf_of_meter(connection, &found)?,
            firmware: version.map(|version| reported(connection, &found, version)).transpose()?,
            device: found,
            before_suspension: store::status_before(connection, device, SmiStatus::Suspended)?,
            awaited: store::awaited_of_device(connection, device)?,
        };
        let effects = match event::decide(event, &facts, now, self.choices().rules, &self.choices().codes) {
            Err(NotApplicable(reason)) => return Ok(EventOutcome::Refused(reason)),
            Ok(effects) => effects,
        };
        let request = effects.completes.as_ref().map(|(awaited, _)| awaited.request_id);
        let alerts = self.plan_alerts(&mut Session::new(connection), &effects.changes, now)?;
        // Before the inventory takes the version that it is compared with.
        if let Some(version) = version {
            self.enqueue_firmware_alert(connection, &facts.device, version, now)?;
        }
        store::apply(connection, &effects.changes, &cause(request, reason), now)?;
        if let Some((awaited, decision)) = &effects.completes {
            self.enqueue_answer(connection, awaited, decision, now)?;
            let outcome = PlannedAlert::of_han_log(awaited, event == DeviceEvent::ChfWhitelistConfirmed);
            self.enqueue_alerts(connection, &[outcome], now)?;
        }
        self.enqueue_alerts(connection, &alerts, now)?;
        Ok(EventOutcome::Applied(effects.changes))
    }

    /// Records the decision that completes a request, and puts its answer into the outbox for the User's Receive Response
    /// address. The schema has no special element for such an answer. It is a ResponseMessage without data, with the
    /// request's RequestID and a ResponseID of the CHF (ours).
    fn enqueue_answer(
        &self,
        connection: &mut Connection,
        awaited: &Awaited,
        decision: &Decision,
        now: Now,
    ) -> Result<(), Fault> {
        let Awaited { request_id, schema_version, chf, device, .. } = awaited;
        let RequestId { originator, counter, .. } = *request_id;
        let variant = crate::domain::ServiceRequest::UpdateHanDeviceLog.variant();
        let own = store::find_user(connection, originator)?.and_then(|user| user.answer_version);
        let response = Response {
            schema_version: self.version_for(originator, own, schema_version),
            request_id: Some(*request_id),
            response_id: Some(RequestId { originator: *chf, target: originator, counter }),
            code: decision.code,
            at: now.0,
            variant,
            payload: None,
        };
        let message = self.signed(&xml::encode(&response), now)?;
        let record = NewDecision {
            request_id,
            user: originator,
            device: Some(*device),
            variant: Some(variant),
            code: decision.code,
            rule: decision.decided_by(),
            at: now,
            steps: &decision.steps,
            changes: &[],
            is_first_answer: false,
        };
        store::record_decision(connection, &self.0.choices.instance, record)?;
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

/// The firmware that a Device reported, with the entry of its model with that version.
fn reported(
    connection: &mut Connection,
    device: &Device,
    version: &FirmwareVersion,
) -> Result<ReportedFirmware, Fault> {
    let details = DeviceDetails { firmware_version: Some(version.clone()), ..device.details.clone() };
    let model = store::model_facts(connection, device.device_type, &details)?;
    Ok(ReportedFirmware { version: version.clone(), model })
}

/// The cause of the changes, for the history: the event, on behalf of the User whose request it completes, and the person who reported it.
fn cause(request: Option<RequestId>, reason: Option<&str>) -> Cause<'_> {
    Cause { user: request.map(|id| id.originator), request_id: request, interface: INTERFACE, reason }
}

fn log_event(device: Eui64, event: DeviceEvent, outcome: &EventOutcome, by: Option<&PersonName>) {
    let by = by.map(ToString::to_string);
    match outcome {
        EventOutcome::Applied(_) => tracing::info!(%device, %event, by, "device event applied"),
        EventOutcome::Refused(reason) => tracing::warn!(%device, %event, by, reason, "device event refused"),
    }
}
