//! `GET /manage/outbox`: the messages that wait for delivery to Users, those that are parked, and those delivered; and
//! `POST /manage/outbox/{id}/retry` and `.../give-up`: sends a parked message again, or gives one up with a reason.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{
    page::page,
    reply::{self, ApiError, ApiResult, BodyResult},
};
use crate::{
    domain::instant_text,
    service::App,
    store::{ActOutcome, ListedMessage, MessageState, OutboxAct, Paged},
    web::body::BufferedBody,
};

/// The query: the state of the messages, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutboxQuery {
    state: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<OutboxQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ListedOutbox>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &OutboxQuery) -> ApiResult<ListedOutbox> {
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let state = asked.state.as_deref().map(str::parse::<MessageState>).transpose();
    let state = state.map_err(|reason| ApiError::malformed("state", reason))?;
    let Paged { rows, next } = app.outbox(state, page).map_err(ApiError::fault)?;
    let messages = rows.into_iter().map(ShownMessage::from).collect();
    Ok(ListedOutbox { messages, next: next.map(|id| id.to_string()) })
}

pub(super) async fn retry(app: web::Data<App>, id: web::Path<String>) -> HttpResponse {
    reply::blocking(move || resend(&app, &id)).await
}

fn resend(app: &App, id: &str) -> ApiResult<ActedOn> {
    let id = number(id)?;
    acted_on(id, app.resend(id, None).map_err(ApiError::fault)?, "sent again")
}

pub(super) async fn abandon(app: web::Data<App>, id: web::Path<String>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || abandon_with(&app, &id, body)).await
}

/// The body of a request to give a message up.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct GiveUp {
    #[validate(length(min = 1, max = 64, message = "has 1 to 64 characters"))]
    by: String,
    #[validate(length(min = 1, max = 500, message = "has 1 to 500 characters"))]
    reason: String,
}

fn abandon_with(app: &App, id: &str, body: ApiResult<BufferedBody>) -> ApiResult<ActedOn> {
    let (id, GiveUp { by, reason }) = (number(id)?, reply::read(body)?);
    let by = by.parse().map_err(|reason| ApiError::malformed("by", reason))?;
    let reason = reason.trim().parse().map_err(|reason| ApiError::malformed("reason", reason))?;
    acted_on(id, app.abandon(id, &by, reason).map_err(ApiError::fault)?, "given up")
}

fn number(id: &str) -> ApiResult<i64> {
    id.parse().map_err(|_| ApiError::malformed("id", "a message's number is wanted, as listed"))
}

fn acted_on(id: i64, outcome: ActOutcome, what: &str) -> ApiResult<ActedOn> {
    match outcome {
        ActOutcome::Done => Ok(ActedOn { id }),
        ActOutcome::Unfit(unfit) => {
            let reason = format!("message {id} cannot be {what}: {}", unfit.reason(instant_text));
            Err(ApiError::new(StatusCode::CONFLICT, reason))
        }
        ActOutcome::Unknown => Err(ApiError::new(StatusCode::NOT_FOUND, format!("there is no message {id}"))),
    }
}

/// What was asked for is done.
#[derive(Serialize)]
struct ActedOn {
    id: i64,
}

#[derive(Serialize)]
struct ListedOutbox {
    messages: Vec<ShownMessage>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct ShownMessage {
    id: i64,
    user_id: String,
    device_id: Option<String>,
    request_id: Option<String>,
    kind: &'static str,
    created_at: String,
    attempts: u64,
    /// Null where no attempt follows: after the delivery, and while it is parked.
    next_attempt_at: Option<String>,
    delivered_at: Option<String>,
    last_error: Option<String>,
    /// Null unless it is parked.
    parked: Option<Parked>,
    /// Null unless it was given up.
    given_up: Option<ShownGiveUp>,
}

/// When a message was given up, by whom, and why.
#[derive(Serialize)]
struct ShownGiveUp {
    at: String,
    by: Option<String>,
    reason: Option<String>,
}

impl From<OutboxAct> for ShownGiveUp {
    fn from(OutboxAct { act: _, by, reason, at }: OutboxAct) -> Self {
        Self { at: instant_text(at), by, reason }
    }
}

/// Since when a message is parked, and why.
#[derive(Serialize)]
struct Parked {
    at: String,
    reason: String,
}

impl From<ListedMessage> for ShownMessage {
    fn from(message: ListedMessage) -> Self {
        let state = message.state();
        let ListedMessage {
            id,
            user,
            device,
            request_id,
            kind,
            created_at,
            attempts,
            next_attempt_at,
            delivered_at,
            last_error,
            parked_at,
            given_up,
        } = message;
        let parked = parked_at.filter(|_| state == MessageState::Parked).map(|at| Parked {
            at: instant_text(at),
            reason: last_error.clone().unwrap_or_else(|| "refused as it is".to_owned()),
        });
        let is_waiting = state == MessageState::Waiting;
        Self {
            id,
            user_id: user.to_string(),
            device_id: device.map(|device| device.to_string()),
            request_id: request_id.map(|id| id.to_string()),
            kind: kind.as_str(),
            created_at: instant_text(created_at),
            attempts,
            next_attempt_at: is_waiting.then(|| instant_text(next_attempt_at)),
            delivered_at: delivered_at.map(instant_text),
            last_error,
            parked,
            given_up: given_up.map(ShownGiveUp::from),
        }
    }
}
