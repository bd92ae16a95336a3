//! `GET /manage/inventory/reports/{name}`: a report of the inventory as JSON or CSV, sent as it is made. It may have a line for each of millions of Devices.

use std::io::Write;

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use super::{
    hubs::parsed,
    reply::{self, ApiError, ApiResult},
    stream::channel,
};
use crate::{
    domain::{InventoryReport, Malformed, parse_instant},
    service::{
        App,
        hubs::HubFault,
        inventory_reports::{
            InventoryFault, InventoryFormat, InventoryQuestion, inventory_sink, make_inventory_report,
        },
    },
};

/// The query: what the report is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InventoryQuery {
    as_at: Option<String>,
    party: Option<String>,
    format: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    name: web::Path<String>,
    asked: Result<web::Query<InventoryQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    match asked.and_then(|asked| question(&name, &asked)) {
        Ok((question, format)) => send(app, question, format).await,
        Err(refused) => reply::json::<()>(Err(refused)),
    }
}

fn question(name: &str, asked: &InventoryQuery) -> ApiResult<(InventoryQuestion, InventoryFormat)> {
    let unknown = |reason: Malformed| ApiError::new(StatusCode::NOT_FOUND, format!("report: {reason}"));
    let report = name.parse::<InventoryReport>().map_err(unknown)?;
    let as_at = asked.as_at.as_deref().map(parse_instant).transpose();
    let as_at = as_at.map_err(|reason| ApiError::malformed("as_at", reason))?;
    let question = InventoryQuestion { report, as_at, party: asked.party.clone() };
    question.check().map_err(|reason| ApiError::malformed("as_at", reason))?;
    let format = parsed("format", asked.format.as_deref())?.unwrap_or(InventoryFormat::Json);
    Ok((question, format))
}

/// Makes the report on the blocking pool, and sends what it writes. A fault before the first bytes is an answer of its own; one after
/// them breaks the connection, so that what was cut off does not look whole. A reader that goes away ends the reading.
async fn send(app: web::Data<App>, question: InventoryQuestion, format: InventoryFormat) -> HttpResponse {
    let (writer, chunks) = channel();
    let work = move || {
        let mut writer = writer;
        if let Err(fault) = make(&app, &question, format, &mut writer) {
            writer.fail(fault);
        }
    };
    drop(actix_web::rt::task::spawn_blocking(work));
    let media_type = match format {
        InventoryFormat::Json => "application/json",
        InventoryFormat::Csv => "text/csv; charset=utf-8",
    };
    match chunks.begun().await {
        Ok(chunks) => HttpResponse::Ok().content_type(media_type).body(chunks),
        Err(HubFault::Store(fault)) => reply::json::<()>(Err(ApiError::fault(fault.into()))),
        Err(HubFault::Write(_)) => HttpResponse::InternalServerError().finish(),
    }
}

fn make(
    app: &App,
    question: &InventoryQuestion,
    format: InventoryFormat,
    to: &mut dyn Write,
) -> Result<(), HubFault> {
    let mut sink = inventory_sink(format, to);
    let made = make_inventory_report(app.store(), question, app.clock(), sink.as_mut(), &mut |_| ());
    made.map_err(|fault| match fault {
        InventoryFault::Store(fault) => HubFault::Store(fault),
        InventoryFault::Write(fault) => HubFault::Write(fault),
    })
}
