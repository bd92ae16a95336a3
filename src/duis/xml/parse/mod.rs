//! The only judge of what is well-formed.
//!
//! In: the bytes of a body. Out: a [`Document`](super::Document), or the first flaw with its place. Never a document that
//! a conformant namespace-aware XML 1.0 parser would refuse, and never more work than the bounds below allow: quick-xml
//! finds where a piece of markup ends, everything inside the piece is checked here.
//!
//! Stricter than XML 1.0 by choice: no DOCTYPE, only version 1.0, only UTF-8 (SMI.md 3/2), and the bounds.

mod flaw;
mod scope;
mod tag;
mod text;
mod walk;

pub use flaw::{Flaw, NotWellFormed};
pub use walk::{parse, parse_at_most};

/// Elements inside each other; the deepest DUIS message has about 20.
const MAX_DEPTH: usize = 64;
/// Attributes and namespace declarations of one element.
const MAX_ATTRIBUTES: usize = 64;
/// Nodes, attributes and namespace declarations of a document.
const MAX_PARTS: usize = 100_000;
/// Namespace declarations in force at one place: every prefix is looked up among them.
const MAX_BINDINGS: usize = 128;
/// Bytes of a namespace name: every element of the namespace may hold a copy.
const MAX_NAMESPACE: usize = 512;
