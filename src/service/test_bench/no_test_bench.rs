//! The refusal of what is for test instances alone.

/// The refusal of what is for test instances alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs `[test]`, which is not set")]
pub struct NoTestBench;
