//! `GET /manage/reports/{name}?month=`: a report of a London month as JSON; with `.csv` behind its name, as CSV (SERVICE.md 5.5).

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use super::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{Malformed, reflash::Month},
    service::{App, MonthlyReport, ReportTable},
    web::reports::{report_csv, report_json},
};

/// The query: the month, which is that of today by default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MonthQuery {
    month: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    name: web::Path<String>,
    asked: Result<web::Query<MonthQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = match asked {
        Ok(asked) => asked,
        Err(error) => return reply::json::<()>(Err(ApiError::malformed("query", error))),
    };
    match name.strip_suffix(".csv").map(str::to_owned) {
        Some(name) => {
            let work =
                move || make(&app, &name, asked.month.as_deref()).map(|(.., table)| report_csv(&table));
            reply::csv(work).await
        }
        None => {
            let work = move || {
                let (report, month, table) = make(&app, &name, asked.month.as_deref())?;
                Ok(report_json(report.as_str(), &month.to_string(), &table))
            };
            reply::blocking(work).await
        }
    }
}

fn make(app: &App, name: &str, month: Option<&str>) -> ApiResult<(MonthlyReport, Month, ReportTable)> {
    let unknown = |reason: Malformed| ApiError::new(StatusCode::NOT_FOUND, format!("report: {reason}"));
    let report = name.parse::<MonthlyReport>().map_err(unknown)?;
    let month = month.map(str::parse).transpose().map_err(|reason| ApiError::malformed("month", reason))?;
    let month = month.unwrap_or_else(|| Month::of(app.london_today()));
    Ok((report, month, app.monthly_report(report, month).map_err(ApiError::fault)?))
}
