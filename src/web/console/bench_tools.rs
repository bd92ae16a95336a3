//! What the pages of the test bench share.

use super::page_error::{PageError, PageResult};
use crate::service::{App, test_bench::TestBench};

/// The test bench; as if the page were not there, unless `[test]` is set.
pub(super) fn bench_of(app: &App) -> PageResult<&TestBench> {
    let missing = |_| PageError::not_found("This instance has no test bench: `[test]` is not set.");
    app.test_bench().map_err(missing)
}
