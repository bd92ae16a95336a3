//! The elements of a CSP's message, in the order of its schema. Stricter than the schema language: no attributes.
//!
//! Whatever is wrong is told with its place and never with what stood there: an answer may hold addresses.

use std::{fmt, str::FromStr};

use super::NAMESPACE;
use crate::{
    domain::Malformed,
    duis::xml::{Document, Element, Node, NodeId, NotWellFormed},
};

/// Why a message is refused: where, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Nonsense {
    /// `PostcodeCoverageAnswer/coverage/commsHubVariant (line 4)`.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

impl From<NotWellFormed> for Nonsense {
    /// Without the flaw's own words, which may repeat a name.
    fn from(NotWellFormed { line, column, .. }: NotWellFormed) -> Self {
        let place = format!("line {line}, column {column}");
        Self { place, reason: "it is not well-formed XML".to_owned() }
    }
}

/// An element whose children are taken one after another.
pub(super) struct Within<'d, 'a> {
    document: &'d Document<'a>,
    at: NodeId,
    path: String,
    children: std::iter::Peekable<std::vec::IntoIter<(NodeId, &'d Element<'a>)>>,
}

impl<'d, 'a> Within<'d, 'a> {
    /// Inside the root, and which of these names it has.
    pub(super) fn root<'n>(
        document: &'d Document<'a>,
        names: &[&'n str],
    ) -> Result<(Self, &'n str), Nonsense> {
        let at = document.root();
        let root = document.element(at);
        let found = names.iter().find(|name| root.is_some_and(|element| element.is(NAMESPACE, name)));
        let Some(name) = found else {
            let reason = format!("the root is not `{}` of namespace `{NAMESPACE}`", names.join("` or `"));
            return Err(Nonsense { place: place(document, at, "the root"), reason });
        };
        Ok((Self::open(document, at, (*name).to_owned())?, name))
    }

    fn open(document: &'d Document<'a>, at: NodeId, path: String) -> Result<Self, Nonsense> {
        let is_blank = |text: &str| text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        let has_text = document.children(at).any(|(_, node)| match node {
            Node::Text(text) => !is_blank(text),
            Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => false,
        });
        let children = document.child_elements(at).collect::<Vec<_>>().into_iter().peekable();
        let within = Self { document, at, path, children };
        within.no_attributes(at, &within.path)?;
        if has_text { Err(within.fault("there is text between its elements")) } else { Ok(within) }
    }

    /// Inside the next child, if it has that name.
    pub(super) fn optional(&mut self, name: &str) -> Result<Option<Self>, Nonsense> {
        let found = self.children.next_if(|(_, element)| element.is(NAMESPACE, name));
        found.map(|(at, _)| Self::open(self.document, at, self.path_of(name))).transpose()
    }

    /// The value of the next child, if it has that name.
    pub(super) fn optional_value<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Nonsense> {
        let Some((at, _)) = self.children.next_if(|(_, element)| element.is(NAMESPACE, name)) else {
            return Ok(None);
        };
        let path = self.path_of(name);
        self.no_attributes(at, &path)?;
        let fault = |reason: String| Nonsense { place: place(self.document, at, &path), reason };
        let text = self.text(at).ok_or_else(|| fault("it must not contain elements".to_owned()))?;
        let value = read(&text).map_err(|malformed| fault(format!("it is not {}", malformed.expected())))?;
        Ok(Some(value))
    }

    /// The value of the next child, which must have that name.
    pub(super) fn value<T: FromStr<Err = Malformed>>(&mut self, name: &str) -> Result<T, Nonsense> {
        self.value_by(name, str::parse)
    }

    /// The same, read by a function.
    pub(super) fn value_by<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Result<T, Nonsense> {
        let found = self.optional_value(name, read)?;
        found.ok_or_else(|| self.fault(format!("`{name}` is missing, or does not stand where it must")))
    }

    /// Nothing may follow.
    pub(super) fn end(mut self) -> Result<(), Nonsense> {
        match self.children.next() {
            None => Ok(()),
            Some((at, _)) => Err(Nonsense {
                place: place(self.document, at, &self.path),
                reason: "it holds an element that has no place there".to_owned(),
            }),
        }
    }

    /// What is wrong with this element.
    pub(super) fn fault(&self, reason: impl Into<String>) -> Nonsense {
        Nonsense { place: place(self.document, self.at, &self.path), reason: reason.into() }
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn no_attributes(&self, at: NodeId, path: &str) -> Result<(), Nonsense> {
        if self.document.element(at).is_some_and(|element| element.attributes.is_empty()) {
            return Ok(());
        }
        let reason = "attributes have no place there".to_owned();
        Err(Nonsense { place: place(self.document, at, path), reason })
    }

    /// All of it, whatever comments and CDATA sections split it; white space is data (MP106-R8).
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

impl fmt::Debug for Within<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Within").field("path", &self.path).finish_non_exhaustive()
    }
}

/// With names that are ours alone.
fn place(document: &Document<'_>, at: NodeId, path: &str) -> String {
    let start = document.element(at).map_or(0, |element| element.span.start);
    let before = document.source().get(..start).unwrap_or_default();
    format!("{path} (line {})", before.matches('\n').count() + 1)
}

/// `true` or `false`, and nothing else that XML Schema would take.
pub(super) fn truth(text: &str) -> Result<bool, Malformed> {
    text.parse().map_err(|_| Malformed::new(text, "`true` or `false`"))
}
