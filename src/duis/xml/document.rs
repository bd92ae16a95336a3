//! The parsed document: a flat list of nodes with namespaces resolved.
//!
//! Decoding and canonicalisation both read this one list. Two parsers could disagree about the same bytes, and an attacker
//! could then have one reading verified and another one executed.

use std::borrow::Cow;

/// The index of a node in its document. Ids ascend in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub(crate) usize);

/// A well-formed document: its nodes in document order.
///
/// Line ends are normalised, references are resolved, and CDATA sections are text. Attribute values are normalised as
/// XML 1.0 requires for attributes without a declared type. Only `xml::parse` builds one.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: NodeId,
}

/// A node of a document.
#[derive(Debug)]
pub enum Node<'a> {
    /// The start tag of an element. An empty-element tag gives a start and an end.
    Start(Element<'a>),
    /// An end tag, with the id of its start.
    End(NodeId),
    /// Character data. One text may be several nodes in a row, with comments between them.
    Text(Cow<'a, str>),
    /// A comment. Its text is dropped: neither decoding nor canonicalisation needs it.
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
    /// The id of its end tag.
    pub end: NodeId,
    /// Its bytes in the source, from the start tag to the end tag, both included.
    pub span: std::ops::Range<usize>,
}

/// An attribute, other than a namespace declaration.
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
    /// The source text, without a byte order mark.
    pub const fn source(&self) -> &'a str {
        self.source
    }

    /// The root element.
    pub const fn root(&self) -> NodeId {
        self.root
    }

    /// All nodes with their ids, including comments and instructions outside the root.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node<'a>)> {
        self.nodes.iter().enumerate().map(|(at, node)| (NodeId(at), node))
    }

    /// The node with this id.
    pub fn node(&self, id: NodeId) -> Option<&Node<'a>> {
        self.nodes.get(id.0)
    }

    /// The element whose start tag has this id.
    pub fn element(&self, id: NodeId) -> Option<&Element<'a>> {
        match self.node(id) {
            Some(Node::Start(element)) => Some(element),
            Some(Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..)) | None => None,
        }
    }

    /// The elements that contain a node, outermost first, and the node itself if it is an element.
    pub fn ancestors_or_self(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Element<'a>)> {
        // A scan from the start, since nodes have no link to their parent. Only errors and `xsi:type` need it.
        let upto = self.nodes().take_while(move |(at, _)| *at <= id);
        upto.filter_map(move |(at, node)| match node {
            Node::Start(element) if element.end >= id => Some((at, element)),
            Node::Start(_) | Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => None,
        })
    }

    /// The children of an element. A child element appears as its start tag only.
    pub fn children(&self, parent: NodeId) -> impl Iterator<Item = (NodeId, &Node<'a>)> {
        // Without an element there are no children: `end` is then not after `at`.
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
    /// Whether it has this namespace and local name. The prefix does not matter.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }
}
