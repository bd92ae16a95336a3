//! The messages that were refused before their sender was known: what an adapter that is being connected has got wrong.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    frame::Frame,
    page_error::{PageError, PageResult},
    query::{PAGE, Parameters},
    reply,
    rule_text::RuleText,
    shown::{RequestLink, When},
};
use crate::{
    domain::{ServiceReferenceVariant, escape_invisible_in_lines},
    service::{App, RefusedMessage, console::PageRequestValue},
};

/// As many as the service keeps, which are in memory.
const ALL: u16 = 1_000;

#[derive(Template)]
#[template(path = "refusals.html")]
struct RefusalsPage {
    frame: Frame,
    rows: Vec<RefusalRow>,
    next: Option<String>,
    is_first: bool,
}

/// A refused message as the page shows it.
struct RefusalRow {
    number: i64,
    at: When,
    status: u16,
    rule: RuleText,
    reason: String,
    request: Option<RequestLink>,
    service: Option<ServiceReferenceVariant>,
    /// Where it came from.
    peer: Option<String>,
    excerpt: Option<Excerpt>,
}

/// The beginning of a message, without characters that would not show.
struct Excerpt {
    text: String,
    message_bytes: usize,
    is_cut: bool,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    frame: Frame,
    row: RefusalRow,
}

impl From<RefusedMessage> for RefusalRow {
    fn from(message: RefusedMessage) -> Self {
        Self {
            number: message.number,
            at: When(message.at),
            status: message.status,
            rule: RuleText::of(message.reason.rule),
            reason: message.reason.text,
            request: message.reason.request_id.map(RequestLink),
            service: message.reason.variant,
            peer: message.peer.map(|peer| peer.to_string()),
            excerpt: message.excerpt.map(|excerpt| Excerpt {
                text: escape_invisible_in_lines(&excerpt.text),
                message_bytes: excerpt.message_bytes,
                is_cut: excerpt.is_cut,
            }),
        }
    }
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &["before"]);
    reply::page(frame.titled("Refused messages"), move |frame| find(&app, frame, &parameters?)).await
}

/// A page of them, the newest first: the service lists them the other way round.
fn find(app: &App, frame: Frame, parameters: &Parameters) -> PageResult<RefusalsPage> {
    let before = parameters.key("before")?;
    let kept = app.refusals(PageRequestValue::first(ALL)).rows;
    let mut older =
        kept.into_iter().rev().filter(|message| before.is_none_or(|before| message.number < before));
    let rows = older.by_ref().take(PAGE.into()).map(RefusalRow::from).collect::<Vec<_>>();
    let last = older.next().and(rows.last()).map(|row| row.number);
    Ok(RefusalsPage {
        frame,
        rows,
        next: last.map(|last| parameters.with("/refusals", "before", Some(last))),
        is_first: before.is_none(),
    })
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let frame = frame.titled(format!("Refused message {number}")).below("Refused messages", "/refusals");
    let work = move |frame| {
        let missing = || {
            PageError::not_found(format!(
                "Refused message {number} is not here: this instance keeps the last 1,000 since its start."
            ))
        };
        let found = number.parse().ok().and_then(|number| app.refusal(number)).ok_or_else(missing)?;
        Ok(RefusalPage { frame, row: RefusalRow::from(found) })
    };
    reply::page(frame, work).await
}
