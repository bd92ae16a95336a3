//! `GET /manage/hubs`: hubs in stock, and `GET /manage/hubs/{id}`: one hub.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::{
    device_id::device_id,
    page::{limit, no_such_place},
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{Date, Malformed, StockRow, parse_date, tsat::Answer, tsat::VersionNumber},
    service::{
        App,
        hubs::{HubPage, HubRecord, ListFilter, ListedHub},
    },
};

/// The query: which hubs, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HubsQuery {
    party: Option<String>,
    version: Option<String>,
    gbcs: Option<String>,
    region: Option<String>,
    within: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<HubsQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, asked.into_inner())).await,
        Err(error) => reply::json::<ListedHubs>(Err(ApiError::malformed("query", error))),
    }
}

/// Parses a value of a query.
pub(super) fn parsed<T: std::str::FromStr<Err = Malformed>>(
    place: &str,
    text: Option<&str>,
) -> ApiResult<Option<T>> {
    text.map(str::parse).transpose().map_err(|reason| ApiError::malformed(place, reason))
}

/// Parses a day of a query.
pub(super) fn day(place: &str, text: Option<&str>) -> ApiResult<Option<Date>> {
    text.map(parse_date).transpose().map_err(|reason| ApiError::malformed(place, reason))
}

/// Parses a number of days.
pub(super) fn days(place: &str, text: Option<&str>) -> ApiResult<Option<u32>> {
    let days = |text: &str| text.parse::<u32>().ok().filter(|days| *days <= 36_500);
    let wanted = || ApiError::malformed(place, "give a number of days from 0 to 36500");
    text.map(|text| days(text).ok_or_else(wanted)).transpose()
}

fn version(place: &str, text: Option<&str>) -> ApiResult<Option<VersionNumber>> {
    let wanted = || ApiError::malformed(place, "give a text that ends with a version like `1.0`");
    text.map(|text| VersionNumber::at_end_of(text).ok_or_else(wanted)).transpose()
}

fn find(app: &App, asked: HubsQuery) -> ApiResult<ListedHubs> {
    let filter = ListFilter {
        version: version("version", asked.version.as_deref())?,
        gbcs: version("gbcs", asked.gbcs.as_deref())?,
        region: parsed("region", asked.region.as_deref())?,
        within: days("within", asked.within.as_deref())?,
        party: asked.party,
    };
    let after = asked.after.as_deref().map(|after| after.parse().map_err(|_| no_such_place())).transpose()?;
    let page = app.hub_page(&filter, after, limit(asked.limit.as_deref())?).map_err(ApiError::fault)?;
    page.map(ListedHubs::from).map_err(|_| no_such_place())
}

/// A page of hubs in stock as JSON.
#[derive(Clone, Debug, Serialize)]
struct ListedHubs {
    /// How many fit altogether.
    total: u64,
    hubs: Vec<ShownStockedHub>,
    /// What `after` of the next page says; null on the last one.
    next: Option<String>,
}

impl From<HubPage> for ListedHubs {
    fn from(HubPage { hubs, next, all }: HubPage) -> Self {
        let hubs = hubs.into_iter().map(ShownStockedHub::from).collect();
        Self { total: all, hubs, next: next.map(|chf| chf.to_string()) }
    }
}

/// A hub in stock as JSON.
#[derive(Clone, Debug, Serialize)]
struct ShownStockedHub {
    chf_device_id: String,
    party: String,
    pre_notified_by: Option<String>,
    device_manufacturer: String,
    device_model: String,
    firmware_version: Option<String>,
    chts_version: Option<String>,
    gbcs_version: Option<String>,
    csp_region: Option<String>,
    band: Option<String>,
    install_to: Option<String>,
    use_by: Option<String>,
    use_by_kind: Option<String>,
    stock: Option<ShownPlace>,
}

fn text<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

impl From<ListedHub> for ShownStockedHub {
    fn from(listed: ListedHub) -> Self {
        let ListedHub { hub, party, install_to, use_by } = listed;
        Self {
            chf_device_id: hub.chf.to_string(),
            party: party.unwrap_or_else(|| "unknown".to_owned()),
            pre_notified_by: text(hub.pre_notified_by),
            device_manufacturer: hub.model.manufacturer.to_string(),
            device_model: hub.model.model.to_string(),
            firmware_version: text(hub.firmware),
            chts_version: text(hub.version.chts),
            gbcs_version: text(hub.version.gbcs),
            csp_region: text(hub.region),
            band: text(hub.band),
            install_to: text(install_to),
            use_by: text(use_by.map(|use_by| use_by.day)),
            use_by_kind: text(use_by.map(|use_by| use_by.kind)),
            stock: hub.place.as_ref().map(ShownPlace::from),
        }
    }
}

/// Where a hub lies, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownPlace {
    /// The location.
    pub location_id: String,
    /// The London day of its delivery.
    pub delivered_on: Option<String>,
    /// The Advanced Shipment Notification.
    pub asn: Option<String>,
    /// The pallet.
    pub pallet: Option<String>,
    /// The carton.
    pub carton: Option<String>,
    /// How it is packed.
    pub packaging: String,
}

impl From<&StockRow> for ShownPlace {
    fn from(row: &StockRow) -> Self {
        let StockRow { chf: _, location, delivered_on, asn, pallet, carton, packaging } = row;
        Self {
            location_id: location.to_string(),
            delivered_on: text(*delivered_on),
            asn: text(asn.as_ref()),
            pallet: text(pallet.as_ref()),
            carton: text(carton.as_ref()),
            packaging: packaging.to_string(),
        }
    }
}

/// The query about one hub: the day it is judged on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HubQuery {
    on: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    id: web::Path<String>,
    asked: Result<web::Query<HubQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || one(&app, &id, &asked)).await,
        Err(error) => reply::json::<ShownHub>(Err(ApiError::malformed("query", error))),
    }
}

fn one(app: &App, id: &str, asked: &HubQuery) -> ApiResult<ShownHub> {
    let chf = device_id(id)?;
    let on = day("on", asked.on.as_deref())?.unwrap_or_else(|| app.london_today());
    let found = app.hub(chf, on).map_err(ApiError::fault)?;
    let unknown = || ApiError::new(StatusCode::NOT_FOUND, format!("`{chf}` is no hub in the SMI"));
    found.map(ShownHub::from).ok_or_else(unknown)
}

/// A hub as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownHub {
    /// The CHF.
    pub chf_device_id: String,
    /// The GPF.
    pub gpf_device_id: Option<String>,
    /// The SMI Status.
    pub status: Option<String>,
    /// The Party; `unknown` where that is not known.
    pub party: String,
    /// The User that pre-notified it.
    pub pre_notified_by: Option<String>,
    /// The manufacturer.
    pub device_manufacturer: String,
    /// The model.
    pub device_model: String,
    /// The firmware version.
    pub firmware_version: Option<String>,
    /// The CHTS version, as it is recorded.
    pub chts_version: Option<String>,
    /// The GBCS version, as it is recorded.
    pub gbcs_version: Option<String>,
    /// The CSP Region.
    pub csp_region: Option<String>,
    /// The band.
    pub band: Option<String>,
    /// What the Applicability Tables say of it.
    pub validity: ShownValidity,
    /// Until when it is of use in stock.
    pub use_by: Option<String>,
    /// `IVP` or `AP`.
    pub use_by_kind: Option<String>,
    /// Where it lies.
    pub stock: Option<ShownPlace>,
    /// How old its firmware is.
    pub generation: String,
    /// The newest firmware of its model.
    pub newest: Option<String>,
}

/// The answers of the Applicability Tables as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownValidity {
    /// The day.
    pub on: String,
    /// The version in force.
    pub table: Option<String>,
    /// The row.
    pub row: Option<String>,
    /// What else is to be known.
    pub warnings: Vec<String>,
    /// May it be installed?
    pub install: ShownPeriod,
    /// May it be maintained?
    pub maintain: ShownPeriod,
    /// May it be in operation?
    pub operate: ShownPeriod,
}

/// An answer as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownPeriod {
    /// `yes`, `no`, `no_row` or `not_asked`.
    pub may: &'static str,
    /// The first day.
    pub from: Option<String>,
    /// The last day, or `ND`.
    pub to: Option<String>,
}

impl From<Answer> for ShownPeriod {
    fn from(Answer { may, period }: Answer) -> Self {
        Self {
            may: may.as_str(),
            from: text(period.map(|period| period.from())),
            to: text(period.map(|period| period.to())),
        }
    }
}

impl From<HubRecord> for ShownHub {
    fn from(hub: HubRecord) -> Self {
        let HubRecord { device, party, band, on, table, row, verdict, use_by, stock, generation, newest } =
            hub;
        let details = device.details;
        Self {
            chf_device_id: device.id.to_string(),
            gpf_device_id: text(device.associated_gpf),
            status: text(device.status),
            party: party.unwrap_or_else(|| "unknown".to_owned()),
            pre_notified_by: text(device.pre_notified_by),
            device_manufacturer: details.manufacturer.to_string(),
            device_model: details.model.to_string(),
            firmware_version: text(details.firmware_version),
            chts_version: text(details.smets_chts_version),
            gbcs_version: text(device.gbcs_version),
            csp_region: text(device.csp_region),
            band: text(band),
            validity: ShownValidity {
                on: on.to_string(),
                table: text(table),
                row: text(row),
                warnings: verdict.warnings.iter().map(ToString::to_string).collect(),
                install: verdict.install.into(),
                maintain: verdict.maintain.into(),
                operate: verdict.operate.into(),
            },
            use_by: text(use_by.map(|use_by| use_by.day)),
            use_by_kind: text(use_by.map(|use_by| use_by.kind)),
            stock: stock.as_ref().map(ShownPlace::from),
            generation: generation.to_string(),
            newest: text(newest),
        }
    }
}
