//! From bytes to a [`Request`](crate::domain::Request), exactly as strict as the published schema.
//!
//! In: the bytes of a message. Out: [`Decoded`], which only this room builds, or [`Undecodable`]. One pass over the
//! document's nodes; nothing is repaired, guessed or trimmed beyond what a type's whitespace rule says. The inside of
//! a signature is never looked at here.

mod attributes;
mod body;
mod cursor;
mod envelope;
mod fault;
mod header;
mod hub;
mod hubs;
mod place;
mod salvage;
mod text;
mod values;
mod verdict;

pub use envelope::{Decoded, decode};
pub use hubs::{NoHubBatch, decode_hubs};
pub use salvage::Salvaged;
pub use verdict::{Invalid, InvalidKind, Undecodable};
