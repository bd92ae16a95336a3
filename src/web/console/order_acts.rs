//! What is sent about an order: its events, and the files of its site. Each makes the call that the JSON of the management listener makes.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    form::{Form, TOKEN_FIELD},
    multipart::{FILE_FIELD, SentFile},
    order::{self, address_of, number_of},
    page_error::PageResult,
    refused::Refusal,
    reply::Answer,
    sent::Sent,
};
use crate::{
    domain::{
        ActorName, instant_text,
        reflash::{OrderEvent, OrderNumber},
    },
    service::{App, OrderChange, ReflashFault},
    web::{
        local_time::local_instant,
        manage::{FieldFault, Fields},
    },
};

/// The fields of a time, which forms give by the wall clock.
const TIMES: [&str; 3] = ["sent_at", "started_at", "finished_at"];

/// Something happens to an order.
pub(super) async fn event(sent: Sent, number: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| {
        let number = number_of(&number)?;
        let key = sent.form.text("event").to_owned();
        let done = key.parse::<OrderEvent>().map_err(|reason| field_fault("event", reason));
        let done = done.map_err(Refusal::from).and_then(|event| {
            let texts = texts_of(&sent.form);
            let details = fields_of(&texts, &sent.form).event(event)?;
            Ok(OrderChange { order: number, by: ActorName::from(&sent.by), details })
        });
        let done = match done {
            Ok(change) => not_done(sent.app.change_reflash_order(change))?,
            Err(refusal) => Some(refusal),
        };
        answer(sent, number, done, &key)
    })
    .await
}

/// The file of a delivery comes in, or another one in its place.
pub(super) async fn received(
    sent: Sent,
    number: web::Path<String>,
    file: Option<web::ReqData<SentFile>>,
) -> HttpResponse {
    let keys = (OrderEvent::Receive, "CorrectDelivery");
    let read = |fields: &Fields<'_>, number| fields.delivery(number);
    take_file(sent, number, file, keys, read, App::receive_reflash_delivery).await
}

/// The file of outcomes comes in, or a correction.
pub(super) async fn outcomes(
    sent: Sent,
    number: web::Path<String>,
    file: Option<web::ReqData<SentFile>>,
) -> HttpResponse {
    let keys = (OrderEvent::Outcome, "CorrectOutcomes");
    let read = |fields: &Fields<'_>, number| fields.outcomes(number);
    take_file(sent, number, file, keys, read, App::report_reflash_outcomes).await
}

/// Takes a file that comes with an event, or corrects the one before: reads the fields beside it, and hands both to the service.
async fn take_file<R: 'static, T: 'static>(
    sent: Sent,
    number: web::Path<String>,
    file: Option<web::ReqData<SentFile>>,
    (event, correction): (OrderEvent, &'static str),
    read: fn(&Fields<'_>, OrderNumber) -> Result<R, FieldFault>,
    take: fn(&App, R, &[u8]) -> Result<T, ReflashFault>,
) -> HttpResponse {
    sent.answer(move |sent| {
        let number = number_of(&number)?;
        let key = key_of(&sent.form, correction, event);
        let texts = texts_with_name(sent);
        let done = match (read(&fields_of(&texts, &sent.form), number), content(file)) {
            (Err(fault), _) | (Ok(_), Err(fault)) => Some(fault.into()),
            (Ok(report), Ok(file)) => not_done(take(&sent.app, report, file.content.as_bytes()))?,
        };
        answer(sent, number, done, key)
    })
    .await
}

/// The units of the site take their next hubs.
pub(super) async fn batch(sent: Sent, number: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| {
        let number = number_of(&number)?;
        let done = not_done(sent.app.next_reflash_batch(number, ActorName::from(&sent.by)))?;
        answer(sent, number, done, OrderEvent::Batch.as_str())
    })
    .await
}

/// The form that a file came by: a correction says why.
fn key_of(form: &Form, correction: &'static str, first: OrderEvent) -> &'static str {
    let is_correction = form.fields().iter().any(|(name, _)| name == "reason");
    if is_correction { correction } else { first.as_str() }
}

fn content(file: Option<web::ReqData<SentFile>>) -> Result<SentFile, FieldFault> {
    let file = file.map(web::ReqData::into_inner).filter(|file| !file.content.as_bytes().is_empty());
    file.ok_or_else(|| field_fault(FILE_FIELD, "no file was chosen, or it is empty"))
}

fn field_fault(place: &str, reason: impl ToString) -> FieldFault {
    FieldFault { place: place.to_owned(), reason: reason.to_string() }
}

/// Why it was not done; none where it was.
fn not_done<T>(outcome: Result<T, ReflashFault>) -> PageResult<Option<Refusal>> {
    outcome.err().map(Refusal::of).transpose()
}

/// What was filled in, as the service takes it: an open slot as its day and window, times as instants.
fn texts_of(form: &Form) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let given = form.fields().iter().map(|(name, _)| (name.as_str(), form.text(name)));
    for (name, text) in given.filter(|(_, text)| !text.is_empty()) {
        match name {
            TOKEN_FIELD | "event" | "reasons" => {}
            "slot" => {
                let (on, window) = text.split_once(' ').unwrap_or((text, ""));
                texts.extend([
                    ("deliver_on".to_owned(), on.to_owned()),
                    ("window".to_owned(), window.to_owned()),
                ]);
            }
            name if TIMES.contains(&name) => {
                let instant = local_instant(text).map(instant_text);
                texts.push((name.to_owned(), instant.unwrap_or_else(|| text.to_owned())));
            }
            name => texts.push((name.to_owned(), text.replace("\r\n", "\n"))),
        }
    }
    texts
}

/// The same with the name of who is signed in.
fn texts_with_name(sent: &Sent) -> Vec<(String, String)> {
    let mut texts = texts_of(&sent.form);
    texts.retain(|(name, _)| name != "by");
    texts.push(("by".to_owned(), sent.by.to_string()));
    texts
}

fn fields_of<'a>(texts: &'a [(String, String)], form: &'a Form) -> Fields<'a> {
    let texts = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let reasons = form.fields().iter().filter(|(name, _)| name == "reasons");
    Fields::new(texts, reasons.map(|(_, label)| label.as_str()).collect())
}

/// The page of the order: as it is now, or with why what was sent is not done.
fn answer(sent: &Sent, number: OrderNumber, refusal: Option<Refusal>, key: &str) -> PageResult<Answer> {
    let Sent { app, frame, form, by } = sent;
    let Some(refusal) = refusal else {
        tracing::info!(%by, order = %number, act = key, "re-flash order changed at the console");
        return Ok(Answer::To(address_of(number)));
    };
    let status = refusal.status;
    if status == StatusCode::NOT_FOUND {
        return Err(super::page_error::PageError::not_found(refusal.reason));
    }
    let page = order::page(app, frame.clone(), number, None, Some(refusal), Some((key, form)))?;
    Answer::page_with(status, &page)
}
