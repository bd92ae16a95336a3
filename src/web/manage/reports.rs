//! `GET /manage/reports/{name}`: a report by its name, as JSON or CSV. Those of a London month are a table (SERVICE.md 5.5); those of the
//! inventory may have a line for each of millions of Devices, and are sent as they are made.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use super::{
    hubs::parsed,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{LondonMonth, Malformed, parse_instant},
    service::{
        App, AskedReport, MonthlyReport, ReportName,
        inventory_reports::{InventoryFault, InventoryFormat, InventoryQuestion},
    },
    web::{
        report_stream,
        reports::{report_json, report_spreadsheet},
    },
};

/// The query: what the report is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedReportQuery {
    month: Option<String>,
    as_at: Option<String>,
    party: Option<String>,
    format: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    name: web::Path<String>,
    asked: Result<web::Query<NamedReportQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    match asked.and_then(|asked| question(&name, &asked)) {
        Ok((AskedReport::Inventory(question), format)) => send(app, question, format).await,
        Ok((AskedReport::Monthly(report, month), format)) => monthly(app, report, month, format).await,
        Err(refused) => reply::json::<()>(Err(refused)),
    }
}

fn question(name: &str, asked: &NamedReportQuery) -> ApiResult<(AskedReport, InventoryFormat)> {
    let unknown = |reason: Malformed| ApiError::new(StatusCode::NOT_FOUND, format!("report: {reason}"));
    let name = name.parse::<ReportName>().map_err(unknown)?;
    let month = parsed("month", asked.month.as_deref())?;
    let as_at = asked.as_at.as_deref().map(parse_instant).transpose();
    let as_at = as_at.map_err(|reason| ApiError::malformed("as_at", reason))?;
    let question = AskedReport::new(name, month, as_at, asked.party.clone());
    let question = question.map_err(|misplaced| ApiError::malformed(misplaced.field.as_str(), misplaced))?;
    let format = parsed("format", asked.format.as_deref())?.unwrap_or(InventoryFormat::Json);
    Ok((question, format))
}

async fn monthly(
    app: web::Data<App>,
    report: MonthlyReport,
    month: Option<LondonMonth>,
    format: InventoryFormat,
) -> HttpResponse {
    let make = move || {
        let month = month.unwrap_or_else(|| LondonMonth::of_day(app.london_today()));
        Ok((month, app.monthly_report(report, month).map_err(ApiError::fault)?))
    };
    match format {
        InventoryFormat::Csv => reply::csv(move || make().map(|(_, table)| report_spreadsheet(&table))).await,
        InventoryFormat::Json => {
            let shown =
                move || make().map(|(month, table)| report_json(report.as_str(), &month.to_string(), &table));
            reply::blocking(shown).await
        }
    }
}

async fn send(app: web::Data<App>, question: InventoryQuestion, format: InventoryFormat) -> HttpResponse {
    match report_stream::begin(app, question, format).await {
        Ok(sent) => sent.into_response(None),
        Err(fault) => reply::json::<()>(Err(refused(fault))),
    }
}

fn refused(fault: InventoryFault) -> ApiError {
    match fault {
        InventoryFault::Store(fault) => ApiError::fault(fault.into()),
        InventoryFault::Refused(refused) => ApiError::malformed(refused.field, refused.reason),
        InventoryFault::Write(_) | InventoryFault::Keys(_) => ApiError::broken(fault),
    }
}
