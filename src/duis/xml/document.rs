//! A well-formed, namespace-aware document: what was sent, read once.
//!
//! Decoding and canonicalising both walk this one list of nodes, so what is believed and what is signed can never be
//! two readings of the same bytes.

use std::borrow::Cow;

/// Where a node stands in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub(crate) usize);

/// The nodes of a document in document order.
///
/// Line ends are normalised, references resolved, CDATA sections are text, attribute values are normalised as
/// XML 1.0 asks for attributes without a declared type. Only `xml::parse` builds one.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: NodeId,
}

/// One node.
#[derive(Debug)]
pub enum Node<'a> {
    /// The start tag of an element; an empty-element tag is a start and an end.
    Start(Element<'a>),
    /// The end tag of the element that started there.
    End(NodeId),
    /// Character data; neighbouring pieces may be separate nodes, and a comment may stand between them.
    Text(Cow<'a, str>),
    /// A comment; its text is never looked at.
    Comment,
    /// A processing instruction: target, and data without the whitespace before it.
    Instruction(&'a str, Cow<'a, str>),
}

/// A start tag.
#[derive(Debug)]
pub struct Element<'a> {
    /// The prefix as written, empty when there is none.
    pub prefix: &'a str,
    /// The local name.
    pub local: &'a str,
    /// The namespace name, empty when there is none.
    pub namespace: Cow<'a, str>,
    /// Namespace declarations of this tag: prefix (empty for the default) and name (empty to undeclare it).
    pub declarations: Vec<(&'a str, Cow<'a, str>)>,
    /// The other attributes, in the order written.
    pub attributes: Vec<Attribute<'a>>,
    /// Its end.
    pub end: NodeId,
    /// From the `<` of the start tag to after the `>` of the end tag, in bytes of the source.
    pub span: std::ops::Range<usize>,
}

/// An attribute that is no namespace declaration.
#[derive(Debug)]
pub struct Attribute<'a> {
    /// The prefix as written, empty when there is none.
    pub prefix: &'a str,
    /// The local name.
    pub local: &'a str,
    /// The namespace name, empty when there is no prefix.
    pub namespace: Cow<'a, str>,
    /// The value, normalised.
    pub value: Cow<'a, str>,
}

impl<'a> Document<'a> {
    /// The bytes it was read from, without a byte order mark.
    pub const fn source(&self) -> &'a str {
        self.source
    }

    /// The root element.
    pub const fn root(&self) -> NodeId {
        self.root
    }

    /// All nodes with their places, comments and instructions outside the root included.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node<'a>)> {
        self.nodes.iter().enumerate().map(|(at, node)| (NodeId(at), node))
    }

    /// The node there.
    pub fn node(&self, id: NodeId) -> Option<&Node<'a>> {
        self.nodes.get(id.0)
    }

    /// The element that starts there.
    pub fn element(&self, id: NodeId) -> Option<&Element<'a>> {
        match self.node(id) {
            Some(Node::Start(element)) => Some(element),
            Some(Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..)) | None => None,
        }
    }

    /// The elements around a node, outermost first, and the node itself where it is an element.
    pub fn ancestors_or_self(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Element<'a>)> {
        let upto = self.nodes().take_while(move |(at, _)| *at <= id);
        upto.filter_map(move |(at, node)| match node {
            Node::Start(element) if element.end >= id => Some((at, element)),
            Node::Start(_) | Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => None,
        })
    }

    /// The children of an element, whole elements as their start.
    pub fn children(&self, parent: NodeId) -> impl Iterator<Item = (NodeId, &Node<'a>)> {
        let end = self.element(parent).map_or(parent.0, |element| element.end.0);
        let mut at = parent.0 + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let id = NodeId(at);
            let node = self.nodes.get(at)?;
            at = match node {
                Node::Start(element) => element.end.0 + 1,
                Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => at + 1,
            };
            Some((id, node))
        })
    }

    /// The child elements of an element.
    pub fn child_elements(&self, parent: NodeId) -> impl Iterator<Item = (NodeId, &Element<'a>)> {
        self.children(parent).filter_map(|(id, node)| match node {
            Node::Start(element) => Some((id, element)),
            Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => None,
        })
    }
}

impl Element<'_> {
    /// Whether it has that expanded name.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }
}
