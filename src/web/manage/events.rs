//! `POST /manage/devices/{id}/events`: applies an event that a Device, its CSP or the DCC reports.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{
    device_id::device_id,
    reply::{self, ApiError, ApiResult, BodyResult},
};
use crate::{
    domain::Malformed,
    rules::event::DeviceEvent,
    service::{App, EventOutcome},
    web::body::BufferedBody,
};

/// The request body.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct ReportedEvent {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    event: String,
    /// For `FirmwareReported`, and for no other: the firmware version.
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    version: Option<String>,
}

/// The answer: the event and its changes.
#[derive(Serialize)]
struct AppliedEvent {
    device_id: String,
    event: &'static str,
    changes: Vec<String>,
}

pub(super) async fn report(app: web::Data<App>, id: web::Path<String>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || apply(&app, &id, body)).await
}

fn apply(app: &App, id: &str, body: ApiResult<BufferedBody>) -> ApiResult<AppliedEvent> {
    let id = device_id(id)?;
    let ReportedEvent { event, version } = reply::read(body)?;
    let event: DeviceEvent = event.parse().map_err(|reason| ApiError::malformed("event", reason))?;
    let outcome = match (event, version) {
        (DeviceEvent::FirmwareReported, None) => {
            return Err(ApiError::malformed("version", "`FirmwareReported` needs one"));
        }
        (DeviceEvent::FirmwareReported, Some(version)) => {
            let version =
                version.parse().map_err(|reason: Malformed| ApiError::malformed("version", reason))?;
            app.firmware_reported(id, version)
        }
        (_, Some(_)) => return Err(ApiError::malformed("version", format!("`{event}` has none"))),
        (event, None) => app.device_event(id, event),
    };
    match outcome.map_err(ApiError::fault)? {
        EventOutcome::Applied(changes) => {
            let changes = changes.iter().map(ToString::to_string).collect();
            Ok(AppliedEvent { device_id: id.to_string(), event: event.as_str(), changes })
        }
        EventOutcome::Refused(reason) => Err(ApiError::new(StatusCode::CONFLICT, reason)),
    }
}
