//! `GET /manage/devices/{id}`: the SMI record of a Device, of today or as it stood at an instant, and the history of its status.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::{
    device_as_at::{self, ShownPastRecord},
    device_id::{device_id, never_known},
    hubs::ShownPlace,
    page::page,
    reflash::ShownHubOrder,
    reply::{self, ApiError, ApiResult},
};
use crate::{
    domain::{
        Date, Device, Timestamp, instant_text, parse_instant,
        tsat::{Baseline, Tables},
    },
    service::{
        App,
        manage::{DeviceRecord, RecordPages},
    },
    store::{DeviceColumns, HubNotice, NotedUpdate, StatusChange},
    web::tsat::ShownJudgement,
};

/// The query: the page of the history, and that of the notifications about a hub.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordQuery {
    after: Option<String>,
    notifications_after: Option<String>,
    limit: Option<String>,
    as_at: Option<String>,
}

impl RecordQuery {
    /// The instant of a past record; none where that of today is asked for.
    fn instant(&self) -> ApiResult<Option<Timestamp>> {
        let Some(as_at) = &self.as_at else { return Ok(None) };
        if self.after.is_some() || self.notifications_after.is_some() || self.limit.is_some() {
            return Err(ApiError::malformed("as_at", "a past record has no pages"));
        }
        parse_instant(as_at).map(Some).map_err(|reason| ApiError::malformed("as_at", reason))
    }

    fn pages(&self) -> ApiResult<RecordPages> {
        let limit = self.limit.as_deref();
        Ok(RecordPages {
            history: page(self.after.as_deref(), limit)?,
            hub_notices: page(self.notifications_after.as_deref(), limit)?,
        })
    }
}

pub(super) async fn show(
    app: web::Data<App>,
    id: web::Path<String>,
    asked: Result<web::Query<RecordQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find_as_asked(&app, &id, &asked)).await,
        Err(error) => reply::json::<ShownDeviceRecord>(Err(ApiError::malformed("query", error))),
    }
}

/// The record of today, or that of an instant.
#[derive(Serialize)]
#[serde(untagged)]
enum ShownRecord {
    Today(Box<ShownDeviceRecord>),
    Past(Box<ShownPastRecord>),
}

fn find_as_asked(app: &App, id: &str, asked: &RecordQuery) -> ApiResult<ShownRecord> {
    match asked.instant()? {
        None => find(app, id, asked).map(Box::new).map(ShownRecord::Today),
        Some(at) => {
            let at = app.clock().now().reached(at);
            let at = at.map_err(|reason| ApiError::malformed("as_at", reason))?;
            device_as_at::find(app, device_id(id)?, at).map(Box::new).map(ShownRecord::Past)
        }
    }
}

fn find(app: &App, id: &str, asked: &RecordQuery) -> ApiResult<ShownDeviceRecord> {
    let (id, pages) = (device_id(id)?, asked.pages()?);
    let found = app.device_record(id, pages).map_err(ApiError::fault)?.ok_or_else(|| never_known(id))?;
    let DeviceRecord { device, history, hub_notices, stock, tables, orders } = found;
    let key = |next: Option<i64>| next.map(|key| key.to_string());
    Ok(ShownDeviceRecord {
        tsat: device
            .as_ref()
            .zip(tables)
            .map(|(device, tables)| validity(device, &tables, app.london_today())),
        device: device.as_ref().map(ShownDevice::from),
        history: history.rows.iter().map(ShownChange::from).collect(),
        next: key(history.next),
        hub_notifications: hub_notices.rows.into_iter().map(ShownNotice::from).collect(),
        next_notifications: key(hub_notices.next),
        stock: stock.as_ref().map(ShownPlace::from),
        orders: orders.map(|orders| orders.iter().map(ShownHubOrder::from).collect()),
    })
}

/// The answers of the tables about a Device today.
fn validity(device: &Device, tables: &Tables, today: Date) -> ShownJudgement {
    let baseline = Baseline::of(device);
    ShownJudgement::new(&baseline, today, &tables.judge(&baseline, today, today, false))
}

/// The answer: the Device and its history.
#[derive(Serialize)]
struct ShownDeviceRecord {
    /// Null if the Device was removed; its history is kept.
    device: Option<ShownDevice>,
    history: Vec<ShownChange>,
    /// What `after` of the next page of the history says; null on the last one.
    next: Option<String>,
    /// Only for a CHF and its GPF.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hub_notifications: Vec<ShownNotice>,
    /// What `notifications_after` of the next page says; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_notifications: Option<String>,
    /// Where it lies, of a CHF that stock is known of.
    #[serde(skip_serializing_if = "Option::is_none")]
    stock: Option<ShownPlace>,
    /// Only for a CHF: may it be installed, maintained, operated today?
    #[serde(skip_serializing_if = "Option::is_none")]
    tsat: Option<ShownJudgement>,
    /// Only for a CHF: the re-flash orders that it is, or was, on, the newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders: Option<Vec<ShownHubOrder>>,
}

/// The Device: the columns of devices.csv, and the type text of its variant (MP125-R10).
#[derive(Serialize)]
struct ShownDevice {
    #[serde(flatten)]
    columns: DeviceColumns,
    esme_variant_type: Option<&'static str>,
}

fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

impl From<&Device> for ShownDevice {
    fn from(device: &Device) -> Self {
        let esme_variant_type = device.details.esme_variant.map(|variant| variant.type_text());
        Self { columns: DeviceColumns::from(device), esme_variant_type }
    }
}

/// One status change.
#[derive(Serialize)]
struct ShownChange {
    from: Option<&'static str>,
    to: Option<&'static str>,
    at: String,
    by: Option<String>,
    request_id: Option<String>,
    interface: String,
    reason: Option<String>,
}

impl From<&StatusChange> for ShownChange {
    fn from(change: &StatusChange) -> Self {
        let StatusChange { device: _, from, to, at, by, request_id, interface, reason } = change;
        Self {
            from: from.map(|status| status.as_str()),
            to: to.map(|status| status.as_str()),
            at: instant_text(*at),
            by: text(by.as_ref()),
            request_id: text(request_id.as_ref()),
            interface: interface.clone(),
            reason: reason.clone(),
        }
    }
}

/// One hub notification by a CSP (CSPM-N3).
#[derive(Serialize)]
struct ShownNotice {
    chf_device_id: String,
    gpf_device_id: String,
    csp: String,
    csp_region: &'static str,
    request_id: String,
    at: String,
    outcome: &'static str,
    changes: Vec<NotedUpdate>,
}

impl From<HubNotice> for ShownNotice {
    fn from(notice: HubNotice) -> Self {
        let HubNotice { chf, gpf, csp, csp_region, request_id, at, outcome, updates } = notice;
        Self {
            chf_device_id: chf.to_string(),
            gpf_device_id: gpf.to_string(),
            csp: csp.to_string(),
            csp_region: csp_region.as_str(),
            request_id: request_id.to_string(),
            at: instant_text(at),
            outcome: outcome.as_str(),
            changes: updates,
        }
    }
}
