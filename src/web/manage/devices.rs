//! `GET /manage/devices/{id}`: the SMI record of a Device and the history of its status.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::reply::{self, Outcome, Refused};
use crate::{
    domain::{Device, Eui64, instant_text},
    service::{App, manage::DeviceRecord},
    store::{DeviceColumns, HubNotice, NotedUpdate, StatusChange},
};

pub(super) async fn show(service: web::Data<App>, id: web::Path<String>) -> HttpResponse {
    reply::blocking(move || find(&service, &id)).await
}

/// The Device a path names.
pub(super) fn device_id(text: &str) -> Outcome<Eui64> {
    text.parse().map_err(|reason| Refused::malformed("device id", reason))
}

fn find(service: &App, id: &str) -> Outcome<Shown> {
    let id = device_id(id)?;
    let DeviceRecord { device, history, hub_notices } = service.device_record(id).map_err(Refused::fault)?;
    if device.is_none() && history.is_empty() {
        let reason = format!("device `{id}` is not in the inventory and never was");
        return Err(Refused::new(StatusCode::NOT_FOUND, reason));
    }
    let device = device.as_ref().map(ShownDevice::from);
    let history = history.iter().map(ShownChange::from).collect();
    let hub_notifications = hub_notices.into_iter().map(ShownNotice::from).collect();
    Ok(Shown { device, history, hub_notifications })
}

#[derive(Serialize)]
struct Shown {
    /// Null where the Device was removed and its history stayed.
    device: Option<ShownDevice>,
    history: Vec<ShownChange>,
    /// Of a CHF and its GPF alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hub_notifications: Vec<ShownNotice>,
}

/// The columns of devices.csv, and the variant's type text (MP125-R10).
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

/// One row of the history; the Device is the one asked for.
#[derive(Serialize)]
struct ShownChange {
    from: Option<&'static str>,
    to: Option<&'static str>,
    at: String,
    by: Option<String>,
    request_id: Option<String>,
    interface: String,
}

impl From<&StatusChange> for ShownChange {
    fn from(change: &StatusChange) -> Self {
        let StatusChange { device: _, from, to, at, by, request_id, interface } = change;
        Self {
            from: from.map(|status| status.as_str()),
            to: to.map(|status| status.as_str()),
            at: instant_text(*at),
            by: text(by.as_ref()),
            request_id: text(request_id.as_ref()),
            interface: interface.clone(),
        }
    }
}

/// What a CSP told of the hub once (CSPM-N3).
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
