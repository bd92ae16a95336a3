//! `GET /manage/reflash/capacity`: how long a volume takes at a site.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    list::{no_site, parsed},
    refusal::refusal,
};
use crate::{
    domain::LocationId,
    service::{App, NewestForecast, SiteCapacity},
    web::manage::reply::{self, ApiError, ApiResult},
};

/// The query: the site, and a volume where it is not the sum of the forecasts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct CapacityQuery {
    site: String,
    hubs: Option<String>,
}

/// What a site needs for a volume, as JSON. What there is no limit for is null.
#[derive(Serialize)]
struct ShownCapacity {
    site: String,
    hubs: u64,
    hubs_per_month: Option<u32>,
    months: Option<u64>,
    in_twelve_months: Option<u64>,
    shortfall: Option<u64>,
    forecasts: Vec<ShownForecast>,
}

/// The newest forecast of a Party, as JSON.
#[derive(Serialize)]
struct ShownForecast {
    party_signifier: String,
    period_from: String,
    hubs: u32,
    given_on: String,
    is_due: bool,
}

impl From<SiteCapacity> for ShownCapacity {
    fn from(capacity: SiteCapacity) -> Self {
        let SiteCapacity { site, hubs, hubs_per_month, needs, forecasts } = capacity;
        let forecast = |NewestForecast { forecast, is_due }: NewestForecast| ShownForecast {
            party_signifier: forecast.party.to_string(),
            period_from: forecast.period_from.to_string(),
            hubs: forecast.hubs.get(),
            given_on: forecast.given_on.to_string(),
            is_due,
        };
        Self {
            site: site.to_string(),
            hubs,
            hubs_per_month,
            months: needs.map(|needs| needs.months),
            in_twelve_months: needs.map(|needs| needs.in_twelve_months),
            shortfall: needs.map(|needs| needs.shortfall),
            forecasts: forecasts.into_iter().map(forecast).collect(),
        }
    }
}

pub(in crate::web::manage) async fn capacity(
    app: web::Data<App>,
    asked: Result<web::Query<CapacityQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ShownCapacity>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &CapacityQuery) -> ApiResult<ShownCapacity> {
    let site = asked.site.parse::<LocationId>().map_err(|reason| ApiError::malformed("site", reason))?;
    let hubs = parsed("hubs", asked.hubs.as_deref())?;
    let found = app.reflash_capacity(&site, hubs).map_err(refusal)?;
    found.map(ShownCapacity::from).ok_or_else(|| no_site(&site))
}
