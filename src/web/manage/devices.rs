//! `GET /manage/devices/{id}`: the SMI record of a Device and the history of its status.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::reply::{self, ApiError, ApiResult};
use crate::{
    domain::{Device, Eui64, instant_text},
    service::{App, manage::DeviceRecord},
    store::{DeviceColumns, HubNotice, NotedUpdate, StatusChange},
};

pub(super) async fn show(app: web::Data<App>, id: web::Path<String>) -> HttpResponse {
    reply::blocking(move || find(&app, &id)).await
}

/// Parses the Device id of a path.
pub(super) fn device_id(text: &str) -> ApiResult<Eui64> {
    text.parse().map_err(|reason| ApiError::malformed("device id", reason))
}

fn find(app: &App, id: &str) -> ApiResult<ShownDeviceRecord> {
    let id = device_id(id)?;
    let DeviceRecord { device, history, hub_notices } = app.device_record(id).map_err(ApiError::fault)?;
    if device.is_none() && history.is_empty() {
        let reason = format!("device `{id}` is not in the inventory and never was");
        return Err(ApiError::new(StatusCode::NOT_FOUND, reason));
    }
    let device = device.as_ref().map(ShownDevice::from);
    let history = history.iter().map(ShownChange::from).collect();
    let hub_notifications = hub_notices.into_iter().map(ShownNotice::from).collect();
    Ok(ShownDeviceRecord { device, history, hub_notifications })
}

/// The answer: the Device and its history.
#[derive(Serialize)]
struct ShownDeviceRecord {
    /// Null if the Device was removed; its history is kept.
    device: Option<ShownDevice>,
    history: Vec<ShownChange>,
    /// Only for a CHF and its GPF.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hub_notifications: Vec<ShownNotice>,
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
