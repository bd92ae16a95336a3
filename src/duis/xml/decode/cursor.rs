//! Takes the children of one element in the order of a schema's sequence.

use super::{
    attributes,
    fault::Fault,
    text::{is_blank, text_of},
    values::Simple,
};
use crate::duis::xml::{Document, Element, Node, NodeId, excerpt, names};

/// A place between the children of an element whose content is elements alone.
pub(super) struct Cursor<'d, 'a> {
    document: &'d Document<'a>,
    parent: NodeId,
    next: NodeId,
}

impl<'d, 'a> Cursor<'d, 'a> {
    /// Before the first child of an element of that type; a type without a name is `None`.
    pub(super) fn inside(
        document: &'d Document<'a>,
        parent: NodeId,
        type_name: Option<&str>,
    ) -> Result<Self, Fault> {
        attributes::of_type(document, parent, type_name.map(|local| (names::DUIS, local)))?;
        Ok(Self::among_children(document, parent))
    }

    /// The same, for an element whose attributes were looked at already.
    pub(super) fn among_children(document: &'d Document<'a>, parent: NodeId) -> Self {
        Self { document, parent, next: NodeId(parent.0 + 1) }
    }

    /// The next child element, past whitespace, comments and instructions (XML Schema 1, cvc-complex-type 2.3).
    pub(super) fn peek(&mut self) -> Result<Option<(NodeId, &'d Element<'a>)>, Fault> {
        loop {
            match self.document.node(self.next) {
                Some(Node::Start(element)) => return Ok(Some((self.next, element))),
                Some(Node::Text(text)) if !is_blank(text) => {
                    return Err(Fault::new(self.parent, "there is text between its elements"));
                }
                Some(Node::Text(_) | Node::Comment | Node::Instruction(..)) => self.next.0 += 1,
                Some(Node::End(_)) | None => return Ok(None),
            }
        }
    }

    /// The next child element, if it has that name.
    pub(super) fn optional(&mut self, local: &str) -> Result<Option<NodeId>, Fault> {
        self.optional_in(names::DUIS, local)
    }

    /// The next child element, if it has that namespace and name.
    pub(super) fn optional_in(&mut self, namespace: &str, local: &str) -> Result<Option<NodeId>, Fault> {
        let found = self.peek()?.filter(|(_, element)| element.is(namespace, local));
        Ok(found.map(|(id, element)| self.pass(id, element)))
    }

    /// The next child element, which must have that name.
    pub(super) fn required(&mut self, local: &str) -> Result<NodeId, Fault> {
        match self.optional(local)? {
            Some(id) => Ok(id),
            None => Err(self.expected(local)),
        }
    }

    /// The next child element and its local name, for a choice; `None` outside the namespace of DUIS.
    pub(super) fn alternative(&mut self) -> Result<Option<(NodeId, &'d str)>, Fault> {
        let found = self.peek()?.filter(|(_, element)| element.namespace == names::DUIS);
        Ok(found.map(|(id, element)| (self.pass(id, element), element.local)))
    }

    /// The value of the next child element, which must have that name.
    pub(super) fn value<T>(&mut self, local: &str, simple: &Simple<T>) -> Result<T, Fault> {
        let id = self.required(local)?;
        simple.value_of(self.document, id)
    }

    /// The value of the next child element, if it has that name.
    pub(super) fn optional_value<T>(&mut self, local: &str, simple: &Simple<T>) -> Result<Option<T>, Fault> {
        let found = self.optional(local)?;
        found.map(|id| simple.value_of(self.document, id)).transpose()
    }

    /// Nothing may follow.
    pub(super) fn end(mut self) -> Result<(), Fault> {
        match self.peek()? {
            Some((id, element)) => Err(Fault::new(id, unexpected(element))),
            None => Ok(()),
        }
    }

    /// That something else stands here.
    pub(super) fn expected(&mut self, what: &str) -> Fault {
        match self.peek() {
            Ok(Some((id, element))) => Fault::new(id, format!("{}, `{what}` is", unexpected(element))),
            Ok(None) => Fault::new(self.parent, format!("`{what}` is missing")),
            Err(fault) => fault,
        }
    }

    fn pass(&mut self, id: NodeId, element: &Element) -> NodeId {
        self.next = NodeId(element.end.0 + 1);
        id
    }
}

/// Nothing at all but comments and instructions may stand in an element of that type: not even whitespace
/// (XML Schema 1, cvc-complex-type 2.1).
pub(super) fn empty(document: &Document, id: NodeId, type_name: &str) -> Result<(), Fault> {
    attributes::of_type(document, id, Some((names::DUIS, type_name)))?;
    match text_of(document, id) {
        Some(text) if text.is_empty() => Ok(()),
        Some(_) | None => Err(Fault::new(id, "it must be empty, without as much as whitespace")),
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
