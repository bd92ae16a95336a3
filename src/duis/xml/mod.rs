//! The XML half of the codec: parses messages into a [`Document`], decodes requests and encodes answers.

mod builder;
mod compose;
mod decode;
mod document;
mod encode;
mod escape;
mod excerpt;
pub mod names;
mod parse;
pub mod pretty;
mod read_answer;
mod write;

pub use builder::UnsignedMessage;
pub use compose::{compose, compose_with_image};
pub use decode::{
    Decoded, Envelope, HubBatchFault, Invalid, InvalidKind, Salvaged, Undecodable, decode, decode_envelope,
    decode_hubs,
};
pub use document::{Attribute, Document, Element, Node, NodeId};
pub use encode::{ShownRegion, encode, encode_alert, encode_hubs, shown_regions};
pub(crate) use escape::{attribute_reference, push_escaped, text_reference};
pub use escape::{escape_attribute, escape_text};
pub(crate) use excerpt::excerpt;
pub use parse::{Flaw, NotWellFormed, parse, parse_at_most};
pub use read_answer::{AnswerFault, AnswerSummary, read_answer, request_id_text, unknown_wan_variants};
pub use write::compact;
