//! The page of a list, from a query: `?after=KEY&limit=N`.

use super::reply::{ApiError, ApiResult};
use crate::store::PageRequest;

/// The number of rows where `limit` is not given.
const DEFAULT_LIMIT: u16 = 100;
/// The maximum of `limit`.
const MAX_LIMIT: u16 = 1_000;

/// Reads the two parameters. `after` is what `next` of the page before says.
pub(super) fn page(after: Option<&str>, limit: Option<&str>) -> ApiResult<PageRequest> {
    let after = after.map(str::parse).transpose();
    let after = after.map_err(|_| no_such_place())?;
    Ok(PageRequest { after, limit: self::limit(limit)? })
}

/// Reads `limit`.
pub(super) fn limit(text: Option<&str>) -> ApiResult<u16> {
    match text.map(str::parse) {
        None => Ok(DEFAULT_LIMIT),
        Some(Ok(limit @ 1..=MAX_LIMIT)) => Ok(limit),
        Some(_) => Err(ApiError::malformed("limit", format!("give a number from 1 to {MAX_LIMIT}"))),
    }
}

/// The refusal of an `after` that no page gave.
pub(super) fn no_such_place() -> ApiError {
    ApiError::malformed("after", "give what `next` of the page before says")
}
