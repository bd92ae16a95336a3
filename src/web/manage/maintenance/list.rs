//! `GET /manage/maintenance` and `.../check`.

use std::ops::Range;

use actix_web::{HttpResponse, web};
use jiff::SignedDuration;
use serde::Deserialize;

use super::{minute, refusal::refusal, value};
use crate::{
    domain::{LondonMonth, Timestamp},
    service::App,
    web::{
        manage::reply::{self, ApiError, ApiResult},
        planned_maintenance::{ShownMaintenance, ShownMonthCheck},
    },
};

/// The longest range that is listed at once: 800 days, as of a calendar.
const LONGEST: SignedDuration = SignedDuration::from_hours(800 * 24);

/// The query: a month, by default that of now; or windows that start within two times.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct MaintenanceQuery {
    month: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

pub(in crate::web::manage) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<MaintenanceQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ShownMaintenance>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &MaintenanceQuery) -> ApiResult<ShownMaintenance> {
    let found = match range(asked)? {
        Some(range) => app.maintenance_within(&range),
        None => app.maintenance_month(month(app, asked.month.as_deref())?),
    };
    Ok((&found.map_err(refusal)?).into())
}

/// The range that is asked for; none where a month is.
fn range(asked: &MaintenanceQuery) -> ApiResult<Option<Range<Timestamp>>> {
    let (from, to) = (minute("from", asked.from.as_deref())?, minute("to", asked.to.as_deref())?);
    match (&asked.month, from, to) {
        (_, None, None) => Ok(None),
        (None, Some(from), Some(to)) if to < from => Err(ApiError::malformed("to", "is before from")),
        (None, Some(from), Some(to)) if to.duration_since(from) > LONGEST => {
            Err(ApiError::malformed("to", "is more than 800 days after from"))
        }
        (None, Some(from), Some(to)) => Ok(Some(from..to)),
        (Some(_), ..) => Err(ApiError::malformed("month", "give a month, or from and to")),
        (None, ..) => Err(ApiError::malformed("query", "give from and to, or a month")),
    }
}

fn month(app: &App, text: Option<&str>) -> ApiResult<LondonMonth> {
    let now = || Ok(LondonMonth::of(app.clock().now().0));
    text.map_or_else(now, |text| value("month", text))
}

/// The query: the month, by default that of now.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct MonthQuery {
    month: Option<String>,
}

pub(in crate::web::manage) async fn check(
    app: web::Data<App>,
    asked: Result<web::Query<MonthQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => {
            let work = move || {
                let month = month(&app, asked.month.as_deref())?;
                Ok(ShownMonthCheck::from(&app.check_maintenance(month).map_err(refusal)?))
            };
            reply::blocking(work).await
        }
        Err(error) => reply::json::<ShownMonthCheck>(Err(ApiError::malformed("query", error))),
    }
}
