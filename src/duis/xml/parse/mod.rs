//! The XML parser: strict, namespace-aware and bounded.
//!
//! In: the bytes of a body. Out: a [`Document`](super::Document), or the first flaw with its location. It accepts nothing
//! that a conformant XML 1.0 parser with namespaces would refuse. quick-xml only finds where each piece of markup ends;
//! this module checks everything inside the piece, because quick-xml is lenient there.
//!
//! It is stricter than XML 1.0 by choice: no DOCTYPE, only version 1.0, only UTF-8 (SMI.md 3/2), and the limits below,
//! which bound its time and memory for hostile input.

mod document_reader;
mod flaw;
mod scope;
mod tag;
mod text;

pub use document_reader::{parse, parse_at_most};
pub use flaw::{Flaw, NotWellFormed};

/// The maximum depth of nested elements. The deepest DUIS message has about 20.
const MAX_DEPTH: usize = 64;
/// The maximum of attributes and namespace declarations of an element: duplicates are found by comparing each pair.
const MAX_ATTRIBUTES: usize = 64;
/// The maximum of nodes, attributes and namespace declarations of a document.
const MAX_PARTS: usize = 100_000;
/// The maximum of namespace declarations in scope: each prefix is looked up by a linear search.
const MAX_BINDINGS: usize = 128;
/// The maximum length of a namespace name in bytes: each element of the namespace may hold a copy.
const MAX_NAMESPACE: usize = 512;
