//! `/manage/maintenance`: months, windows and cases (SERVICE.md 5.2).

mod acts;
mod cases;
mod list;
mod refusal;
mod window;

pub(super) use acts::{announce, close, extend, publish, withdraw};
pub(super) use cases::{close as close_case, open as open_case};
pub(super) use list::{check, list};
pub(super) use window::{save, show};

use super::reply::{ApiError, ApiResult};
use crate::domain::{Malformed, Timestamp, parse_london_or_utc_minute};

/// A value of a body or a path.
fn value<T: std::str::FromStr<Err = Malformed>>(place: &str, text: &str) -> ApiResult<T> {
    text.parse().map_err(|reason| ApiError::malformed(place, reason))
}

/// A value that may be left out.
fn optional<T: std::str::FromStr<Err = Malformed>>(place: &str, text: Option<&str>) -> ApiResult<Option<T>> {
    text.map(|text| value(place, text)).transpose()
}

/// A time in whole minutes, in UTC or by London's clock.
fn minute(place: &str, text: Option<&str>) -> ApiResult<Option<Timestamp>> {
    let read = text.map(parse_london_or_utc_minute).transpose();
    read.map_err(|reason| ApiError::malformed(place, reason))
}
