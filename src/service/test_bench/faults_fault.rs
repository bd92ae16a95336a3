//! Why faults on purpose were not replaced, added or removed.

use super::{faults::MOST_FAULTS, no_test_bench::NoTestBench};
use crate::service::Fault;

/// Why faults on purpose were not replaced, added or removed. They stand as they stood then.
#[derive(Debug, thiserror::Error)]
pub enum FaultsFault {
    /// There is no test bench.
    #[error(transparent)]
    NotTest(#[from] NoTestBench),
    /// Another one has the name.
    #[error("`{0}` is the id of another fault")]
    Taken(String),
    /// There are as many as may be.
    #[error("there are {MOST_FAULTS} faults, and no more may be")]
    Full,
    /// None has the name.
    #[error("there is no fault `{0}`")]
    Unknown(String),
    /// The act could not be recorded.
    #[error(transparent)]
    Fault(#[from] Fault),
}
