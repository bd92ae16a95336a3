//! `GET` and `DELETE /manage/journal`: the last messages of a test instance, and what they were answered.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::{
    page::page,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{RequestId, instant_text},
    metrics::ForwardOutcome,
    service::{
        App,
        test_bench::{Header, Journal, JournalEntry, JournalFilter, JournalKind, Recorded},
    },
    store::Paged,
};

/// The query: which messages, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JournalQuery {
    kind: Option<String>,
    fault: Option<String>,
    rule: Option<String>,
    request_id: Option<String>,
    user: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<JournalQuery>, actix_web::Error>,
) -> HttpResponse {
    let asked = asked.map_err(|error| ApiError::malformed("query", error));
    reply::json(asked.and_then(|asked| find(&app, asked.into_inner())))
}

pub(super) async fn clear(app: web::Data<App>) -> HttpResponse {
    reply::json(journal(&app).map(|journal| serde_json::json!({ "removed": journal.clear() })))
}

pub(super) async fn request(app: web::Data<App>, number: web::Path<String>) -> HttpResponse {
    body(&app, &number, |recorded| recorded.request.as_ref())
}

pub(super) async fn answer(app: web::Data<App>, number: web::Path<String>) -> HttpResponse {
    body(&app, &number, |recorded| recorded.answer.as_ref())
}

fn journal(app: &App) -> ApiResult<&Journal> {
    let bench = app.test_bench().map_err(|reason| ApiError::new(StatusCode::FORBIDDEN, reason))?;
    let journal = bench.journal();
    if journal.is_on() {
        Ok(journal)
    } else {
        Err(ApiError::new(StatusCode::FORBIDDEN, "`[test] journal` is 0, which keeps none"))
    }
}

/// The bytes of a body, as they came or went.
fn body(app: &App, number: &str, part: impl Fn(&Recorded) -> Option<&Vec<u8>>) -> HttpResponse {
    let found = journal(app).and_then(|journal| {
        let entry = number.parse().ok().and_then(|number| journal.find(number));
        let bytes = entry.and_then(|entry| part(&entry.recorded).cloned());
        bytes.ok_or_else(|| {
            let reason = format!("the journal has no such body of a message `{number}`");
            ApiError::new(StatusCode::NOT_FOUND, reason)
        })
    });
    reply::bytes("application/xml", found)
}

fn find(app: &App, asked: JournalQuery) -> ApiResult<ListedMessages> {
    let journal = journal(app)?;
    let JournalQuery { kind, fault, rule, request_id, user, after, limit } = asked;
    let page = page(after.as_deref(), limit.as_deref())?;
    let kind = kind.as_deref().map(str::parse::<JournalKind>).transpose();
    let request_id = request_id.as_deref().map(str::parse::<RequestId>).transpose();
    let user = user.as_deref().map(str::parse).transpose();
    let filter = JournalFilter {
        kind: kind.map_err(|reason| ApiError::malformed("kind", reason))?,
        fault,
        rule,
        request_id: request_id.map_err(|reason| ApiError::malformed("request_id", reason))?,
        user: user.map_err(|reason| ApiError::malformed("user", reason))?,
    };
    let Paged { rows, next } = journal.page(&filter, page);
    let messages = rows.iter().map(|entry| ShownMessage::from(&**entry)).collect();
    Ok(ListedMessages { messages, next: next.map(|number| number.to_string()) })
}

#[derive(Serialize)]
struct ListedMessages {
    messages: Vec<ShownMessage>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct ShownMessage {
    number: i64,
    kind: &'static str,
    at: String,
    took_ms: u64,
    peer: Option<String>,
    path: String,
    user_id: Option<String>,
    request_id: Option<String>,
    service_reference_variant: Option<String>,
    fault: Option<String>,
    forwarded: Option<&'static str>,
    rule: Option<&'static str>,
    note: Option<String>,
    /// Null where the connection was closed without an answer.
    status: Option<u16>,
    /// Null where the body was not read.
    request_bytes: Option<usize>,
    answer_bytes: Option<usize>,
    request_headers: Vec<ShownHeader>,
    answer_headers: Vec<ShownHeader>,
}

#[derive(Serialize)]
struct ShownHeader {
    name: String,
    value: String,
}

impl From<&Header> for ShownHeader {
    fn from(header: &Header) -> Self {
        Self { name: header.name.clone(), value: header.value.clone() }
    }
}

impl From<&JournalEntry> for ShownMessage {
    fn from(JournalEntry { number, recorded }: &JournalEntry) -> Self {
        let headers = |headers: &[Header]| headers.iter().map(ShownHeader::from).collect();
        Self {
            number: *number,
            kind: recorded.kind.as_str(),
            at: instant_text(recorded.at),
            took_ms: u64::try_from(recorded.took.as_millis()).unwrap_or(u64::MAX),
            peer: recorded.peer.map(|peer| peer.to_string()),
            path: recorded.path.clone(),
            user_id: recorded.user.map(|user| user.to_string()),
            request_id: recorded.request_id.map(|id| id.to_string()),
            service_reference_variant: recorded.variant.map(|variant| variant.to_string()),
            fault: recorded.fault.clone(),
            forwarded: recorded.forwarded.map(ForwardOutcome::as_str),
            rule: recorded.rule,
            note: recorded.note.clone(),
            status: recorded.status,
            request_bytes: recorded.request.as_ref().map(Vec::len),
            answer_bytes: recorded.answer.as_ref().map(Vec::len),
            request_headers: headers(&recorded.request_headers),
            answer_headers: headers(&recorded.answer_headers),
        }
    }
}
