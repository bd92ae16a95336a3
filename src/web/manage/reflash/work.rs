//! `PUT .../{order}/received`, `PUT .../{order}/outcomes` and `POST .../{order}/batches`: the files of a site, and its units.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{fields::Fields, list::number, refusal::refusal, shown::OrderBody};
use crate::{
    domain::Malformed,
    rules::reflash::UnitBatch,
    service::App,
    web::{
        body::BufferedBody,
        manage::reply::{self, ApiError, ApiResult, BodyResult},
    },
};

/// The query of a delivery. With `reason` the file stands in the place of the one before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct ReceivedQuery {
    unloaded_by: String,
    started_at: String,
    finished_at: String,
    by: String,
    reason: Option<String>,
}

impl ReceivedQuery {
    fn fields(&self) -> Fields<'_> {
        let fields = [
            ("by", Some(&self.by)),
            ("unloaded_by", Some(&self.unloaded_by)),
            ("started_at", Some(&self.started_at)),
            ("finished_at", Some(&self.finished_at)),
            ("reason", self.reason.as_ref()),
        ];
        let given = fields.into_iter().filter_map(|(name, text)| Some((name, text?.as_str())));
        Fields::new(given.collect(), Vec::new())
    }
}

pub(in crate::web::manage) async fn received(
    app: web::Data<App>,
    order: web::Path<String>,
    asked: Result<web::Query<ReceivedQuery>, actix_web::Error>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    match asked {
        Ok(asked) => reply::blocking(move || receive(&app, &order, &asked, body)).await,
        Err(error) => reply::json::<OrderBody>(Err(ApiError::malformed("query", error))),
    }
}

fn receive(
    app: &App,
    order: &str,
    asked: &ReceivedQuery,
    body: ApiResult<BufferedBody>,
) -> ApiResult<OrderBody> {
    let report = asked.fields().delivery(number(order)?)?;
    // Only now: a wrong query is reported even if the body failed too.
    let file = body?;
    let shown = app.receive_reflash_delivery(report, file.as_bytes()).map_err(refusal)?;
    Ok((&shown).into())
}

/// The query of outcomes. With `reason` they may replace those that are there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct OutcomesQuery {
    by: String,
    reason: Option<String>,
}

impl OutcomesQuery {
    fn fields(&self) -> Fields<'_> {
        let reason = self.reason.iter().map(|reason| ("reason", reason.as_str()));
        Fields::new(std::iter::once(("by", self.by.as_str())).chain(reason).collect(), Vec::new())
    }
}

pub(in crate::web::manage) async fn outcomes(
    app: web::Data<App>,
    order: web::Path<String>,
    asked: Result<web::Query<OutcomesQuery>, actix_web::Error>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    match asked {
        Ok(asked) => reply::blocking(move || report(&app, &order, &asked, body)).await,
        Err(error) => reply::json::<OrderBody>(Err(ApiError::malformed("query", error))),
    }
}

fn report(
    app: &App,
    order: &str,
    asked: &OutcomesQuery,
    body: ApiResult<BufferedBody>,
) -> ApiResult<OrderBody> {
    let report = asked.fields().outcomes(number(order)?)?;
    let file = body?;
    let shown = app.report_reflash_outcomes(report, file.as_bytes()).map_err(refusal)?;
    Ok((&shown).into())
}

/// Who asks for the next batch.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct BatchBody {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
}

/// What the units of a site take next.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GivenOut {
    /// The units, by ID.
    pub units: Vec<UnitHubs>,
}

/// What one unit takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnitHubs {
    /// The unit.
    pub unit_id: String,
    /// The CHFs.
    pub hubs: Vec<String>,
}

pub(in crate::web::manage) async fn batch(
    app: web::Data<App>,
    order: web::Path<String>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || next_batch(&app, &order, body)).await
}

fn next_batch(app: &App, order: &str, body: ApiResult<BufferedBody>) -> ApiResult<GivenOut> {
    let order = number(order)?;
    let BatchBody { by } = reply::read(body)?;
    let batches = app.next_reflash_batch(order, parsed("by", &by)?).map_err(refusal)?;
    let unit = |UnitBatch { unit, hubs }: UnitBatch| UnitHubs {
        unit_id: unit.to_string(),
        hubs: hubs.iter().map(ToString::to_string).collect(),
    };
    Ok(GivenOut { units: batches.into_iter().map(unit).collect() })
}

fn parsed<T: std::str::FromStr<Err = Malformed>>(place: &str, text: &str) -> ApiResult<T> {
    text.parse().map_err(|reason| ApiError::malformed(place, reason))
}
