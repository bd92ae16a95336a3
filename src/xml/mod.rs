//! XML: read once into a [`Document`], decoded to a request, and written as an answer.

mod document;
mod escape;
pub mod names;
mod parse;
mod write;

pub use document::{Attribute, Document, Element, Node, NodeId};
pub(crate) use escape::push_escaped;
pub use escape::{escape_attribute, escape_text};
pub use parse::{Flaw, NotWellFormed, parse};
pub use write::compact;
