//! Why a message is not a request that is answered here.

use super::Salvaged;
use crate::{domain::ServiceReferenceVariant, duis::xml::NotWellFormed};

/// Why a message could not be decoded.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    /// It is no XML: HTTP 400 (SMI.md 3/2).
    #[error(transparent)]
    NotXml(#[from] NotWellFormed),
    /// DUIS knows the request and this service does not answer it: HTTP 501 (SMI.md 3/3).
    #[error("the Service Request `{0}` ({name}) is not answered here", name = .0.name())]
    NotImplemented(ServiceReferenceVariant),
    /// It is not what the schema or its own Header says it is: E100 (SMI.md 3/3).
    #[error(transparent)]
    Invalid(Box<Invalid>),
}

/// What is wrong with a message that is XML, and where.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Invalid {
    /// The element's path and line: `Request/Header/RequestID (line 4)`.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
    /// Which rule says so.
    pub kind: InvalidKind,
    /// What an answer can repeat of the message nevertheless.
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
