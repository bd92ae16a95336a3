//! Faults on purpose: those that stand and what they did; an operator adds and removes them.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde_json::{Map, Value};

use super::{
    bench_tools::bench_of,
    form::Form,
    frame::Frame,
    page_error::{PageError, PageResult},
    refused::Refusal,
    reply::{self, Answer},
    sent::Sent,
};
use crate::{
    domain::ActorName,
    service::{
        App,
        test_bench::{FaultAction, FaultCondition, FaultCounts, FaultKind, FaultsFault, StandingFaults},
    },
    web::manage::{FieldFault, fault_of_json},
};

/// The page, and the addresses of its forms.
pub(super) const PATH: &str = "/faults";
pub(super) const ADD: &str = "/faults/add";
pub(super) const REMOVE: &str = "/faults/remove";
pub(super) const REMOVE_ALL: &str = "/faults/remove-all";

/// The fields of a condition that are texts, and those that are numbers.
const TEXTS: [&str; 4] = ["service", "variant", "user", "device"];
const NUMBERS: [&str; 2] = ["nth", "percent"];

#[derive(Template)]
#[template(path = "bench_faults.html")]
struct FaultsPage {
    frame: Frame,
    refusal: Option<Refusal>,
    filled: Form,
    seed: u32,
    rows: Vec<FaultRow>,
}

impl FaultsPage {
    fn filled(&self, name: &str) -> &str {
        self.filled.text(name)
    }

    /// What a fault may do: its name, its words, and whether it is chosen.
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        FaultKind::ALL.iter().map(|kind| (kind.as_str(), words(*kind), kind.as_str() == self.filled("do")))
    }
}

/// What a fault does, in words.
const fn words(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Delay => "the answer comes later",
        FaultKind::Status => "an HTTP status, and nothing is decided",
        FaultKind::Code => "a signed answer with that code, and nothing is decided",
        FaultKind::DropBefore => "the connection is closed, and nothing is decided",
        FaultKind::DropAfter => "it is decided, then the connection is closed",
        FaultKind::BadSignature => "it is decided, and the answer's signature is wrong",
        FaultKind::Truncate => "it is decided, and the answer ends in its middle",
        FaultKind::WrongType => "it is decided, and the answer says that it is HTML",
        FaultKind::DeliverTwice => "a delivery comes twice",
        FaultKind::DeliverLate => "a delivery comes later",
        FaultKind::DeliverOutOfOrder => "the User's next delivery comes first",
        FaultKind::DeliverNever => "a delivery is lost on its way",
    }
}

/// A fault as the page shows it.
struct FaultRow {
    id: String,
    /// What it does, with its value.
    action: String,
    words: &'static str,
    /// Which messages it fits.
    when: String,
    times: Option<u64>,
    fitted: u64,
    acted: u64,
}

impl From<FaultCounts> for FaultRow {
    fn from(FaultCounts { fault, fitted, acted }: FaultCounts) -> Self {
        Self {
            id: fault.id,
            action: with_value(fault.action),
            words: words(fault.action.kind()),
            when: conditions(fault.when),
            times: fault.times.map(std::num::NonZero::get),
            fitted,
            acted,
        }
    }
}

fn with_value(action: FaultAction) -> String {
    let name = action.kind().as_str();
    match action {
        FaultAction::Delay(delay) | FaultAction::DeliverLate(delay) => {
            format!("{name} {}", delay.as_millis())
        }
        FaultAction::Status(status, None) => format!("{name} {status}"),
        FaultAction::Status(status, Some(seconds)) => format!("{name} {status}, retry_after {seconds}"),
        FaultAction::Code(code) => format!("{name} {code}"),
        FaultAction::Plain(_) => name.to_owned(),
    }
}

fn conditions(FaultCondition { service, variant, user, device, nth, percent }: FaultCondition) -> String {
    let told = |name: &str, value: Option<String>| value.map(|value| format!("{name} {value}"));
    let all = [
        told("service", service.map(str::to_owned)),
        told("variant", variant.map(|variant| variant.to_string())),
        told("user", user.map(|user| user.to_string())),
        told("device", device.map(|device| device.to_string())),
        told("nth", nth.map(|nth| nth.to_string())),
        told("percent", percent.map(|percent| percent.to_string())),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn page(app: &App, frame: Frame, filled: Form, refusal: Option<Refusal>) -> PageResult<FaultsPage> {
    bench_of(app)?;
    let StandingFaults { seed, faults } = app.faults().map_err(PageError::broken)?;
    let rows = faults.into_iter().map(FaultRow::from).collect();
    Ok(FaultsPage { frame: frame.titled("Faults on purpose"), refusal, filled, seed, rows })
}

pub(super) async fn show(app: web::Data<App>, frame: Frame) -> HttpResponse {
    reply::page(frame, move |frame| page(&app, frame, Form::default(), None)).await
}

/// Adds a fault behind those that stand.
pub(super) async fn add(sent: Sent) -> HttpResponse {
    let work = |Sent { app, frame, form, by, .. }: &Sent| {
        bench_of(app)?;
        let refusal = match fault_of_json(given(form)) {
            Err(fault) => Refusal::from(as_on_the_form(fault)),
            Ok(fault) => match outcome(app.add_fault(fault, ActorName::from(by)))? {
                None => return Ok(Answer::To(PATH.to_owned())),
                Some(refusal) => refusal,
            },
        };
        let status = refusal.status;
        Answer::page_with(status, &page(app, frame.clone(), form.clone(), Some(refusal))?)
    };
    sent.answer(work).await
}

/// Removes one fault.
pub(super) async fn remove(sent: Sent) -> HttpResponse {
    let work = |Sent { app, form, by, .. }: &Sent| {
        bench_of(app)?;
        match outcome(app.remove_fault(form.text("id"), ActorName::from(by)))? {
            None => Ok(Answer::To(PATH.to_owned())),
            Some(refusal) => Err(PageError::conflict(refusal.reason)),
        }
    };
    sent.answer(work).await
}

/// Removes every fault.
pub(super) async fn remove_all(sent: Sent) -> HttpResponse {
    let work = |Sent { app, by, .. }: &Sent| {
        bench_of(app)?;
        match outcome(app.replace_faults(0, Vec::new(), ActorName::from(by)))? {
            None => Ok(Answer::To(PATH.to_owned())),
            Some(refusal) => Err(PageError::conflict(refusal.reason)),
        }
    };
    sent.answer(work).await
}

/// Why it was not done, where that is no fault of the service.
fn outcome(done: Result<(), FaultsFault>) -> PageResult<Option<Refusal>> {
    match done {
        Ok(()) => Ok(None),
        Err(FaultsFault::NotTest(reason)) => Err(PageError::not_found(reason.to_string())),
        Err(FaultsFault::Fault(fault)) => Err(fault.into()),
        Err(fault @ (FaultsFault::Taken(_) | FaultsFault::Full | FaultsFault::Unknown(_))) => {
            Ok(Some(Refusal::new(StatusCode::CONFLICT, fault.to_string())))
        }
    }
}

/// The fault with the name that the form has for its field.
fn as_on_the_form(FieldFault { place, reason }: FieldFault) -> FieldFault {
    let place = match place.as_str() {
        "do" => "What it does",
        place => place.strip_prefix("when.").unwrap_or(place),
    };
    FieldFault { place: place.to_owned(), reason }
}

/// The fault of a form, as JSON. What is no number stays a text, which is refused with the field's name.
fn given(form: &Form) -> Value {
    let number = |text: &str| text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from);
    let filled = |name: &&str| !form.text(name).is_empty();
    let mut when = Map::new();
    for name in TEXTS.into_iter().filter(filled) {
        when.insert(name.to_owned(), form.text(name).into());
    }
    for name in NUMBERS.into_iter().filter(filled) {
        when.insert(name.to_owned(), number(form.text(name)));
    }
    let mut fault = Map::new();
    fault.insert("id".to_owned(), form.text("id").into());
    fault.insert("when".to_owned(), Value::Object(when));
    fault.insert("do".to_owned(), action(form, number));
    if filled(&"times") {
        fault.insert("times".to_owned(), number(form.text("times")));
    }
    Value::Object(fault)
}

fn action(form: &Form, number: impl Fn(&str) -> Value) -> Value {
    let (name, value, retry_after) = (form.text("do"), form.text("value"), form.text("retry_after"));
    if value.is_empty() && retry_after.is_empty() {
        return name.into();
    }
    let mut action = Map::new();
    action.insert(name.to_owned(), number(value));
    if !retry_after.is_empty() {
        action.insert("retry_after".to_owned(), number(retry_after));
    }
    Value::Object(action)
}
