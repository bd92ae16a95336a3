//! The error of schema validation.

use crate::duis::xml::NodeId;

/// A violation of the schema by one node.
#[derive(Debug)]
pub(super) struct SchemaFault {
    /// The element that breaks the schema.
    pub(super) at: NodeId,
    /// What is wrong with it.
    pub(super) reason: String,
}

impl SchemaFault {
    pub(super) fn new(at: NodeId, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into() }
    }
}
