//! The request decoder: from bytes to a [`Request`](crate::domain::Request), exactly as strict as the published schema.
//!
//! In: the bytes of a message. Out: [`Decoded`], which only this module builds, or [`Undecodable`]. It is one pass over the
//! nodes of the document. Nothing is repaired or guessed, and only the whitespace rule of a type trims a value. The content
//! of a signature is not decoded here: `duis::signature` verifies it.

mod attributes;
mod body;
mod cursor;
mod envelope;
mod firmware;
mod header;
mod hub;
mod hubs;
mod location;
mod salvage;
mod schema_fault;
mod text;
mod values;
mod verdict;

pub use envelope::{Decoded, Envelope, decode, decode_envelope};
pub use hubs::{HubBatchFault, decode_hubs};
pub use salvage::Salvaged;
pub use verdict::{Invalid, InvalidKind, Undecodable};
