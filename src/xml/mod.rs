//! XML: read once into a [`Document`], decoded to a request, and written as an answer.

mod document;
pub mod names;
mod parse;

pub use document::{Attribute, Document, Element, Node, NodeId};
pub use parse::{Flaw, NotWellFormed, parse};
