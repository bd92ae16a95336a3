//! The answer to a request while a maintenance window is in force that stops requests (SERVICE.md 3.3, At the DUIS listener).

use actix_web::{HttpResponse, http::header};

use super::explain::{explained, phrase, phrased};
use crate::service::MaintenanceStop;

/// What stands for a rule.
const LISTENER: &str = "PM/listener";

/// Marks an answer that the counter of refusals leaves out.
pub(super) struct Uncounted;

/// 503 with Retry-After: nothing was received, so that the same bytes may come again. No response code of DUIS means maintenance.
pub(super) fn refused(stop: &MaintenanceStop) -> HttpResponse {
    let MaintenanceStop { reference, until, retry_after } = stop;
    tracing::debug!(reference, retry_after, "request refused, planned maintenance");
    let reason = format!("planned maintenance {reference} until {until}");
    let mut response = HttpResponse::ServiceUnavailable()
        .insert_header((header::RETRY_AFTER, retry_after.to_string()))
        .content_type("text/plain; charset=utf-8")
        .body(format!("{reason}\n"));
    response.extensions_mut().insert(Uncounted);
    phrased(explained(response, LISTENER, reason), phrase::MAINTENANCE)
}
