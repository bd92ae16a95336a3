//! `PUT /manage/clock` and `POST /manage/reset`: for tests, where `[test] clock` is set.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::reply::{self, Body, Outcome, Refused};
use crate::{
    domain::{instant_text, parse_instant},
    service::App,
};

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    now: String,
}

#[derive(Serialize)]
struct Stands {
    now: String,
}

pub(super) async fn set(service: web::Data<App>, body: Body) -> HttpResponse {
    reply::json(move_to(&service, body))
}

fn move_to(service: &App, body: Body) -> Outcome<Stands> {
    must_be_a_test(service)?;
    let Wanted { now } = reply::read(reply::whole(body))?;
    let to = parse_instant(&now).map_err(|reason| Refused::malformed("now", reason))?;
    service.move_clock(to).map_err(|reason| Refused::new(StatusCode::FORBIDDEN, reason))?;
    Ok(Stands { now: instant_text(to) })
}

pub(super) async fn reset(service: web::Data<App>) -> HttpResponse {
    reply::blocking(move || {
        must_be_a_test(&service)?;
        service.reset().map_err(Refused::fault)?;
        Ok(serde_json::json!({}))
    })
    .await
}

fn must_be_a_test(service: &App) -> Outcome<()> {
    service.require_test_clock().map_err(|reason| Refused::new(StatusCode::FORBIDDEN, reason))
}
