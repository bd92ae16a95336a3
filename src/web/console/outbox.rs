//! The outbox: what waits for Users, why it failed, and the message itself.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, PAGE, Parameters},
    reply::{self, Answer},
    shown::{DeviceLink, RequestLink, UserLink, When},
    xml::{self, XmlRow},
};
use crate::{
    domain::instant_text,
    service::{
        App,
        console::{
            ListedMessageValue, MessageStateValue, PageRequestValue, PageValue, ResentValue, SignedIn,
        },
    },
};

/// The parameters of the address.
const KNOWN: [&str; 2] = ["state", "after"];

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage {
    frame: Frame,
    state: &'static str,
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
    lines: Vec<XmlRow>,
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
    last_error: Option<String>,
}

impl MessageRow {
    fn is_parked(&self) -> bool {
        self.state == MessageStateValue::Parked
    }
}

/// The state of a message.
fn state_of(message: &ListedMessageValue) -> MessageStateValue {
    match (message.delivered_at, message.parked_at) {
        (Some(_), _) => MessageStateValue::Delivered,
        (None, Some(_)) => MessageStateValue::Parked,
        (None, None) => MessageStateValue::Waiting,
    }
}

impl From<ListedMessageValue> for MessageRow {
    fn from(message: ListedMessageValue) -> Self {
        let state = state_of(&message);
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
                MessageStateValue::Parked => "bad",
                MessageStateValue::Waiting => "warn",
            },
            next_attempt: is_waiting.then_some(When(message.next_attempt_at)),
            delivered: message.delivered_at.map(When),
            parked: message.parked_at.map(When),
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
            state: parameters.value::<MessageStateValue>("state")?.map_or("", |state| state.as_str()),
            rows: rows.into_iter().map(MessageRow::from).collect(),
            next: next.map(|key| at("/outbox", Some(key))),
            csv: at("/outbox.csv", None),
            json: at("/outbox.json", None),
        })
    };
    reply::page(frame.titled("Outbox"), work).await
}

/// The columns of the downloads.
const COLUMNS: [&str; 10] = [
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
];

pub(super) async fn csv(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move || {
        let parameters = parameters?;
        let PageValue { rows, next } = find(&app, &parameters, DOWNLOAD)?;
        let file =
            File::csv("outbox", COLUMNS, rows.into_iter().map(|row| ListedMessage::from(row).cells()))?;
        let next = next.map(|key| parameters.with("/outbox.csv", "after", Some(key)));
        Ok(Answer::File(file.followed_by(next)))
    };
    reply::answer(frame, work).await
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
}

impl From<ListedMessageValue> for ListedMessage {
    fn from(message: ListedMessageValue) -> Self {
        Self {
            id: message.id,
            state: state_of(&message).as_str(),
            kind: message.kind.as_str(),
            user_id: message.user.to_string(),
            device_id: message.device.map(|device| device.to_string()),
            request_id: message.request_id.map(|id| id.to_string()),
            created_at: instant_text(message.created_at),
            attempts: message.attempts,
            delivered_at: message.delivered_at.map(instant_text),
            last_error: message.last_error,
        }
    }
}

impl ListedMessage {
    fn cells(self) -> [String; 10] {
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
        ]
    }
}

pub(super) async fn json(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move || {
        let parameters = parameters?;
        let PageValue { rows, next } = find(&app, &parameters, DOWNLOAD)?;
        let next = next.map(|key| parameters.with("/outbox.json", "after", Some(key)));
        let messages = rows.into_iter().map(ListedMessage::from).collect();
        Ok(Answer::File(File::json("outbox", &ListedOutbox { messages, next })?))
    };
    reply::answer(frame, work).await
}

fn no_message(number: &str) -> PageError {
    PageError::not_found(format!("There is no message {number}. Delivered messages are purged by age."))
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let frame = frame.titled(format!("Message {number}")).below("Outbox", "/outbox");
    let work = move |frame| {
        let found = number.parse().ok().map(|id| app.outbox_message(id)).transpose()?.flatten();
        let (listed, lines) = found.ok_or_else(|| no_message(&number))?;
        Ok(MessagePage { frame, row: MessageRow::from(listed), lines: xml::rows(lines) })
    };
    reply::page(frame, work).await
}

/// Sends a parked message again, as `POST /manage/outbox/{id}/retry` does.
pub(super) async fn retry(
    app: web::Data<App>,
    frame: Frame,
    number: web::Path<String>,
    signed_in: web::ReqData<SignedIn>,
) -> HttpResponse {
    let by = signed_in.into_inner().name;
    let work = move || {
        let id = number.parse::<i64>().map_err(|_| no_message(&number))?;
        match app.resend(id)? {
            ResentValue::Queued => {
                tracing::info!(%by, message = id, "parked message sent again");
                Ok(Answer::To(format!("/outbox/{id}")))
            }
            ResentValue::NotParked => Err(PageError::conflict(format!(
                "Message {id} is not parked: it waits already, or was delivered. Perhaps somebody else sent it again."
            ))),
            ResentValue::Unknown => Err(no_message(&number)),
        }
    };
    reply::answer(frame, work).await
}
