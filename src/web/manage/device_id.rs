//! The Device id of a path.

use actix_web::http::StatusCode;

use super::reply::{ApiError, ApiResult};
use crate::domain::Eui64;

/// Parses the Device id of a path.
pub(super) fn device_id(text: &str) -> ApiResult<Eui64> {
    text.parse().map_err(|reason| ApiError::malformed("device id", reason))
}

/// The refusal of a Device that the SMI does not know.
pub(super) fn never_known(id: Eui64) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, format!("device `{id}` is not in the inventory and never was"))
}
