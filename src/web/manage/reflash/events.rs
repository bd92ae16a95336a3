//! `POST /manage/reflash/orders/{order}/events`: something happens to an order.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use validator::Validate;

use super::{list::number, refusal::refusal, shown::OrderBody};
use crate::{
    domain::{
        Malformed, Timestamp, parse_date, parse_instant,
        reflash::{OrderEvent, ReasonLabel, Slot},
    },
    service::{App, EventDetails, OrderChange, Redelivery},
    web::{
        body::BufferedBody,
        manage::reply::{self, ApiError, ApiResult, BodyResult},
    },
};

/// The body: the event, who, and what the event needs.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct EventBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    event: String,
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    deliver_on: Option<String>,
    arrives_on: Option<String>,
    window: Option<String>,
    purchase_order: Option<String>,
    work_order: Option<String>,
    contact: Option<String>,
    reasons: Option<Vec<String>>,
    note: Option<String>,
    reason: Option<String>,
    sent_at: Option<String>,
    guidance: Option<String>,
    redeliver_on: Option<String>,
    location: Option<String>,
    unloaded_by: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
}

pub(in crate::web::manage) async fn post(
    app: web::Data<App>,
    order: web::Path<String>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || change(&app, &order, body)).await
}

fn change(app: &App, order: &str, body: ApiResult<BufferedBody>) -> ApiResult<OrderBody> {
    let order = number(order)?;
    let body = reply::read::<EventBody>(body)?;
    let event = body.event.parse::<OrderEvent>().map_err(|reason| ApiError::malformed("event", reason))?;
    let by = body.by.parse().map_err(|reason: Malformed| ApiError::malformed("by", reason))?;
    let details = body.details(event)?;
    let shown = app.change_reflash_order(OrderChange { order, by, details }).map_err(refusal)?;
    Ok((&shown).into())
}

impl EventBody {
    /// What the event needs; anything else is refused, as it would be lost.
    fn details(&self, event: OrderEvent) -> ApiResult<EventDetails> {
        self.refuse_others(event)?;
        let details = match event {
            OrderEvent::Authorise => EventDetails::Authorise {
                slot: self.slot("deliver_on", self.deliver_on.as_deref())?,
                purchase_order: optional("purchase_order", self.purchase_order.as_deref())?,
                work_order: optional("work_order", self.work_order.as_deref())?,
                contact: optional("contact", self.contact.as_deref())?,
            },
            OrderEvent::Reject => EventDetails::Reject {
                reasons: self.labels()?,
                note: optional("note", self.note.as_deref())?,
            },
            OrderEvent::Cancel => {
                EventDetails::Cancel { reason: optional("reason", self.reason.as_deref())? }
            }
            OrderEvent::Withdraw => {
                EventDetails::Withdraw { reason: optional("reason", self.reason.as_deref())? }
            }
            OrderEvent::Despatch => {
                EventDetails::Despatch { sent_at: instant("sent_at", self.sent_at.as_deref())? }
            }
            OrderEvent::Late => {
                EventDetails::Late { arrives: self.slot("arrives_on", self.arrives_on.as_deref())? }
            }
            OrderEvent::AcceptLate => EventDetails::AcceptLate,
            OrderEvent::RefuseLate => {
                EventDetails::RefuseLate { reason: optional("reason", self.reason.as_deref())? }
            }
            OrderEvent::Start => EventDetails::Start {
                purchase_order: optional("purchase_order", self.purchase_order.as_deref())?,
            },
            OrderEvent::Finish => {
                let guidance = required("guidance", self.guidance.as_deref())?.parse();
                let guidance =
                    guidance.map_err(|reason: Malformed| ApiError::malformed("guidance", reason))?;
                EventDetails::Finish { guidance, redelivery: self.redelivery()? }
            }
            OrderEvent::Amend => EventDetails::Amend { redelivery: self.redelivery()? },
            OrderEvent::Release => EventDetails::Release,
            OrderEvent::Redelivered => EventDetails::Redelivered {
                unloaded_by: required("unloaded_by", self.unloaded_by.as_deref())?
                    .parse()
                    .map_err(|reason: Malformed| ApiError::malformed("unloaded_by", reason))?,
                started_at: instant("started_at", self.started_at.as_deref())?,
                finished_at: instant("finished_at", self.finished_at.as_deref())?,
            },
            OrderEvent::Request
            | OrderEvent::Correct
            | OrderEvent::Receive
            | OrderEvent::Batch
            | OrderEvent::Outcome => {
                return Err(ApiError::malformed("event", format!("`{event}` does not come this way")));
            }
        };
        Ok(details)
    }

    /// The fields that are given, beside `event` and `by`.
    fn given(&self) -> Vec<&'static str> {
        let fields = [
            ("deliver_on", self.deliver_on.is_some()),
            ("arrives_on", self.arrives_on.is_some()),
            ("window", self.window.is_some()),
            ("purchase_order", self.purchase_order.is_some()),
            ("work_order", self.work_order.is_some()),
            ("contact", self.contact.is_some()),
            ("reasons", self.reasons.is_some()),
            ("note", self.note.is_some()),
            ("reason", self.reason.is_some()),
            ("sent_at", self.sent_at.is_some()),
            ("guidance", self.guidance.is_some()),
            ("redeliver_on", self.redeliver_on.is_some()),
            ("location", self.location.is_some()),
            ("unloaded_by", self.unloaded_by.is_some()),
            ("started_at", self.started_at.is_some()),
            ("finished_at", self.finished_at.is_some()),
        ];
        fields.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
    }

    fn refuse_others(&self, event: OrderEvent) -> ApiResult<()> {
        let takes: &[&str] = match event {
            OrderEvent::Authorise => &["deliver_on", "window", "purchase_order", "work_order", "contact"],
            OrderEvent::Reject => &["reasons", "note"],
            OrderEvent::Cancel | OrderEvent::Withdraw | OrderEvent::RefuseLate => &["reason"],
            OrderEvent::Despatch => &["sent_at"],
            OrderEvent::Late => &["arrives_on", "window"],
            OrderEvent::Start => &["purchase_order"],
            OrderEvent::Finish => &["guidance", "redeliver_on", "window"],
            OrderEvent::Amend => &["redeliver_on", "window", "location"],
            OrderEvent::Redelivered => &["unloaded_by", "started_at", "finished_at"],
            OrderEvent::AcceptLate
            | OrderEvent::Request
            | OrderEvent::Correct
            | OrderEvent::Receive
            | OrderEvent::Batch
            | OrderEvent::Outcome
            | OrderEvent::Release => &[],
        };
        match self.given().into_iter().find(|name| !takes.contains(name)) {
            Some(other) => Err(ApiError::malformed(other, format!("`{event}` has none"))),
            None => Ok(()),
        }
    }

    fn slot(&self, column: &'static str, on: Option<&str>) -> ApiResult<Slot> {
        let on = parse_date(required(column, on)?).map_err(|reason| ApiError::malformed(column, reason))?;
        let window = required("window", self.window.as_deref())?.parse();
        Ok(Slot { on, window: window.map_err(|reason: Malformed| ApiError::malformed("window", reason))? })
    }

    /// What of the delivery back is to be otherwise.
    fn redelivery(&self) -> ApiResult<Redelivery> {
        let on = self.redeliver_on.as_deref().map(parse_date).transpose();
        Ok(Redelivery {
            on: on.map_err(|reason| ApiError::malformed("redeliver_on", reason))?,
            window: optional("window", self.window.as_deref())?,
            location: optional("location", self.location.as_deref())?,
        })
    }

    fn labels(&self) -> ApiResult<Vec<ReasonLabel>> {
        let labels = self.reasons.as_deref().unwrap_or_default().iter().map(|label| label.parse());
        let labels = labels.collect::<Result<Vec<ReasonLabel>, Malformed>>();
        let labels = labels.map_err(|reason| ApiError::malformed("reasons", reason))?;
        if labels.is_empty() {
            Err(ApiError::malformed("reasons", "one at least is wanted"))
        } else {
            Ok(labels)
        }
    }
}

fn instant(place: &str, text: Option<&str>) -> ApiResult<Timestamp> {
    parse_instant(required(place, text)?).map_err(|reason| ApiError::malformed(place, reason))
}

fn required<'a>(place: &str, text: Option<&'a str>) -> ApiResult<&'a str> {
    text.ok_or_else(|| ApiError::malformed(place, "is missing"))
}

fn optional<T: std::str::FromStr<Err = Malformed>>(place: &str, text: Option<&str>) -> ApiResult<Option<T>> {
    text.map(str::parse).transpose().map_err(|reason| ApiError::malformed(place, reason))
}
