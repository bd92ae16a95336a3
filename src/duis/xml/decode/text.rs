//! Helpers for the text of an element and for XML whitespace.

use std::borrow::Cow;

use crate::duis::xml::{Document, Node, NodeId};

/// The whole text of an element, or `None` if it contains elements. Comments, instructions and CDATA sections may split
/// it: reading only the first piece would let a sender hide the rest of a value from the rules.
pub(super) fn text_of<'d>(document: &'d Document, id: NodeId) -> Option<Cow<'d, str>> {
    let mut whole = Cow::Borrowed("");
    for (_, node) in document.children(id) {
        match node {
            Node::Text(text) => whole += &**text,
            Node::Comment | Node::Instruction(..) => {}
            Node::Start(_) | Node::End(_) => return None,
        }
    }
    Some(whole)
}

/// Trims the four whitespace characters of XML. `str::trim` would also trim those of Unicode, which the schema keeps.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_whitespace)
}

/// Whether a text is only XML whitespace.
pub(super) fn is_blank(text: &str) -> bool {
    trim(text).is_empty()
}

pub(super) const fn is_whitespace(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
