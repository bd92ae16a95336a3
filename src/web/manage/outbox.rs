//! `GET /manage/outbox`: the messages that wait for delivery to Users, and the latest delivered ones.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::reply::{self, ApiError, ApiResult};
use crate::{domain::instant_text, service::App, store::ListedMessage};

pub(super) async fn list(app: web::Data<App>) -> HttpResponse {
    reply::blocking(move || find(&app)).await
}

fn find(app: &App) -> ApiResult<ListedOutbox> {
    let messages = app.outbox().map_err(ApiError::fault)?;
    Ok(ListedOutbox { messages: messages.into_iter().map(ShownMessage::from).collect() })
}

#[derive(Serialize)]
struct ListedOutbox {
    messages: Vec<ShownMessage>,
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
    /// Null after the delivery.
    next_attempt_at: Option<String>,
    delivered_at: Option<String>,
    last_error: Option<String>,
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
        } = message;
        Self {
            id,
            user_id: user.to_string(),
            device_id: device.map(|device| device.to_string()),
            request_id: request_id.map(|id| id.to_string()),
            kind: kind.as_str(),
            created_at: instant_text(created_at),
            attempts,
            next_attempt_at: delivered_at.is_none().then(|| instant_text(next_attempt_at)),
            delivered_at: delivered_at.map(instant_text),
            last_error,
        }
    }
}
