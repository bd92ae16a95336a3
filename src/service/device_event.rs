//! Device events: one transaction decides the event, applies its changes, and queues the answer to the request that it
//! completes.

use super::{App, Fault, alerts::PlannedAlert, console::PersonName, late_answer::LateAnswer};
use crate::{
    db::Connection,
    domain::{
        Change, Device, DeviceDetails, Eui64, FirmwareVersion, Now, RecordedChange, RequestId, SmiStatus,
    },
    rules::event::{self, Completed, DeviceEvent, EventFacts, NotApplicable, ReportedFirmware},
    store::{self, Cause, HistoryPlace, Session},
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
        let activation = store::activation_of_device(connection, device)?;
        // What a Device activated is the version that it reports.
        let is_activated = event == DeviceEvent::FirmwareActivated;
        let activated = activation.as_ref().filter(|_| is_activated).map(|activation| &activation.version);
        let firmware = version.or(activated);
        let facts = EventFacts {
            gpf: store::gpf_of_meter(connection, &found)?,
            firmware: firmware.map(|version| reported(connection, &found, version)).transpose()?,
            device: found,
            before_suspension: store::status_before(connection, device, SmiStatus::Suspended)?,
            awaited: store::awaited_of_device(connection, device)?,
            activation,
        };
        let effects = match event::decide(event, &facts, now, self.choices().rules, &self.choices().codes) {
            Err(NotApplicable(reason)) => return Ok(EventOutcome::Refused(reason)),
            Ok(effects) => effects,
        };
        let request = effects.completes.as_ref().map(|(completed, _)| completed.request_id());
        let alerts = self.plan_alerts(&mut Session::new(connection), &effects.changes, now)?;
        // Before the inventory takes the version that it is compared with.
        if let Some(version) = version {
            self.enqueue_firmware_alert(connection, &facts.device, version, now)?;
        }
        store::apply(connection, &effects.changes, &cause(request, reason), now)?;
        if let Some((completed, decision)) = &effects.completes {
            let answer = LateAnswer::of_event(completed);
            self.enqueue_late_answer(connection, &answer, decision, now)?;
            match completed {
                Completed::HanLog(awaited) => {
                    let is_confirmed = event == DeviceEvent::ChfWhitelistConfirmed;
                    let outcome = PlannedAlert::of_han_log(awaited, is_confirmed);
                    self.enqueue_alerts(connection, &[outcome], now)?;
                }
                Completed::Activation(_) => {}
            }
        }
        self.enqueue_alerts(connection, &alerts, now)?;
        Ok(EventOutcome::Applied(effects.changes))
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
