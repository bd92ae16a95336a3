//! `/manage/firmware/schedules`: what Users ask for, and what the Service Desk does with it.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use validator::Validate;

use super::refusal::{parsed, refusal, required};
use crate::{
    domain::{AskedBatch, BatchNumber, ImageSize, ScheduleAsk, ScheduleNumber, parse_date},
    service::{AgreeSchedule, App, ClashChoice},
    store::{ListOrder, ScheduleFilter},
    web::{
        body::BufferedBody,
        firmware::{ListedSchedules, ShownDeliverySchedule},
        manage::{
            page::page,
            reply::{self, ApiError, ApiResult, BodyResult},
        },
    },
};

/// The query of the list: which schedules, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct SchedulesQuery {
    state: Option<String>,
    user_id: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(in crate::web::manage) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<SchedulesQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ListedSchedules>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &SchedulesQuery) -> ApiResult<ListedSchedules> {
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let filter = ScheduleFilter {
        state: parsed("state", asked.state.as_deref(), str::parse)?,
        user: parsed("user_id", asked.user_id.as_deref(), str::parse)?,
    };
    Ok(app.firmware_schedules(filter, ListOrder::OldestFirst, page).map_err(refusal)?.into())
}

fn number(text: &str) -> ApiResult<ScheduleNumber> {
    text.parse().map_err(|reason| ApiError::malformed("id", reason))
}

pub(in crate::web::manage) async fn show(app: web::Data<App>, id: web::Path<String>) -> HttpResponse {
    let work = move || app.firmware_schedule(number(&id)?).map(ShownDeliverySchedule::from).map_err(refusal);
    reply::blocking(work).await
}

/// A batch of an ask. What is missing of the ask a rule says, and not the form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchBody {
    day: String,
    images: u32,
    update_firmware_on: Option<String>,
}

impl BatchBody {
    fn read(&self, place: usize) -> ApiResult<AskedBatch> {
        let Self { day, images, update_firmware_on } = self;
        let updated = parsed(
            &format!("batches[{place}].update_firmware_on"),
            update_firmware_on.as_deref(),
            parse_date,
        );
        Ok(AskedBatch {
            day: required(&format!("batches[{place}].day"), Some(day.as_str()), parse_date)?,
            images: *images,
            update_firmware_on: updated?,
        })
    }
}

/// The body of an ask.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct AskBody {
    user_id: Option<String>,
    firmware_hash: Option<String>,
    #[validate(range(min = 1, message = "is 1 or more"))]
    size_bytes: Option<u32>,
    images: Option<u32>,
    #[serde(default)]
    batches: Vec<BatchBody>,
    #[serde(default)]
    security: bool,
    reason: Option<String>,
    by: Option<String>,
}

pub(in crate::web::manage) async fn ask(app: web::Data<App>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || take(&app, body)).await
}

fn take(app: &App, body: ApiResult<BufferedBody>) -> ApiResult<ShownDeliverySchedule> {
    let body = reply::read::<AskBody>(body)?;
    let batches = body.batches.iter().zip(0..).map(|(batch, place)| batch.read(place));
    let ask = ScheduleAsk {
        user: required("user_id", body.user_id.as_deref(), str::parse)?,
        hash: required("firmware_hash", body.firmware_hash.as_deref(), str::parse)?,
        size: body.size_bytes.and_then(ImageSize::new),
        images: body.images,
        batches: batches.collect::<ApiResult<Vec<_>>>()?,
        security: body.security,
        reason: parsed("reason", body.reason.as_deref(), str::parse)?,
    };
    let by = required("by", body.by.as_deref(), str::parse)?;
    Ok(app.ask_firmware_schedule(ask, by).map_err(refusal)?.into())
}

/// The body of `agree`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct AgreeBody {
    by: Option<String>,
    reason: Option<String>,
    clash: Option<String>,
    #[serde(default)]
    displace: Vec<i64>,
}

pub(in crate::web::manage) async fn agree(
    app: web::Data<App>,
    id: web::Path<String>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || settle(&app, &id, body)).await
}

fn settle(app: &App, id: &str, body: ApiResult<BufferedBody>) -> ApiResult<ShownDeliverySchedule> {
    let number = number(id)?;
    let AgreeBody { by, reason, clash, displace } = reply::read(body)?;
    let clash = parsed("clash", clash.as_deref(), str::parse)?;
    let clash = ClashChoice::new(clash, displace.into_iter().map(BatchNumber).collect());
    let how = AgreeSchedule {
        by: required("by", by.as_deref(), str::parse)?,
        reason: required("reason", reason.as_deref(), str::parse)?,
        clash: clash.map_err(|reason| ApiError::malformed("displace", reason))?,
    };
    Ok(app.agree_firmware_schedule(number, how).map_err(refusal)?.into())
}

/// The body of `withdraw`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct WithdrawBody {
    by: Option<String>,
    reason: Option<String>,
}

pub(in crate::web::manage) async fn withdraw(
    app: web::Data<App>,
    id: web::Path<String>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    let work = move || {
        let number = number(&id)?;
        let WithdrawBody { by, reason } = reply::read(body)?;
        let by = required("by", by.as_deref(), str::parse)?;
        let reason = required("reason", reason.as_deref(), str::parse)?;
        let withdrawn = app.withdraw_firmware_schedule(number, by, reason).map_err(refusal)?;
        Ok(ShownDeliverySchedule::from(withdrawn))
    };
    reply::blocking(work).await
}
