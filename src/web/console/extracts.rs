//! The coverage extract in force of each CSP Region, with its source and age.

use super::shown::When;
use crate::{
    domain::{Now, age_in_days},
    service::console::CoverageExtractValue,
};

/// An extract older than this is a warning.
const OLD: i64 = 31;

/// The coverage extract of a CSP Region.
#[derive(Clone, Debug)]
pub(super) struct ExtractRow {
    pub(super) region: &'static str,
    pub(super) rows: u64,
    pub(super) source: Option<String>,
    pub(super) loaded_at: Option<When>,
    pub(super) age_days: Option<i64>,
}

impl ExtractRow {
    pub(super) fn new(extract: &CoverageExtractValue, now: Now) -> Self {
        let loaded = extract.file.as_ref().map(|file| file.loaded_at);
        Self {
            region: extract.region.as_str(),
            rows: extract.rows,
            source: extract.file.as_ref().map(|file| file.name.clone()),
            loaded_at: loaded.map(When),
            age_days: loaded.map(|at| age_in_days(at, now)),
        }
    }

    pub(super) fn is_old(&self) -> bool {
        self.age_days.is_some_and(|days| days > OLD)
    }
}
