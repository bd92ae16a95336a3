//! The form of Device events, for operators: what a Device, its CSP or the DCC reports, as `POST /manage/devices/{id}/events` takes it.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    device_history::ChangeRow,
    form::Form,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::history_place,
    reply::Answer,
    sent::Sent,
};
use crate::{
    domain::{Eui64, FirmwareVersion, Malformed},
    rules::event::DeviceEvent,
    service::{EventOutcome, PersonsReport, ReportOutcome, console::HistoryPlaceValue},
};

/// The form, with what was filled in.
#[derive(Clone, Debug)]
pub(super) struct EventForm {
    pub(super) id: Eui64,
    /// The end of the time line that its reader sees.
    pub(super) seen: String,
    pub(super) event: String,
    pub(super) version: String,
}

impl EventForm {
    pub(super) fn new(id: Eui64, seen: HistoryPlaceValue) -> Self {
        Self { id, seen: seen.to_string(), event: String::new(), version: String::new() }
    }

    /// The events that there are.
    pub(super) fn events(&self) -> impl Iterator<Item = &'static str> {
        DeviceEvent::ALL.iter().map(|event| event.as_str())
    }
}

#[derive(Template)]
#[template(path = "device_event.html")]
struct EventPage {
    frame: Frame,
    /// Why the event was not taken.
    reason: String,
    /// The changes of others since the form was made.
    history: Vec<ChangeRow>,
    form: EventForm,
}

pub(super) async fn report(sent: Sent, id: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| take(sent, &id)).await
}

fn take(Sent { app, frame, form, by }: &Sent, id: &str) -> PageResult<Answer> {
    let device = id.parse::<Eui64>().map_err(|_| PageError::unknown_device(id))?;
    let address = format!("/devices/{device}");
    let missing = || PageError::not_found(format!("Device {device} is not in the inventory."));
    let last = app.last_history_place(device)?.ok_or_else(missing)?;
    let frame = frame.clone();
    let frame =
        frame.titled("Event not taken").below("Search", "/search").below(&device.to_string(), &address);
    let kept = EventForm {
        id: device,
        // What is sent again is sent in sight of what this page tells.
        seen: last.to_string(),
        event: form.text("event").to_owned(),
        version: form.text("version").to_owned(),
    };
    let page = |reason: String, history: Vec<ChangeRow>| EventPage { frame, reason, history, form: kept };
    let read = match read(form) {
        Ok(read) => read,
        Err(fault) => return Answer::page_with(StatusCode::BAD_REQUEST, &page(fault.reason, Vec::new())),
    };
    let (event, version, seen) = read;
    match app.report_by_person(PersonsReport { device, event, version, by: by.clone(), seen })? {
        ReportOutcome::Decided(EventOutcome::Applied(_)) => Ok(Answer::To(format!("{address}#history"))),
        ReportOutcome::Decided(EventOutcome::Refused(reason)) => {
            let reason = format!("{reason}. Nothing was changed.");
            Answer::page_with(StatusCode::CONFLICT, &page(reason, Vec::new()))
        }
        ReportOutcome::Overtaken(changes) => {
            let reason =
                "This Device changed since you looked at it. Nothing was done. This is what happened:";
            let history = changes.iter().map(ChangeRow::from).collect();
            Answer::page_with(StatusCode::CONFLICT, &page(reason.to_owned(), history))
        }
    }
}

type ReadForm = (DeviceEvent, Option<FirmwareVersion>, HistoryPlaceValue);

fn read(form: &Form) -> Result<ReadForm, PageError> {
    let fault = |field: &str, reason: &str| PageError::bad_request(&format!("Field `{field}`"), reason);
    let malformed = |field: &'static str| move |reason: Malformed| fault(field, &reason.to_string());
    let event = form.text("event").parse::<DeviceEvent>().map_err(malformed("event"))?;
    let version = Some(form.text("version")).filter(|text| !text.is_empty());
    match (event, version) {
        (DeviceEvent::FirmwareReported, None) => {
            return Err(fault("version", "is empty: `FirmwareReported` needs one"));
        }
        (DeviceEvent::FirmwareReported, Some(_)) | (_, None) => {}
        (event, Some(_)) => return Err(fault("version", &format!("must be empty: `{event}` has none"))),
    }
    let version = version.map(str::parse).transpose().map_err(malformed("version"))?;
    let seen = history_place(form.text("seen")).map_err(|reason| fault("seen", reason))?;
    Ok((event, version, seen))
}
