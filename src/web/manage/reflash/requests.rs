//! `POST /manage/reflash/requests`: a request for a re-flash, with its file.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{fields::Fields, refusal::refusal, shown::OrderBody};
use crate::{
    service::App,
    web::{
        body::BufferedBody,
        manage::reply::{self, ApiError, ApiResult, BodyResult},
    },
};

/// The query. What is empty or left out is missing data, and not a malformed query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct RequestQuery {
    user: String,
    hubs: Option<String>,
    location: Option<String>,
    redeliver_on: Option<String>,
    window: Option<String>,
    site: Option<String>,
    amends: Option<String>,
    reference: Option<String>,
    dry_run: Option<bool>,
}

pub(in crate::web::manage) async fn post(
    app: web::Data<App>,
    asked: Result<web::Query<RequestQuery>, actix_web::Error>,
    body: BodyResult,
) -> HttpResponse {
    let body = reply::buffered(body);
    match asked {
        Ok(asked) => reply::blocking(move || request(&app, &asked, body)).await,
        Err(error) => reply::json::<OrderBody>(Err(ApiError::malformed("query", error))),
    }
}

fn request(app: &App, asked: &RequestQuery, body: ApiResult<BufferedBody>) -> ApiResult<OrderBody> {
    let draft = asked.fields().draft()?;
    // Only now: a wrong query is reported even if the body failed too.
    let file = body?;
    let is_trial = asked.dry_run.unwrap_or(false);
    let shown = app.request_reflash(draft, file.as_bytes(), is_trial).map_err(refusal)?;
    let mut body = OrderBody::from(&shown);
    if is_trial {
        body.summary.order = None;
    }
    Ok(body)
}

impl RequestQuery {
    fn fields(&self) -> Fields<'_> {
        let fields = [
            ("hubs", &self.hubs),
            ("location", &self.location),
            ("redeliver_on", &self.redeliver_on),
            ("window", &self.window),
            ("site", &self.site),
            ("amends", &self.amends),
            ("reference", &self.reference),
        ];
        let given = fields.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
        Fields::new(std::iter::once(("user", self.user.as_str())).chain(given).collect(), Vec::new())
    }
}
