//! `GET /manage/reflash/orders`, `.../{order}` and `/manage/reflash/slots`.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use super::{
    refusal::refusal,
    shown::{ListedOrders, OpenSlots, OrderBody, ShownSlot},
};
use crate::{
    domain::{LocationId, Malformed, reflash::OrderNumber},
    service::App,
    store::{ListOrder, OrderFilter},
    web::manage::{
        page::page,
        reply::{self, ApiError, ApiResult},
    },
};

/// The query: which orders, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct OrdersQuery {
    state: Option<String>,
    party: Option<String>,
    site: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(in crate::web::manage) async fn orders(
    app: web::Data<App>,
    asked: Result<web::Query<OrdersQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, &asked)).await,
        Err(error) => reply::json::<ListedOrders>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: &OrdersQuery) -> ApiResult<ListedOrders> {
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let filter = OrderFilter {
        state: parsed("state", asked.state.as_deref())?,
        party: parsed("party", asked.party.as_deref())?,
        site: parsed("site", asked.site.as_deref())?,
    };
    Ok(app.reflash_orders(&filter, ListOrder::OldestFirst, page).map_err(refusal)?.into())
}

pub(super) fn parsed<T: std::str::FromStr<Err = Malformed>>(
    place: &str,
    text: Option<&str>,
) -> ApiResult<Option<T>> {
    text.map(str::parse).transpose().map_err(|reason| ApiError::malformed(place, reason))
}

/// The number of an order in a path.
pub(super) fn number(text: &str) -> ApiResult<OrderNumber> {
    text.parse().map_err(|reason| ApiError::malformed("order", reason))
}

pub(super) fn unknown(order: OrderNumber) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, format!("there is no order {order}"))
}

pub(in crate::web::manage) async fn show(app: web::Data<App>, order: web::Path<String>) -> HttpResponse {
    reply::blocking(move || {
        let order = number(&order)?;
        let shown = app.reflash_order(order).map_err(refusal)?;
        shown.as_ref().map(OrderBody::from).ok_or_else(|| unknown(order))
    })
    .await
}

pub(super) fn no_site(site: &LocationId) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, format!("there is no site {site}"))
}

/// The query of slots.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct SlotsQuery {
    site: String,
}

pub(in crate::web::manage) async fn slots(
    app: web::Data<App>,
    asked: Result<web::Query<SlotsQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || open_slots(&app, &asked.site)).await,
        Err(error) => reply::json::<OpenSlots>(Err(ApiError::malformed("query", error))),
    }
}

fn open_slots(app: &App, site: &str) -> ApiResult<OpenSlots> {
    let site = site.parse::<LocationId>().map_err(|reason| ApiError::malformed("site", reason))?;
    let slots = app.reflash_slots(&site).map_err(refusal)?;
    let slots = slots.ok_or_else(|| no_site(&site))?.into_iter().map(ShownSlot::from).collect();
    Ok(OpenSlots { site: site.to_string(), slots })
}
