//! A reader of the elements of a CSP message, in the order of its schema. It is stricter than XML Schema: no attributes.
//!
//! Faults name the place in the message, and never repeat its content: a message may hold addresses, and faults are logged.

use std::{fmt, str::FromStr};

use super::NAMESPACE;
use crate::{
    domain::Malformed,
    duis::xml::{Document, Element, Node, NodeId, NotWellFormed},
};

/// Why a CSP message is invalid: the place, and the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct InvalidCspMessage {
    /// Such as `PostcodeCoverageAnswer/coverage/commsHubVariant (line 4)`.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

impl From<NotWellFormed> for InvalidCspMessage {
    /// Drops the parser's own reason, which may repeat content.
    fn from(NotWellFormed { line, column, .. }: NotWellFormed) -> Self {
        let place = format!("line {line}, column {column}");
        Self { place, reason: "it is not well-formed XML".to_owned() }
    }
}

/// A reader of one element's children, one after another.
pub(super) struct ElementReader<'d, 'a> {
    document: &'d Document<'a>,
    at: NodeId,
    path: String,
    children: std::iter::Peekable<std::vec::IntoIter<(NodeId, &'d Element<'a>)>>,
}

impl<'d, 'a> ElementReader<'d, 'a> {
    /// Opens the root, which must have one of these names; returns which.
    pub(super) fn root<'n>(
        document: &'d Document<'a>,
        names: &[&'n str],
    ) -> Result<(Self, &'n str), InvalidCspMessage> {
        let at = document.root();
        let root = document.element(at);
        let found = names.iter().find(|name| root.is_some_and(|element| element.is(NAMESPACE, name)));
        let Some(name) = found else {
            let reason = format!("the root is not `{}` of namespace `{NAMESPACE}`", names.join("` or `"));
            return Err(InvalidCspMessage { place: place(document, at, "the root"), reason });
        };
        Ok((Self::open(document, at, (*name).to_owned())?, name))
    }

    fn open(document: &'d Document<'a>, at: NodeId, path: String) -> Result<Self, InvalidCspMessage> {
        let is_blank = |text: &str| text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        let has_text = document.children(at).any(|(_, node)| match node {
            Node::Text(text) => !is_blank(text),
            Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => false,
        });
        let children = document.child_elements(at).collect::<Vec<_>>().into_iter().peekable();
        let reader = Self { document, at, path, children };
        reader.no_attributes(at, &reader.path)?;
        if has_text { Err(reader.fault("there is text between its elements")) } else { Ok(reader) }
    }

    /// Opens the next child, if it has that name.
    pub(super) fn optional(&mut self, name: &str) -> Result<Option<Self>, InvalidCspMessage> {
        let found = self.children.next_if(|(_, element)| element.is(NAMESPACE, name));
        found.map(|(at, _)| Self::open(self.document, at, self.path_of(name))).transpose()
    }

    /// Reads the value of the next child, if it has that name.
    pub(super) fn optional_value<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Result<Option<T>, InvalidCspMessage> {
        let Some((at, _)) = self.children.next_if(|(_, element)| element.is(NAMESPACE, name)) else {
            return Ok(None);
        };
        let path = self.path_of(name);
        self.no_attributes(at, &path)?;
        let fault = |reason: String| InvalidCspMessage { place: place(self.document, at, &path), reason };
        let text = self.text(at).ok_or_else(|| fault("it must not contain elements".to_owned()))?;
        let value = read(&text).map_err(|malformed| fault(format!("it is not {}", malformed.expected())))?;
        Ok(Some(value))
    }

    /// Reads the value of the next child, which must have that name.
    pub(super) fn value<T: FromStr<Err = Malformed>>(&mut self, name: &str) -> Result<T, InvalidCspMessage> {
        self.value_by(name, str::parse)
    }

    /// Reads the value of the next child, which must have that name, with a parser of the caller's.
    pub(super) fn value_by<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Result<T, InvalidCspMessage> {
        let found = self.optional_value(name, read)?;
        found.ok_or_else(|| self.fault(format!("`{name}` is missing, or does not stand where it must")))
    }

    /// Ends the element: another child is a fault.
    pub(super) fn end(mut self) -> Result<(), InvalidCspMessage> {
        match self.children.next() {
            None => Ok(()),
            Some((at, _)) => Err(InvalidCspMessage {
                place: place(self.document, at, &self.path),
                reason: "it holds an element that has no place there".to_owned(),
            }),
        }
    }

    /// A fault of this element.
    pub(super) fn fault(&self, reason: impl Into<String>) -> InvalidCspMessage {
        InvalidCspMessage { place: place(self.document, self.at, &self.path), reason: reason.into() }
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn no_attributes(&self, at: NodeId, path: &str) -> Result<(), InvalidCspMessage> {
        if self.document.element(at).is_some_and(|element| element.attributes.is_empty()) {
            return Ok(());
        }
        let reason = "attributes have no place there".to_owned();
        Err(InvalidCspMessage { place: place(self.document, at, path), reason })
    }

    /// The whole text of an element, joined over comments and CDATA sections. Not trimmed: white space is data (MP106-R8).
    fn text(&self, at: NodeId) -> Option<String> {
        let mut whole = String::new();
        for (_, node) in self.document.children(at) {
            match node {
                Node::Text(text) => whole.push_str(text),
                Node::Comment | Node::Instruction(..) => {}
                Node::Start(_) | Node::End(_) => return None,
            }
        }
        Some(whole)
    }
}

impl fmt::Debug for ElementReader<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Within").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The path and line of an element. The path holds names from our schema alone, never from the message.
fn place(document: &Document<'_>, at: NodeId, path: &str) -> String {
    let start = document.element(at).map_or(0, |element| element.span.start);
    let before = document.source().get(..start).unwrap_or_default();
    format!("{path} (line {})", before.matches('\n').count() + 1)
}

/// Parses `true` or `false`; XML Schema would also accept `1` and `0`.
pub(super) fn truth(text: &str) -> Result<bool, Malformed> {
    text.parse().map_err(|_| Malformed::new(text, "`true` or `false`"))
}
