//! The outbox: what waits for Users, why it failed, and the message itself.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    message_events::{self, EventRow},
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, PAGE, Parameters},
    reply::{self, Answer},
    sent::Sent,
    shown::{DeviceLink, RequestLink, UserLink, When},
    wanted::{Download, Format, Wanted},
    xml::{self, XmlRow},
};
use crate::{
    domain::{ActReason, instant_text},
    service::{
        App,
        console::{
            ActOutcomeValue, ListedMessageValue, MessageStateValue, OutboxMessage, PageRequestValue,
            PageValue,
        },
    },
    web::local_time::local_text,
};

/// The parameters of the address.
const KNOWN: [&str; 2] = ["state", "after"];

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage {
    frame: Frame,
    state: Option<MessageStateValue>,
    rows: Vec<MessageRow>,
    next: Option<String>,
    csv: String,
    json: String,
}

#[derive(Template)]
#[template(path = "outbox_message.html")]
struct MessagePage {
    frame: Frame,
    row: MessageRow,
    events: Vec<EventRow>,
    lines: Vec<XmlRow>,
}

impl OutboxPage {
    fn state_words(&self) -> &'static str {
        self.state.map_or("", words)
    }

    /// The states to choose from: the value, its words, and whether it is chosen.
    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let state = |state: &MessageStateValue| (state.as_str(), words(*state), self.state == Some(*state));
        MessageStateValue::ALL.iter().map(state)
    }
}

/// The state as people say it.
const fn words(state: MessageStateValue) -> &'static str {
    match state {
        MessageStateValue::GivenUp => "given up",
        state @ (MessageStateValue::Waiting | MessageStateValue::Parked | MessageStateValue::Delivered) => {
            state.as_str()
        }
    }
}

/// A message as pages show it.
struct MessageRow {
    id: i64,
    user: UserLink,
    device: Option<DeviceLink>,
    request: Option<RequestLink>,
    kind: &'static str,
    created: When,
    attempts: u64,
    state: MessageStateValue,
    /// The class of its mark.
    mark: &'static str,
    next_attempt: Option<When>,
    delivered: Option<When>,
    parked: Option<When>,
    given_up: Option<When>,
    last_error: Option<String>,
}

impl MessageRow {
    fn is_parked(&self) -> bool {
        self.state == MessageStateValue::Parked
    }

    const fn state_words(&self) -> &'static str {
        words(self.state)
    }

    fn may_be_given_up(&self) -> bool {
        matches!(self.state, MessageStateValue::Waiting | MessageStateValue::Parked)
    }
}

impl From<ListedMessageValue> for MessageRow {
    fn from(message: ListedMessageValue) -> Self {
        let state = message.state();
        let is_waiting = state == MessageStateValue::Waiting;
        Self {
            id: message.id,
            user: UserLink(message.user),
            device: message.device.map(DeviceLink),
            request: message.request_id.map(RequestLink),
            kind: message.kind.as_str(),
            created: When(message.created_at),
            attempts: message.attempts,
            state,
            mark: match state {
                MessageStateValue::Delivered => "good",
                MessageStateValue::Parked | MessageStateValue::GivenUp => "bad",
                MessageStateValue::Waiting => "warn",
            },
            next_attempt: is_waiting.then_some(When(message.next_attempt_at)),
            delivered: message.delivered_at.map(When),
            parked: message.parked_at.map(When),
            given_up: message.given_up.map(|act| When(act.at)),
            last_error: message.last_error,
        }
    }
}

fn find(app: &App, parameters: &Parameters, limit: u16) -> PageResult<PageValue<ListedMessageValue>> {
    let state = parameters.value("state")?;
    Ok(app.outbox(state, PageRequestValue { after: parameters.key("after")?, limit })?)
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let PageValue { rows, next } = find(&app, &parameters, PAGE)?;
        let at = |path: &str, key| parameters.with(path, "after", key);
        Ok(OutboxPage {
            frame,
            state: parameters.value("state")?,
            rows: rows.into_iter().map(MessageRow::from).collect(),
            next: next.map(|key| at("/outbox", Some(key))),
            csv: at("/outbox.csv", None),
            json: at("/outbox.json", None),
        })
    };
    reply::page(frame.titled("Outbox"), work).await
}

/// The columns of the downloads.
const COLUMNS: [&str; 13] = [
    "id",
    "state",
    "kind",
    "user_id",
    "device_id",
    "request_id",
    "created_at",
    "attempts",
    "delivered_at",
    "last_error",
    "given_up_at",
    "given_up_by",
    "given_up_reason",
];

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let PageValue { rows, next } = find(&asked.app, &asked.parameters, DOWNLOAD)?;
        let (rows, next) = (rows.into_iter().map(ListedMessage::from), asked.next("after", next));
        let file = match asked.format {
            Format::Csv => File::csv("outbox", COLUMNS, rows.map(ListedMessage::cells))?,
            Format::Json => {
                File::json("outbox", &ListedOutbox { messages: rows.collect(), next: next.clone() })?
            }
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}

#[derive(Serialize)]
struct ListedOutbox {
    messages: Vec<ListedMessage>,
    /// The address of the next part; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct ListedMessage {
    id: i64,
    state: &'static str,
    kind: &'static str,
    user_id: String,
    device_id: Option<String>,
    request_id: Option<String>,
    created_at: String,
    attempts: u64,
    delivered_at: Option<String>,
    last_error: Option<String>,
    given_up_at: Option<String>,
    given_up_by: Option<String>,
    given_up_reason: Option<String>,
}

impl From<ListedMessageValue> for ListedMessage {
    fn from(message: ListedMessageValue) -> Self {
        let given_up = message.given_up.clone();
        Self {
            id: message.id,
            state: message.state().as_str(),
            kind: message.kind.as_str(),
            user_id: message.user.to_string(),
            device_id: message.device.map(|device| device.to_string()),
            request_id: message.request_id.map(|id| id.to_string()),
            created_at: instant_text(message.created_at),
            attempts: message.attempts,
            delivered_at: message.delivered_at.map(instant_text),
            last_error: message.last_error,
            given_up_at: given_up.as_ref().map(|act| instant_text(act.at)),
            given_up_by: given_up.as_ref().and_then(|act| act.by.clone()),
            given_up_reason: given_up.and_then(|act| act.reason),
        }
    }
}

impl ListedMessage {
    fn cells(self) -> [String; 13] {
        [
            self.id.to_string(),
            self.state.to_owned(),
            self.kind.to_owned(),
            self.user_id,
            self.device_id.unwrap_or_default(),
            self.request_id.unwrap_or_default(),
            self.created_at,
            self.attempts.to_string(),
            self.delivered_at.unwrap_or_default(),
            self.last_error.unwrap_or_default(),
            self.given_up_at.unwrap_or_default(),
            self.given_up_by.unwrap_or_default(),
            self.given_up_reason.unwrap_or_default(),
        ]
    }
}

fn no_message(number: &str) -> PageError {
    PageError::not_found(format!(
        "There is no message {number}. Messages that were delivered or given up are purged by age."
    ))
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let frame = frame.titled(format!("Message {number}")).below("Outbox", "/outbox");
    let work = move |frame| {
        let found = number.parse().ok().map(|id| app.outbox_message(id)).transpose()?.flatten();
        let OutboxMessage { listed, acts, lines } = found.ok_or_else(|| no_message(&number))?;
        let events = message_events::of(&listed, acts);
        Ok(MessagePage { frame, row: MessageRow::from(listed), events, lines: xml::rows(lines) })
    };
    reply::page(frame, work).await
}

/// Sends a parked message again, as `POST /manage/outbox/{id}/retry` does.
pub(super) async fn retry(sent: Sent, number: web::Path<String>) -> HttpResponse {
    let work = move |Sent { app, by, .. }: &Sent| {
        let id = number.parse::<i64>().map_err(|_| no_message(&number))?;
        let outcome = app.resend(id, Some(by.clone()))?;
        tracing::info!(%by, message = id, is_done = outcome == ActOutcomeValue::Done, "message sent again");
        acted_on(id, &outcome, "sent again")
    };
    sent.answer(work).await
}

/// Gives a message up, as `POST /manage/outbox/{id}/give-up` does.
pub(super) async fn abandon(sent: Sent, number: web::Path<String>) -> HttpResponse {
    let work = move |Sent { app, by, form, .. }: &Sent| {
        let id = number.parse::<i64>().map_err(|_| no_message(&number))?;
        let reason = form.text("reason").replace("\r\n", "\n").parse::<ActReason>();
        let reason = reason.map_err(|reason| PageError::bad_request("The reason", &reason.to_string()))?;
        let outcome = app.abandon(id, by, reason)?;
        tracing::info!(%by, message = id, is_done = outcome == ActOutcomeValue::Done, "message given up");
        acted_on(id, &outcome, "given up")
    };
    sent.answer(work).await
}

fn acted_on(id: i64, outcome: &ActOutcomeValue, what: &str) -> PageResult<Answer> {
    match outcome {
        ActOutcomeValue::Done => Ok(Answer::To(format!("/outbox/{id}"))),
        ActOutcomeValue::Unfit(unfit) => {
            let reason = unfit.reason(local_text);
            Err(PageError::conflict(format!("Message {id} cannot be {what}: {reason}.")))
        }
        ActOutcomeValue::Unknown => Err(no_message(&id.to_string())),
    }
}
