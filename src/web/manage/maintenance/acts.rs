//! `POST /manage/maintenance/publish` and `.../windows/{reference}/announce`, `extend`, `close` and `withdraw`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use validator::Validate;

use super::{minute, optional, refusal::refusal, value};
use crate::{
    domain::{Timestamp, parse_instant},
    service::{App, WindowClosing},
    web::{
        body::BufferedBody,
        manage::reply::{self, ApiError, ApiResult, BodyResult},
        planned_maintenance::{MaintenanceChange, ShownPublication},
    },
};

/// Declares a handler of a window's act: it reads the path and the body, and does the work.
macro_rules! act {
    ($name:ident, $work:ident) => {
        pub(in crate::web::manage) async fn $name(
            app: web::Data<App>,
            reference: web::Path<String>,
            body: BodyResult,
        ) -> HttpResponse {
            let body = reply::buffered(body);
            reply::blocking(move || $work(&app, &reference, body)).await
        }
    };
}

act!(announce, announced);
act!(extend, extended);
act!(close, closed);
act!(withdraw, withdrawn);

/// The body of `POST .../publish`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct PublishBody {
    month: String,
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    note: Option<String>,
}

pub(in crate::web::manage) async fn publish(app: web::Data<App>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || {
        let PublishBody { month, by, note } = reply::read(body)?;
        let (month, by) = (value("month", &month)?, value("by", &by)?);
        let note = optional("note", note.as_deref())?;
        let published = app.publish_maintenance(month, by, note).map_err(refusal)?;
        Ok(ShownPublication::from(&published))
    })
    .await
}

/// The body of `POST .../announce`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct AnnounceBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    aware_at: Option<String>,
    not_rdp: Option<bool>,
}

fn announced(app: &App, reference: &str, body: ApiResult<BufferedBody>) -> ApiResult<MaintenanceChange> {
    let AnnounceBody { by, aware_at, not_rdp } = reply::read(body)?;
    let (reference, by) = (value("reference", reference)?, value("by", &by)?);
    let aware_at = instant("aware_at", aware_at.as_deref())?;
    let is_for_rdp = !not_rdp.unwrap_or_default();
    let announced = app.announce_maintenance(reference, aware_at, is_for_rdp, by).map_err(refusal)?;
    Ok((&announced).into())
}

/// The body of `POST .../extend`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct ExtendBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    ends_at: String,
    note: String,
}

fn extended(app: &App, reference: &str, body: ApiResult<BufferedBody>) -> ApiResult<MaintenanceChange> {
    let ExtendBody { by, ends_at, note } = reply::read(body)?;
    let (reference, by) = (value("reference", reference)?, value("by", &by)?);
    let ends_at = crate::domain::parse_london_or_utc_minute(&ends_at);
    let ends_at = ends_at.map_err(|reason| ApiError::malformed("ends_at", reason))?;
    let extended = app.extend_maintenance(reference, ends_at, value("note", &note)?, by);
    let (details, notice) = extended.map_err(refusal)?;
    Ok(MaintenanceChange::new(&details, Some(notice)))
}

/// The body of `POST .../close`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct CloseBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    actual_start: Option<String>,
    actual_end: Option<String>,
    disrupted: String,
}

fn closed(app: &App, reference: &str, body: ApiResult<BufferedBody>) -> ApiResult<MaintenanceChange> {
    let CloseBody { by, actual_start, actual_end, disrupted } = reply::read(body)?;
    let (reference, by) = (value("reference", reference)?, value("by", &by)?);
    let closing = WindowClosing {
        started_at: minute("actual_start", actual_start.as_deref())?,
        ended_at: minute("actual_end", actual_end.as_deref())?,
        disrupted: value("disrupted", &disrupted)?,
    };
    let details = app.close_maintenance(reference, closing, by).map_err(refusal)?;
    Ok(MaintenanceChange::new(&details, None))
}

/// The body of `POST .../withdraw`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct WithdrawBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    reason: String,
}

fn withdrawn(app: &App, reference: &str, body: ApiResult<BufferedBody>) -> ApiResult<MaintenanceChange> {
    let WithdrawBody { by, reason } = reply::read(body)?;
    let (reference, by) = (value("reference", reference)?, value("by", &by)?);
    let reason = value("reason", &reason)?;
    let (details, notice) = app.withdraw_maintenance(reference, reason, by).map_err(refusal)?;
    Ok(MaintenanceChange::new(&details, notice))
}

fn instant(place: &str, text: Option<&str>) -> ApiResult<Option<Timestamp>> {
    text.map(parse_instant).transpose().map_err(|reason| ApiError::malformed(place, reason))
}
