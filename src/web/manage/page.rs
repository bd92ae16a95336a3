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
    let after =
        after.map_err(|_| ApiError::malformed("after", "give what `next` of the page before says"))?;
    let limit = match limit.map(str::parse) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit @ 1..=MAX_LIMIT)) => limit,
        Some(_) => return Err(ApiError::malformed("limit", format!("give a number from 1 to {MAX_LIMIT}"))),
    };
    Ok(PageRequest { after, limit })
}
