//! What was gathered for a request before its transaction.

use std::sync::Arc;

use crate::domain::{ImageRecipients, LiveCoverage};

/// What was gathered for a request.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The outcomes of asking CSPs, if any were asked.
    pub(super) live: LiveCoverage,
    /// Of an SR 11.1: the Devices that it names, sorted.
    pub(super) recipients: Option<Arc<ImageRecipients>>,
}
