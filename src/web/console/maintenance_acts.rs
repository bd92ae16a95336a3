//! What is sent about a maintenance window. Each makes the call that the JSON of the management listener makes.

use std::str::FromStr;

use actix_web::{HttpResponse, web};

use super::{
    form::Form,
    maintenance_forms::case_key,
    maintenance_window::{answer, not_done, reference_of},
    page_error::{PageError, PageResult},
    refused::Refusal,
    reply::Answer,
    sent::Sent,
};
use crate::{
    domain::{
        ActorName, Timestamp,
        maintenance::{CaseId, WindowReference},
        parse_london_or_utc_minute,
    },
    service::{App, CaseOpening, MaintenanceFault, WindowClosing},
    web::manage::FieldFault,
};

/// What came of something that was sent: a field cannot be read, or the service did not do it, or it is done.
type ActOutcome<T> = Result<Result<T, MaintenanceFault>, FieldFault>;

/// Does one thing with a window.
async fn act<T: 'static>(
    sent: Sent,
    reference: web::Path<String>,
    key: &'static str,
    work: fn(&App, WindowReference, &Form, ActorName) -> ActOutcome<T>,
) -> HttpResponse {
    sent.answer(move |sent| {
        let reference = reference_of(&reference)?;
        let done = work(&sent.app, reference.clone(), &sent.form, ActorName::from(&sent.by));
        finish(sent, &reference, done, key)
    })
    .await
}

fn finish<T>(sent: &Sent, reference: &WindowReference, done: ActOutcome<T>, key: &str) -> PageResult<Answer> {
    let refused = match done {
        Err(fault) => Some(Refusal::from(fault)),
        Ok(outcome) => not_done(outcome)?,
    };
    answer(sent, reference, refused, key)
}

/// A window that is not planned is announced.
pub(super) async fn announce(sent: Sent, reference: web::Path<String>) -> HttpResponse {
    act(sent, reference, "announce", |app, reference, form, by| {
        let is_for_rdp = form.text("not_rdp").is_empty();
        Ok(app.announce_maintenance(reference, time("aware_at", form)?, is_for_rdp, by))
    })
    .await
}

/// A window that runs ends at another time.
pub(super) async fn extend(sent: Sent, reference: web::Path<String>) -> HttpResponse {
    act(sent, reference, "extend", |app, reference, form, by| {
        let ends_at = time("ends_at", form)?.ok_or_else(|| fault("ends_at", "missing"))?;
        Ok(app.extend_maintenance(reference, ends_at, required("note", form)?, by))
    })
    .await
}

/// A window is over.
pub(super) async fn close(sent: Sent, reference: web::Path<String>) -> HttpResponse {
    act(sent, reference, "close", |app, reference, form, by| {
        let closing = WindowClosing {
            started_at: time("actual_start", form)?,
            ended_at: time("actual_end", form)?,
            disrupted: required("disrupted", form)?,
        };
        Ok(app.close_maintenance(reference, closing, by))
    })
    .await
}

/// A window is withdrawn.
pub(super) async fn withdraw(sent: Sent, reference: web::Path<String>) -> HttpResponse {
    act(sent, reference, "withdraw", |app, reference, form, by| {
        Ok(app.withdraw_maintenance(reference, required("reason", form)?, by))
    })
    .await
}

/// A case about a window is opened.
pub(super) async fn open_case(sent: Sent, reference: web::Path<String>) -> HttpResponse {
    act(sent, reference, "cases", |app, reference, form, by| {
        let opening = CaseOpening {
            reference,
            kind: required("kind", form)?,
            party: required("party", form)?,
            reasons: optional("reasons", form)?,
        };
        Ok(app.open_maintenance_case(opening, by))
    })
    .await
}

/// A case is closed. Its window says what page that is.
pub(super) async fn close_case(sent: Sent, id: web::Path<String>) -> HttpResponse {
    sent.answer(move |sent| {
        let number =
            id.parse::<CaseId>().map_err(|_| PageError::not_found(format!("There is no case {id}.")))?;
        let by = ActorName::from(&sent.by);
        let window = sent.app.window_of_case(number).map_err(super::maintenance_refusal::unreadable)?;
        let read = || Ok((optional("outcome", &sent.form)?, optional("reason", &sent.form)?));
        let done =
            read().map(|(outcome, reason)| sent.app.close_maintenance_case(number, outcome, reason, by));
        finish(sent, &window, done, &case_key(number))
    })
    .await
}

fn fault(place: &str, reason: impl ToString) -> FieldFault {
    FieldFault { place: place.to_owned(), reason: reason.to_string() }
}

fn required<T: FromStr<Err: ToString>>(name: &str, form: &Form) -> Result<T, FieldFault> {
    optional(name, form)?.ok_or_else(|| fault(name, "missing"))
}

fn optional<T: FromStr<Err: ToString>>(name: &str, form: &Form) -> Result<Option<T>, FieldFault> {
    let text = form.text(name);
    (!text.is_empty())
        .then(|| text.parse().map_err(|reason: T::Err| fault(name, reason.to_string())))
        .transpose()
}

/// A time by London's clock, or in UTC.
fn time(name: &str, form: &Form) -> Result<Option<Timestamp>, FieldFault> {
    let text = form.text(name);
    (!text.is_empty())
        .then(|| parse_london_or_utc_minute(text).map_err(|reason| fault(name, reason)))
        .transpose()
}
