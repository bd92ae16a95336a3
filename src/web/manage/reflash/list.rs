//! `GET /manage/reflash/orders`, `.../{order}`, `.../{order}/hubs` and `/manage/reflash/slots`.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::{
    refusal::refusal,
    shown::{ListedOrders, OpenSlots, OrderBody, ShownReason, ShownSlot},
};
use crate::{
    domain::{
        LocationId, Malformed, instant_text,
        reflash::{OrderHub, OrderNumber},
    },
    service::App,
    store::{OrderFilter, Paged},
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
    Ok(app.reflash_orders(&filter, page).map_err(refusal)?.into())
}

fn parsed<T: std::str::FromStr<Err = Malformed>>(place: &str, text: Option<&str>) -> ApiResult<Option<T>> {
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

/// The query of hubs: the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web::manage) struct HubsQuery {
    after: Option<String>,
    limit: Option<String>,
}

#[derive(Serialize)]
struct ListedHubs {
    hubs: Vec<ShownHub>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
}

/// A hub of an order as JSON.
#[derive(Serialize)]
struct ShownHub {
    line: u32,
    chf_device_id: Option<String>,
    gpf_device_id: Option<String>,
    csp_region: Option<&'static str>,
    firmware_version: Option<String>,
    device_manufacturer: Option<String>,
    device_model: Option<String>,
    pallet: Option<String>,
    carton: Option<String>,
    state: &'static str,
    /// The firmware that it is to get, from the beginning of the work on.
    target: Option<String>,
    unit_id: Option<String>,
    batch: Option<u32>,
    fault_report: Option<&'static str>,
    fault_reference: Option<String>,
    /// By which way the SMI learnt of its new firmware, `n3` or `ssmi`, and when.
    smi_told_by: Option<&'static str>,
    smi_told_at: Option<String>,
    reasons: Vec<ShownReason>,
}

impl From<&OrderHub> for ShownHub {
    fn from(hub: &OrderHub) -> Self {
        Self {
            line: hub.line,
            chf_device_id: hub.chf.map(|chf| chf.to_string()),
            gpf_device_id: hub.gpf.map(|gpf| gpf.to_string()),
            csp_region: hub.region.map(|region| region.as_str()),
            firmware_version: hub.firmware_before.as_ref().map(ToString::to_string),
            device_manufacturer: hub.manufacturer.as_ref().map(ToString::to_string),
            device_model: hub.model.as_ref().map(ToString::to_string),
            pallet: hub.package.pallet.as_ref().map(ToString::to_string),
            carton: hub.package.carton.as_ref().map(ToString::to_string),
            state: hub.state.as_str(),
            target: hub.target.as_ref().map(ToString::to_string),
            unit_id: hub.unit.as_ref().map(ToString::to_string),
            batch: hub.batch,
            fault_report: hub.fault.as_ref().map(|(report, _)| report.as_str()),
            fault_reference: hub.fault.as_ref().map(|(_, reference)| reference.clone()),
            smi_told_by: hub.smi_told.map(|(by, _)| by.as_str()),
            smi_told_at: hub.smi_told.map(|(_, at)| instant_text(at)),
            reasons: hub.reasons.iter().map(ShownReason::from).collect(),
        }
    }
}

pub(in crate::web::manage) async fn hubs(
    app: web::Data<App>,
    order: web::Path<String>,
    asked: Result<web::Query<HubsQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || hubs_of(&app, &order, &asked)).await,
        Err(error) => reply::json::<ListedHubs>(Err(ApiError::malformed("query", error))),
    }
}

fn hubs_of(app: &App, order: &str, asked: &HubsQuery) -> ApiResult<ListedHubs> {
    let order = number(order)?;
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let Paged { rows, next } =
        app.reflash_hubs(order, page).map_err(refusal)?.ok_or_else(|| unknown(order))?;
    Ok(ListedHubs {
        hubs: rows.iter().map(ShownHub::from).collect(),
        next: next.map(|line| line.to_string()),
    })
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
    let no_site = || ApiError::new(StatusCode::NOT_FOUND, format!("there is no site {site}"));
    let slots = slots.ok_or_else(no_site)?.into_iter().map(ShownSlot::from).collect();
    Ok(OpenSlots { site: site.to_string(), slots })
}
