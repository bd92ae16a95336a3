//! The time line of a Device as a download, with the names of `GET /manage/devices/{id}/history`; in CSV a row a field.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, Parameters, history_place},
    reply::{self, Answer},
};
use crate::{
    domain::{Eui64, FieldChange, RecordedChange, instant_text},
    service::{App, console::HistoryPageValue},
};

/// The parameters of the address.
const KNOWN: [&str; 1] = ["after"];
/// The columns of the CSV.
const COLUMNS: [&str; 9] =
    ["at", "event", "field", "before", "after", "by", "interface", "request_id", "reason"];

fn find(app: &App, id: &str, parameters: &Parameters) -> PageResult<(Eui64, HistoryPageValue)> {
    let after = parameters.value_by("after", history_place)?;
    let known = id.parse::<Eui64>().map_err(|_| PageError::unknown_device(id))?;
    let page = app.device_history(known, after, DOWNLOAD)?;
    page.map(|page| (known, page)).ok_or_else(|| PageError::unknown_device(id))
}

pub(super) async fn csv(
    app: web::Data<App>,
    frame: Frame,
    id: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move || {
        let parameters = parameters?;
        let (id, HistoryPageValue { changes, next }) = find(&app, &id, &parameters)?;
        let file = File::csv(&format!("history-{id}"), COLUMNS, changes.iter().flat_map(rows))?;
        let next =
            next.map(|place| parameters.with(&format!("/devices/{id}/history.csv"), "after", Some(place)));
        Ok(Answer::File(file.followed_by(next)))
    };
    reply::answer(frame, work).await
}

/// The rows of a change: one a field, and one of a change that names no field.
fn rows(change: &RecordedChange) -> Vec<[String; 9]> {
    let ListedChange { event, at, by, request_id, interface, reason, fields } = ListedChange::from(change);
    let row = |field: Option<&ListedField>| {
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        [
            at.clone(),
            event.to_owned(),
            field.map_or("", |field| field.field).to_owned(),
            text(field.and_then(|field| field.before.as_ref())),
            text(field.and_then(|field| field.after.as_ref())),
            text(by.as_ref()),
            interface.clone(),
            text(request_id.as_ref()),
            text(reason.as_ref()),
        ]
    };
    if fields.is_empty() { vec![row(None)] } else { fields.iter().map(|field| row(Some(field))).collect() }
}

#[derive(Serialize)]
struct ListedTimeLine {
    device_id: String,
    changes: Vec<ListedChange>,
    /// The address of the next part; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct ListedChange {
    event: &'static str,
    at: String,
    by: Option<String>,
    request_id: Option<String>,
    interface: String,
    reason: Option<String>,
    fields: Vec<ListedField>,
}

#[derive(Serialize)]
struct ListedField {
    field: &'static str,
    before: Option<String>,
    after: Option<String>,
}

impl From<&RecordedChange> for ListedChange {
    fn from(change: &RecordedChange) -> Self {
        let RecordedChange { at, by, request_id, interface, reason, fields } = change;
        let field = |FieldChange { field, before, after }: &FieldChange| ListedField {
            field: field.as_str(),
            before: before.clone(),
            after: after.clone(),
        };
        Self {
            event: change.event().as_str(),
            at: instant_text(*at),
            by: by.map(|by| by.to_string()),
            request_id: request_id.map(|id| id.to_string()),
            interface: interface.clone(),
            reason: reason.clone(),
            fields: fields.iter().map(field).collect(),
        }
    }
}

pub(super) async fn json(
    app: web::Data<App>,
    frame: Frame,
    id: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move || {
        let parameters = parameters?;
        let (id, HistoryPageValue { changes, next }) = find(&app, &id, &parameters)?;
        let list = ListedTimeLine {
            device_id: id.to_string(),
            changes: changes.iter().map(ListedChange::from).collect(),
            next: next
                .map(|place| parameters.with(&format!("/devices/{id}/history.json"), "after", Some(place))),
        };
        Ok(Answer::File(File::json(&format!("history-{id}"), &list)?))
    };
    reply::answer(frame, work).await
}
