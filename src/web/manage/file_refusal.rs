//! The refusal of a file that cannot be read to its end: nothing of it is taken.

use actix_web::http::StatusCode;
use serde_json::json;

use super::reply::ApiError;
use crate::store::{ImportFault, RowFault};

/// 422, with the first faults, their places, and the total.
pub(super) fn file_refusal(fault: ImportFault) -> ApiError {
    match fault {
        ImportFault::Rows { faults, total } => {
            let shown = faults.iter().map(|fault| {
                let RowFault { line, column, value, reason } = fault;
                json!({ "line": line, "column": column, "value": value, "reason": reason })
            });
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, format!("nothing taken; {first}"))
                .with("total", total.into())
                .with("faults", shown.collect::<Vec<_>>().into())
        }
        ImportFault::Store(fault) => ApiError::fault(fault.into()),
        fault @ (ImportFault::Read(_) | ImportFault::UnderWay | ImportFault::Overtaken) => {
            ApiError::malformed("body", fault)
        }
    }
}
