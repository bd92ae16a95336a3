//! `GET /manage/maintenance/feed.ics`, `.csv` and `.json`: the forward schedule; `GET /manage/maintenance/now`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ETag, EntityTag, Header as _, IfNoneMatch},
    web,
};
use serde::Deserialize;

use super::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{Malformed, maintenance::WindowCategory},
    rules::forward_schedule::ForwardSpan,
    service::App,
    web::{forward_schedule::FeedFormat, maintenance_now::ShownNow},
};

/// The query: how many months, and the windows of which category.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedQuery {
    months: Option<String>,
    category: Option<String>,
}

type FeedQueryResult = Result<web::Query<FeedQuery>, actix_web::Error>;

pub(super) async fn ics(request: HttpRequest, app: web::Data<App>, asked: FeedQueryResult) -> HttpResponse {
    feed(FeedFormat::Ics, &request, app, asked).await
}

pub(super) async fn csv(request: HttpRequest, app: web::Data<App>, asked: FeedQueryResult) -> HttpResponse {
    feed(FeedFormat::Csv, &request, app, asked).await
}

pub(super) async fn json(request: HttpRequest, app: web::Data<App>, asked: FeedQueryResult) -> HttpResponse {
    feed(FeedFormat::Json, &request, app, asked).await
}

/// The feed with its ETag; 304 to who has it already.
async fn feed(
    format: FeedFormat,
    request: &HttpRequest,
    app: web::Data<App>,
    asked: FeedQueryResult,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    let made = web::block(move || asked.and_then(|asked| text(format, &app, &asked))).await;
    let (text, tag) = match made.unwrap_or_else(|fault| Err(ApiError::broken(fault))) {
        Ok(text) => {
            let tag = EntityTag::new_strong(App::content_tag(&text));
            (text, tag)
        }
        Err(refused) => return reply::json::<()>(Err(refused)),
    };
    let is_known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header(ETag(tag));
    if is_known { answer.finish() } else { answer.content_type(format.media_type()).body(text) }
}

fn text(format: FeedFormat, app: &App, asked: &FeedQuery) -> ApiResult<String> {
    let months = asked.months.as_deref().map(months).transpose()?.unwrap_or(ForwardSpan::MONTHS);
    let category = asked.category.as_deref().map(str::parse::<WindowCategory>).transpose();
    let category = category.map_err(|reason: Malformed| ApiError::malformed("category", reason))?;
    let (span, windows) = app.forward_windows(months, category).map_err(ApiError::fault)?;
    format.text(span, &windows, &app.choices().instance).map_err(ApiError::broken)
}

fn months(text: &str) -> ApiResult<u16> {
    let months = text.parse().ok().filter(|months| (1..=ForwardSpan::MAX_MONTHS).contains(months));
    let reason = || format!("give a number from 1 to {}", ForwardSpan::MAX_MONTHS);
    months.ok_or_else(|| ApiError::malformed("months", reason()))
}

pub(super) async fn now(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || app.maintenance_now().map(ShownNow::from).map_err(ApiError::fault)).await
}
