//! `/manage/privacy/...`: the activity of Other Users, the assessments that it raises, and the report of a financial year.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::reply::{self, ApiError, ApiResult, BodyResult};
use crate::{
    domain::RegulatoryYear,
    service::{App, EvaluationFault, Fault},
    web::{
        body::BufferedBody,
        privacy::{ShownActivity, ShownEvaluation, ShownNotAssessed, ShownPrivacyReport},
    },
};

/// The query: the financial year, which is that of today by default; of the report, whether the shares are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct YearQuery {
    year: Option<String>,
}

/// The query of the report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    year: Option<String>,
    shares: Option<bool>,
}

fn year(app: &App, text: Option<&str>) -> ApiResult<RegulatoryYear> {
    let year = text.map(str::parse).transpose().map_err(|reason| ApiError::malformed("year", reason))?;
    Ok(year.unwrap_or_else(|| RegulatoryYear::of(app.london_today())))
}

/// Answers a question about a year on the blocking pool.
async fn about_year<T: Serialize + Send + 'static>(
    app: web::Data<App>,
    asked: Result<web::Query<YearQuery>, actix_web::Error>,
    find: fn(&App, RegulatoryYear) -> Result<T, Fault>,
) -> HttpResponse {
    match asked {
        Ok(asked) => {
            let work = move || find(&app, year(&app, asked.year.as_deref())?).map_err(ApiError::fault);
            reply::blocking(work).await
        }
        Err(error) => reply::json::<T>(Err(ApiError::malformed("query", error))),
    }
}

pub(super) async fn activity(
    app: web::Data<App>,
    asked: Result<web::Query<YearQuery>, actix_web::Error>,
) -> HttpResponse {
    about_year(app, asked, |app, year| app.privacy_activity(year).map(ShownActivity::from)).await
}

pub(super) async fn review(
    app: web::Data<App>,
    asked: Result<web::Query<YearQuery>, actix_web::Error>,
) -> HttpResponse {
    let find = |app: &App, year: RegulatoryYear| {
        app.privacy_review(year).map(|users| ShownNotAssessed::new(year.get(), users))
    };
    about_year(app, asked, find).await
}

pub(super) async fn report(
    app: web::Data<App>,
    asked: Result<web::Query<ReportQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => {
            let work = move || {
                let year = year(&app, asked.year.as_deref())?;
                let (report, shares) = app.privacy_report(year).map_err(ApiError::fault)?;
                Ok(ShownPrivacyReport::new(report, asked.shares.unwrap_or_default().then_some(shares)))
            };
            reply::blocking(work).await
        }
        Err(error) => reply::json::<ShownPrivacyReport>(Err(ApiError::malformed("query", error))),
    }
}

/// The body of `POST .../evaluate`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Evaluate {
    year: i16,
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
}

pub(super) async fn evaluate(app: web::Data<App>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || raise(&app, body)).await
}

fn raise(app: &App, body: ApiResult<BufferedBody>) -> ApiResult<ShownEvaluation> {
    let Evaluate { year: asked, by } = reply::read(body)?;
    let year = year(app, Some(&asked.to_string()))?;
    let by = by.parse().map_err(|reason| ApiError::malformed("by", reason))?;
    match app.evaluate_privacy(year, by) {
        Ok(evaluated) => Ok(evaluated.into()),
        Err(fault @ EvaluationFault::NoThreshold) => Err(ApiError::new(StatusCode::CONFLICT, fault)),
        Err(EvaluationFault::Fault(fault)) => Err(ApiError::fault(fault)),
    }
}
