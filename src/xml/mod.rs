//! XML: read once into a [`Document`], decoded to a request, and written as an answer.

mod document;
pub mod names;

pub use document::{Attribute, Document, Element, Node, NodeId};
