//! `GET /manage/firmware/days`, `/scope`, `POST /manage/firmware/check` and `/plan`: they change nothing.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use validator::Validate;

use super::refusal::{parsed, refusal, required};
use crate::{
    domain::{ImageSize, Malformed, parse_date},
    rules::firmware::ProposedDelivery,
    service::{App, FirmwareCheck},
    web::{
        body::BufferedBody,
        firmware::{ShownContactCheck, ShownFirmwareDays, ShownFirmwarePlan, ShownFirmwareScope},
        manage::reply::{self, ApiError, ApiResult, BodyResult},
    },
};

/// The days of an answer to a question that names no number.
const DEFAULT_DAYS: u16 = 28;
/// The most days of an answer.
const MAX_DAYS: u16 = 800;

/// The query of days: the first one, which is today in London by default, and how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct DaysQuery {
    from: Option<String>,
    days: Option<String>,
}

pub(in crate::web::manage) async fn days(
    app: web::Data<App>,
    asked: Result<web::Query<DaysQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find_days(&app, &asked)).await,
        Err(error) => reply::json::<ShownFirmwareDays>(Err(ApiError::malformed("query", error))),
    }
}

fn find_days(app: &App, asked: &DaysQuery) -> ApiResult<ShownFirmwareDays> {
    let from = parsed("from", asked.from.as_deref(), parse_date)?;
    let number = |text: &str| {
        let number = text.parse::<u16>().ok().filter(|number| (1..=MAX_DAYS).contains(number));
        number.ok_or_else(|| Malformed::new(text, format!("a number of days: 1 to {MAX_DAYS}")))
    };
    let number = parsed("days", asked.days.as_deref(), number)?.unwrap_or(DEFAULT_DAYS);
    Ok(app.firmware_days(from, number).map_err(refusal)?.into())
}

pub(in crate::web::manage) async fn scope(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || app.firmware_scope().map(ShownFirmwareScope::from).map_err(refusal)).await
}

/// The body of `check`: what would be sent, and on top of whose day.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct CheckBody {
    #[validate(range(min = 1, message = "is 1 or more"))]
    size_bytes: u32,
    images: u32,
    #[validate(range(min = 1, max = 2, message = "is 1 or 2"))]
    smets: Option<u8>,
    user_id: Option<String>,
    day: Option<String>,
}

pub(in crate::web::manage) async fn check(app: web::Data<App>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || look(&app, body)).await
}

fn look(app: &App, body: ApiResult<BufferedBody>) -> ApiResult<ShownContactCheck> {
    let CheckBody { size_bytes, images, smets, user_id, day } = reply::read(body)?;
    let size = ImageSize::new(size_bytes).ok_or_else(|| ApiError::malformed("size_bytes", "is 1 or more"))?;
    let day = parsed("day", day.as_deref(), parse_date)?.unwrap_or_else(|| app.london_today());
    let delivery = ProposedDelivery { size, images, is_smets1: smets != Some(2), day };
    let user = parsed("user_id", user_id.as_deref(), str::parse)?;
    Ok(app.check_firmware(&FirmwareCheck { delivery, user }).map_err(refusal)?.into())
}

/// The body of `plan`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct PlanBody {
    #[validate(range(min = 1, message = "is 1 or more"))]
    images: u64,
    from: Option<String>,
    #[validate(range(min = 1, message = "is 1 or more"))]
    per_day: Option<u32>,
}

pub(in crate::web::manage) async fn plan(app: web::Data<App>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || propose(&app, body)).await
}

fn propose(app: &App, body: ApiResult<BufferedBody>) -> ApiResult<ShownFirmwarePlan> {
    let PlanBody { images, from, per_day } = reply::read(body)?;
    let from = required("from", from.as_deref(), parse_date)?;
    Ok(app.plan_firmware(images, from, per_day).map_err(refusal)?.into())
}
