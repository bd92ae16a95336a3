//! `GET /manage/outbox`: the messages that wait for delivery to Users, those that are parked, and those delivered; and
//! `POST /manage/outbox/{id}/retry`: sends a parked message again.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::{
    page::page,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::instant_text,
    service::App,
    store::{ListedMessage, MessageState, Paged, Resent},
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

fn resend(app: &App, id: &str) -> ApiResult<Requeued> {
    let id = id
        .parse::<i64>()
        .map_err(|_| ApiError::malformed("id", "a message's number is wanted, as listed"))?;
    match app.resend(id).map_err(ApiError::fault)? {
        Resent::Queued => Ok(Requeued { id }),
        Resent::NotParked => {
            let reason = format!("message {id} is not parked: it waits already, or was delivered");
            Err(ApiError::new(StatusCode::CONFLICT, reason))
        }
        Resent::Unknown => Err(ApiError::new(StatusCode::NOT_FOUND, format!("there is no message {id}"))),
    }
}

/// The message waits again, due at once.
#[derive(Serialize)]
struct Requeued {
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
}

/// Since when a message is parked, and why.
#[derive(Serialize)]
struct Parked {
    at: String,
    reason: String,
}

impl From<ListedMessage> for ShownMessage {
    fn from(message: ListedMessage) -> Self {
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
        } = message;
        let parked = parked_at.map(|at| Parked {
            at: instant_text(at),
            reason: last_error.clone().unwrap_or_else(|| "refused as it is".to_owned()),
        });
        let is_waiting = delivered_at.is_none() && parked.is_none();
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
        }
    }
}
