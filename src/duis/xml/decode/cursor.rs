//! A cursor over the child elements of one element, for the sequences and choices of the schema.

use super::{
    attributes,
    schema_fault::SchemaFault,
    text::{is_blank, text_of},
    values::SimpleType,
};
use crate::duis::xml::{Document, Element, Node, NodeId, excerpt, names};

/// A cursor over the children of an element that contains only elements.
///
/// Each method looks at the next child element and moves past it if it has the expected name.
pub(super) struct ElementCursor<'d, 'a> {
    document: &'d Document<'a>,
    parent: NodeId,
    next: NodeId,
}

impl<'d, 'a> ElementCursor<'d, 'a> {
    /// A cursor before the first child, after the element's attributes were checked. Pass `None` for an unnamed type.
    pub(super) fn inside(
        document: &'d Document<'a>,
        parent: NodeId,
        type_name: Option<&str>,
    ) -> Result<Self, SchemaFault> {
        attributes::check_attributes(document, parent, type_name.map(|local| (names::DUIS, local)))?;
        Ok(Self::among_children(document, parent))
    }

    /// A cursor before the first child of an element whose attributes the caller has checked, such as the root.
    pub(super) fn among_children(document: &'d Document<'a>, parent: NodeId) -> Self {
        Self { document, parent, next: NodeId(parent.0 + 1) }
    }

    /// The next child element, without moving past it. Whitespace, comments and instructions before it are skipped
    /// (XML Schema 1, cvc-complex-type 2.3).
    pub(super) fn peek(&mut self) -> Result<Option<(NodeId, &'d Element<'a>)>, SchemaFault> {
        loop {
            match self.document.node(self.next) {
                Some(Node::Start(element)) => return Ok(Some((self.next, element))),
                Some(Node::Text(text)) if !is_blank(text) => {
                    return Err(SchemaFault::new(self.parent, "there is text between its elements"));
                }
                Some(Node::Text(_) | Node::Comment | Node::Instruction(..)) => self.next.0 += 1,
                Some(Node::End(_)) | None => return Ok(None),
            }
        }
    }

    /// The next child element, if it is named `local`.
    pub(super) fn optional(&mut self, local: &str) -> Result<Option<NodeId>, SchemaFault> {
        self.optional_in(names::DUIS, local)
    }

    /// The next child element, if it has this namespace and local name.
    pub(super) fn optional_in(
        &mut self,
        namespace: &str,
        local: &str,
    ) -> Result<Option<NodeId>, SchemaFault> {
        let found = self.peek()?.filter(|(_, element)| element.is(namespace, local));
        Ok(found.map(|(id, element)| self.advance_past(id, element)))
    }

    /// The next child element, which must be named `local`.
    pub(super) fn required(&mut self, local: &str) -> Result<NodeId, SchemaFault> {
        match self.optional(local)? {
            Some(id) => Ok(id),
            None => Err(self.expected(local)),
        }
    }

    /// The next child element and its local name, for a choice of the schema. `None` if there is none in the namespace of
    /// DUIS.
    pub(super) fn choice(&mut self) -> Result<Option<(NodeId, &'d str)>, SchemaFault> {
        let found = self.peek()?.filter(|(_, element)| element.namespace == names::DUIS);
        Ok(found.map(|(id, element)| (self.advance_past(id, element), element.local)))
    }

    /// The value of the next child element, which must be named `local`.
    pub(super) fn value<T>(&mut self, local: &str, simple: &SimpleType<T>) -> Result<T, SchemaFault> {
        let id = self.required(local)?;
        simple.value_of(self.document, id)
    }

    /// The value of the next child element, if it is named `local`.
    pub(super) fn optional_value<T>(
        &mut self,
        local: &str,
        simple: &SimpleType<T>,
    ) -> Result<Option<T>, SchemaFault> {
        let found = self.optional(local)?;
        found.map(|id| simple.value_of(self.document, id)).transpose()
    }

    /// Checks that no child element is left.
    pub(super) fn end(mut self) -> Result<(), SchemaFault> {
        match self.peek()? {
            Some((id, element)) => Err(SchemaFault::new(id, unexpected(element))),
            None => Ok(()),
        }
    }

    /// The fault for a child that is missing or has another name than `what`.
    pub(super) fn expected(&mut self, what: &str) -> SchemaFault {
        match self.peek() {
            Ok(Some((id, element))) => SchemaFault::new(id, format!("{}, `{what}` is", unexpected(element))),
            Ok(None) => SchemaFault::new(self.parent, format!("`{what}` is missing")),
            Err(fault) => fault,
        }
    }

    fn advance_past(&mut self, id: NodeId, element: &Element) -> NodeId {
        // Past the end tag, so that the whole subtree is skipped.
        self.next = NodeId(element.end.0 + 1);
        id
    }
}

/// Checks an element whose type has empty content: only comments and instructions, not even whitespace
/// (XML Schema 1, cvc-complex-type 2.1).
pub(super) fn empty(document: &Document, id: NodeId, type_name: &str) -> Result<(), SchemaFault> {
    attributes::check_attributes(document, id, Some((names::DUIS, type_name)))?;
    match text_of(document, id) {
        Some(text) if text.is_empty() => Ok(()),
        Some(_) | None => Err(SchemaFault::new(id, "it must be empty, without as much as whitespace")),
    }
}

fn unexpected(element: &Element) -> String {
    let namespace = match &*element.namespace {
        names::DUIS => String::new(),
        "" => " without a namespace".to_owned(),
        other => format!(" of namespace `{}`", excerpt(other)),
    };
    format!("`{}`{namespace} is not expected here", excerpt(element.local))
}
