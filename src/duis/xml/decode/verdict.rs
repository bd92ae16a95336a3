//! The errors of decoding.

use super::Salvaged;
use crate::{domain::ServiceReferenceVariant, duis::xml::NotWellFormed};

/// Why a message could not be decoded.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    /// It is not well-formed XML: HTTP 400 (SMI.md 3/2).
    #[error(transparent)]
    NotXml(#[from] NotWellFormed),
    /// DUIS knows the request and this service does not answer it: HTTP 501 (SMI.md 3/3).
    #[error("the Service Request `{0}` ({name}) is not answered here", name = .0.name())]
    NotImplemented(ServiceReferenceVariant),
    /// It breaks the schema, or its Body does not match its Header: E100 (SMI.md 3/3).
    #[error(transparent)]
    Invalid(Box<Invalid>),
}

/// A fault of a well-formed message, and its location.
#[derive(Debug, thiserror::Error)]
#[error("{location}: {reason}")]
pub struct Invalid {
    /// The element's path and line: `Request/Header/RequestID (line 4)`.
    pub location: String,
    /// What is wrong with it.
    pub reason: String,
    /// Which rule it breaks.
    pub kind: InvalidKind,
    /// The values that the error answer can repeat.
    pub salvaged: Salvaged,
}

/// Which rule a message breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKind {
    /// The published schema.
    Schema,
    /// Header and Body name different Service Requests, which the schema does not forbid (SMI.md 3/3, ours).
    Mismatch,
}
