//! Refusals about orders as HTTP.

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::Step,
    service::ReflashFault,
    web::manage::{file_refusal::file_refusal, reply::ApiError},
};

/// 404 for what is not there, 409 for what does not fit, 413 for a file with too many hubs, 422 for one that cannot be read and for what
/// a rule refuses.
pub(super) fn refusal(fault: ReflashFault) -> ApiError {
    let reason = fault.to_string();
    match fault {
        ReflashFault::NoUser(_) | ReflashFault::NoOrder(_) => ApiError::new(StatusCode::NOT_FOUND, reason),
        ReflashFault::Off | ReflashFault::ReferenceUsed(_) | ReflashFault::NotToBeAmended { .. } => {
            ApiError::new(StatusCode::CONFLICT, reason)
        }
        ReflashFault::NotAllowed { state, allowed, .. } => {
            let allowed = allowed.iter().map(|event| event.as_str()).collect::<Vec<_>>();
            ApiError::new(StatusCode::CONFLICT, reason)
                .with("state", state.as_str().into())
                .with("allowed", allowed.into())
        }
        ReflashFault::Refused(checks) => {
            let checks = checks.iter().map(check).collect::<Vec<_>>();
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, reason).with("checks", checks.into())
        }
        ReflashFault::TooMany { .. } => ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, reason),
        ReflashFault::Malformed { .. } => ApiError::new(StatusCode::BAD_REQUEST, reason),
        ReflashFault::Twice(_) | ReflashFault::Calendar(_) => {
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, reason)
        }
        ReflashFault::File(fault) => file_refusal(fault),
        ReflashFault::Fault(fault) => ApiError::fault(fault),
    }
}

fn check(step: &Step) -> Value {
    json!({ "rule": step.rule.id, "holds": step.holds, "saw": step.saw })
}
