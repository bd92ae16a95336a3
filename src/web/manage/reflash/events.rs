//! `POST /manage/reflash/orders/{order}/events`: something happens to an order.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use validator::Validate;

use super::{fields::Fields, list::number, refusal::refusal, shown::OrderBody};
use crate::{
    domain::{Malformed, reflash::OrderEvent},
    service::{App, OrderChange},
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
    let details = body.fields().event(event)?;
    let shown = app.change_reflash_order(OrderChange { order, by, details }).map_err(refusal)?;
    Ok((&shown).into())
}

impl EventBody {
    /// What is given beside `event` and `by`.
    fn fields(&self) -> Fields<'_> {
        let fields = [
            ("deliver_on", &self.deliver_on),
            ("arrives_on", &self.arrives_on),
            ("window", &self.window),
            ("purchase_order", &self.purchase_order),
            ("work_order", &self.work_order),
            ("contact", &self.contact),
            ("note", &self.note),
            ("reason", &self.reason),
            ("sent_at", &self.sent_at),
            ("guidance", &self.guidance),
            ("redeliver_on", &self.redeliver_on),
            ("location", &self.location),
            ("unloaded_by", &self.unloaded_by),
            ("started_at", &self.started_at),
            ("finished_at", &self.finished_at),
        ];
        let given = fields.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
        Fields::new(given.collect(), self.reasons.iter().flatten().map(String::as_str).collect())
    }
}
