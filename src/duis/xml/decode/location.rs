//! The location of a node, for error messages.

use crate::duis::xml::{Document, NodeId, excerpt};

/// The path and line of a node: `Request/Header/RequestID (line 4)`.
pub(super) fn location(document: &Document, id: NodeId) -> String {
    let path = document
        .ancestors_or_self(id)
        .map(|(_, element)| excerpt(element.local))
        .collect::<Vec<_>>()
        .join("/");
    let start = document.element(id).map_or(0, |element| element.span.start);
    let before = document.source().get(..start).unwrap_or_default();
    format!("{path} (line {})", before.matches('\n').count() + 1)
}
