//! Why a document is not what the schema says.

use crate::duis::xml::NodeId;

/// What is wrong with the node there.
#[derive(Debug)]
pub(super) struct Fault {
    /// The element to blame.
    pub(super) at: NodeId,
    /// What is wrong with it.
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn new(at: NodeId, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into() }
    }
}
