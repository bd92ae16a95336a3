//! `PUT /manage/import/{kind}`: a CSV file, all of it or nothing.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::reply::{self, Body, Outcome, Refused};
use crate::http::body::Whole;
use crate::pipeline::{
    Service,
    manage::{ImportFault, Kind, RowFault},
};

#[derive(Serialize)]
struct Done {
    rows: usize,
}

#[derive(Serialize)]
struct ShownFault<'a> {
    line: u64,
    column: Option<&'a str>,
    value: Option<&'a str>,
    reason: &'a str,
}

pub(super) async fn put(service: web::Data<Service>, kind: web::Path<String>, body: Body) -> HttpResponse {
    let body = reply::whole(body);
    reply::blocking(move || import(&service, &kind, body)).await
}

fn import(service: &Service, kind: &str, body: Outcome<Whole>) -> Outcome<Done> {
    let kind: Kind =
        kind.parse().map_err(|reason| Refused::new(StatusCode::NOT_FOUND, format!("kind: {reason}")))?;
    let csv = body?;
    match service.import(kind, csv.as_bytes()) {
        Ok(imported) => Ok(Done { rows: imported.rows }),
        Err(ImportFault::Rows { faults, total }) => Err(refusal(kind, &faults, total)),
        Err(ImportFault::Store(fault)) => Err(Refused::fault(fault.into())),
    }
}

/// The first faults, each with its place; how many there are in all.
fn refusal(kind: Kind, faults: &[RowFault], total: usize) -> Refused {
    let shown = faults.iter().map(|fault| {
        let RowFault { line, column, value, reason } = fault;
        ShownFault { line: *line, column: column.as_deref(), value: value.as_deref(), reason }
    });
    let first = faults.first().map(ToString::to_string).unwrap_or_default();
    let shown = serde_json::to_value(shown.collect::<Vec<_>>()).unwrap_or_default();
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{kind}: nothing imported; {first}"))
        .with("total", total.into())
        .with("faults", shown)
}
