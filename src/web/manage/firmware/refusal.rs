//! Refusals about schedules as HTTP.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::{Malformed, Step},
    service::ScheduleFault,
    web::manage::reply::{ApiError, ApiResult},
};

/// 404 for what is not there, 409 where the state does not allow it, 422 for what a rule refuses.
pub(super) fn refusal(fault: ScheduleFault) -> ApiError {
    let reason = fault.to_string();
    match fault {
        ScheduleFault::NoSchedule(_) | ScheduleFault::NoImage(_) => {
            ApiError::new(StatusCode::NOT_FOUND, reason)
        }
        ScheduleFault::NotAllowed { state, .. } => {
            ApiError::new(StatusCode::CONFLICT, reason).with("state", state.as_str().into())
        }
        ScheduleFault::Refused(checks) => {
            let checks = checks.iter().map(check).collect::<Vec<_>>();
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, reason).with("checks", checks.into())
        }
        ScheduleFault::NoPlan(_) => ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, reason),
        ScheduleFault::Fault(fault) => ApiError::fault(fault),
    }
}

fn check(step: &Step) -> Value {
    json!({ "rule": step.rule.id, "holds": step.holds, "saw": step.saw })
}

/// Reads a text of a body or a query; the fault names its place.
pub(super) fn parsed<T>(
    place: &str,
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, Malformed>,
) -> ApiResult<Option<T>> {
    text.map(parse).transpose().map_err(|reason| ApiError::malformed(place, reason))
}

/// The same of one that must be there.
pub(super) fn required<T>(
    place: &str,
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, Malformed>,
) -> ApiResult<T> {
    parsed(place, text, parse)?.ok_or_else(|| ApiError::malformed(place, "missing"))
}
