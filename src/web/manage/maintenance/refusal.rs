//! Refusals about maintenance as HTTP.

use actix_web::http::StatusCode;

use crate::{
    service::MaintenanceFault,
    store::{ImportFault, RowFault},
    web::{manage::reply::ApiError, planned_maintenance::ShownMaintenanceCheck},
};

/// 400 for a value that cannot be read, 404 for what is not there, 409 for what does not fit, 422 for what a rule refuses.
pub(super) fn refusal(fault: MaintenanceFault) -> ApiError {
    let reason = fault.to_string();
    match fault {
        MaintenanceFault::NoWindow(_) | MaintenanceFault::NoCase(_) => {
            ApiError::new(StatusCode::NOT_FOUND, reason)
        }
        MaintenanceFault::Form(fault) => ApiError::new(StatusCode::BAD_REQUEST, form(&fault)),
        MaintenanceFault::Conflict(_) => ApiError::new(StatusCode::CONFLICT, reason),
        MaintenanceFault::Refused(checks) => {
            let checks = checks.iter().map(ShownMaintenanceCheck::from);
            let checks = checks.map(|check| serde_json::json!(check)).collect::<Vec<_>>();
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, reason).with("checks", checks.into())
        }
        MaintenanceFault::Fault(fault) => ApiError::fault(fault),
    }
}

/// Every value that cannot be read, with its place: a body has no lines.
fn form(fault: &ImportFault) -> String {
    let of = |RowFault { column, reason, .. }: &RowFault| {
        format!("{}: {reason}", column.as_deref().unwrap_or("body"))
    };
    match fault {
        ImportFault::Rows { faults, .. } => faults.iter().map(of).collect::<Vec<_>>().join("; "),
        ImportFault::Store(_) | ImportFault::Read(_) | ImportFault::UnderWay | ImportFault::Overtaken => {
            fault.to_string()
        }
    }
}
