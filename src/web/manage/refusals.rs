//! `GET /manage/refusals`: the last messages that were refused before a decision, with the reason.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    page::page,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::instant_text,
    service::{App, Reason, RefusedMessage},
    store::Paged,
};

/// The query: the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefusalQuery {
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<RefusalQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    reply::json(asked.and_then(|asked| find(&app, &asked)))
}

fn find(app: &App, asked: &RefusalQuery) -> ApiResult<ListedRefusals> {
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let Paged { rows, next } = app.refusals(page);
    let refusals = rows.into_iter().map(ShownRefusal::from).collect();
    Ok(ListedRefusals { refusals, next: next.map(|number| number.to_string()) })
}

#[derive(Serialize)]
struct ListedRefusals {
    refusals: Vec<ShownRefusal>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct ShownRefusal {
    number: i64,
    refused_at: String,
    status: u16,
    rule: &'static str,
    reason: String,
    request_id: Option<String>,
    service_reference_variant: Option<String>,
    peer: Option<String>,
    /// Null where the body was not read.
    excerpt: Option<String>,
    message_bytes: Option<usize>,
}

impl From<RefusedMessage> for ShownRefusal {
    fn from(message: RefusedMessage) -> Self {
        let RefusedMessage { number, at, status, reason, peer, excerpt } = message;
        let Reason { rule, text, request_id, variant } = reason;
        Self {
            number,
            refused_at: instant_text(at),
            status,
            rule,
            reason: text,
            request_id: request_id.map(|id| id.to_string()),
            service_reference_variant: variant.map(|variant| variant.to_string()),
            peer: peer.map(|peer| peer.to_string()),
            message_bytes: excerpt.as_ref().map(|excerpt| excerpt.message_bytes),
            excerpt: excerpt.map(|excerpt| excerpt.text),
        }
    }
}
