//! `PUT /manage/clock` and `POST /manage/reset`: for tests, only if `[test] clock` is set.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::reply::{self, ApiError, ApiResult, BodyResult};
use crate::{
    domain::{ActorName, instant_text, parse_instant},
    service::{App, manage::ClockFault},
    web::body::BufferedBody,
};

/// The body of `PUT /manage/clock`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct ClockSetting {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    now: String,
}

/// The time that the clock was set to.
#[derive(Serialize)]
struct ClockTime {
    now: String,
}

pub(super) async fn set(app: web::Data<App>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || move_clock(&app, body)).await
}

fn move_clock(app: &App, body: ApiResult<BufferedBody>) -> ApiResult<ClockTime> {
    // First, so that a service outside tests refuses without looking at the body.
    require_test_clock(app)?;
    let ClockSetting { now } = reply::read(body)?;
    let to = parse_instant(&now).map_err(|reason| ApiError::malformed("now", reason))?;
    app.move_clock(to, ActorName::token()).map_err(|fault| match fault {
        ClockFault::NotTest(reason) => ApiError::new(StatusCode::FORBIDDEN, reason),
        ClockFault::Fault(fault) => ApiError::fault(fault),
    })?;
    Ok(ClockTime { now: instant_text(to) })
}

pub(super) async fn reset(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || {
        require_test_clock(&app)?;
        app.reset(ActorName::token()).map_err(ApiError::fault)?;
        Ok(serde_json::json!({}))
    })
    .await
}

fn require_test_clock(app: &App) -> ApiResult<()> {
    app.require_test_clock().map_err(|reason| ApiError::new(StatusCode::FORBIDDEN, reason))
}
