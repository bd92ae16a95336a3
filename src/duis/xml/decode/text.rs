//! The text of an element, and XML's own whitespace.

use std::borrow::Cow;

use crate::duis::xml::{Document, Node, NodeId};

/// The whole text of an element, whatever comments, instructions and CDATA sections split it; `None` when there are
/// elements in it.
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

/// Without the four whitespace characters of XML at both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_whitespace)
}

/// Whether it is whitespace alone, as XML sees it.
pub(super) fn is_blank(text: &str) -> bool {
    trim(text).is_empty()
}

const fn is_whitespace(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
