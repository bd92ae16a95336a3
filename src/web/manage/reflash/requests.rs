//! `POST /manage/reflash/requests`: a request for a re-flash, with its file.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{refusal::refusal, shown::OrderBody};
use crate::{
    domain::{Eui64, Malformed, parse_date},
    service::{App, RequestDraft},
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
    let draft = asked.draft()?;
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
    fn draft(&self) -> ApiResult<RequestDraft> {
        let user = self.user.parse::<Eui64>().map_err(|reason| ApiError::malformed("user", reason))?;
        let hubs = given(self.hubs.as_deref());
        let hubs = hubs.map(str::parse).transpose();
        let day = given(self.redeliver_on.as_deref()).map(parse_date).transpose();
        Ok(RequestDraft {
            user,
            hubs: hubs.map_err(|_| ApiError::malformed("hubs", "a number of hubs is wanted"))?,
            location: parsed("location", self.location.as_deref())?,
            redeliver_on: day.map_err(|reason| ApiError::malformed("redeliver_on", reason))?,
            window: parsed("window", self.window.as_deref())?,
            site: parsed("site", self.site.as_deref())?,
            amends: parsed("amends", self.amends.as_deref())?,
            reference: parsed("reference", self.reference.as_deref())?,
        })
    }
}

/// A value that is not empty.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn parsed<T: std::str::FromStr<Err = Malformed>>(place: &str, text: Option<&str>) -> ApiResult<Option<T>> {
    given(text).map(str::parse).transpose().map_err(|reason| ApiError::malformed(place, reason))
}
