//! The time line of a Device as a download, with the names of `GET /manage/devices/{id}/history`; in CSV a row a field.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::{
    download::File,
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, Parameters, history_place},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{Eui64, RecordedChange, instant_text},
    service::{App, console::HistoryPageValue},
    web::manage::{ShownField, ShownRecordedChange},
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

pub(super) async fn download(wanted: Wanted, id: web::Path<String>) -> HttpResponse {
    let work = move |asked: &Download| {
        let (id, HistoryPageValue { changes, next, kept_since }) = find(&asked.app, &id, &asked.parameters)?;
        let (name, next) = (format!("history-{id}"), asked.next("after", next));
        let file = match asked.format {
            Format::Csv => File::csv(&name, COLUMNS, changes.iter().flat_map(rows))?,
            Format::Json => {
                let changes = changes.iter().map(ShownRecordedChange::from).collect();
                let (device_id, kept_since) = (id.to_string(), kept_since.map(instant_text));
                File::json(&name, &ListedTimeLine { device_id, changes, next: next.clone(), kept_since })?
            }
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}

/// The rows of a change: one a field, and one of a change that names no field.
fn rows(change: &RecordedChange) -> Vec<[String; 9]> {
    let ShownRecordedChange { event, at, by, request_id, interface, reason, fields } =
        ShownRecordedChange::from(change);
    let row = |field: Option<&ShownField>| {
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
    changes: Vec<ShownRecordedChange>,
    /// The address of the next part; null on the last one.
    next: Option<String>,
    /// Since when every change of the Device is kept; null where all are.
    kept_since: Option<String>,
}
