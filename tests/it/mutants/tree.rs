//! A message as a tree that need not be valid, nor well-formed.

use smi::duis::xml::{Document, Node, NodeId, escape_attribute, escape_text};

#[derive(Clone)]
pub(super) struct Tree {
    pub(super) prefix: String,
    pub(super) local: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) parts: Vec<Part>,
}

#[derive(Clone)]
pub(super) enum Part {
    Element(Tree),
    Text(String),
    /// Markup as it is.
    Raw(String),
}

impl Tree {
    /// An element of DUIS that contains a text.
    pub(super) fn leaf(local: &str, text: &str) -> Self {
        let parts = vec![Part::Text(text.to_owned())];
        Self { prefix: "sr".to_owned(), local: local.to_owned(), attributes: Vec::new(), parts }
    }

    /// A well-formed text as a tree.
    pub(super) fn parse(text: &str) -> Self {
        let document = smi::duis::xml::parse(text.as_bytes()).unwrap();
        Self::of(&document, document.root())
    }

    fn of(document: &Document, id: NodeId) -> Self {
        let element = document.element(id).unwrap();
        let declared =
            element.declarations.iter().map(|(prefix, uri)| (format!("xmlns:{prefix}"), uri.to_string()));
        let others = element.attributes.iter().map(|found| (found.local.to_owned(), found.value.to_string()));
        let parts = document.children(id).filter_map(|(id, node)| match node {
            Node::Start(_) => Some(Part::Element(Self::of(document, id))),
            Node::Text(text) => Some(Part::Text(text.to_string())),
            Node::End(_) | Node::Comment | Node::Instruction(..) => None,
        });
        Self {
            prefix: element.prefix.to_owned(),
            local: element.local.to_owned(),
            attributes: declared.chain(others).collect(),
            parts: parts.collect(),
        }
    }

    /// Whether it is one whose inside is for the schema of signatures to judge.
    pub(super) fn is_signature(&self) -> bool {
        self.local == "Signature"
    }

    pub(super) fn has_elements(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Element(_)))
    }

    /// How many elements there are, itself counted, signatures not.
    pub(super) fn count(&self) -> usize {
        1 + self.inner().map(Self::count).sum::<usize>()
    }

    fn inner(&self) -> impl Iterator<Item = &Self> {
        self.parts.iter().filter_map(|part| match part {
            Part::Element(tree) if !tree.is_signature() => Some(tree),
            Part::Element(_) | Part::Text(_) | Part::Raw(_) => None,
        })
    }

    /// The element at that place in document order, counted as `count` does.
    pub(super) fn nth(&mut self, mut place: usize) -> Option<&mut Self> {
        if place == 0 {
            return Some(self);
        }
        place -= 1;
        for part in &mut self.parts {
            let Part::Element(tree) = part else { continue };
            if tree.is_signature() {
                continue;
            }
            let count = tree.count();
            if place < count {
                return tree.nth(place);
            }
            place -= count;
        }
        None
    }

    pub(super) fn render(&self) -> String {
        let mut out = r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        let colon = if self.prefix.is_empty() { "" } else { ":" };
        let name = format!("{}{colon}{}", self.prefix, self.local);
        out.push_str(&format!("<{name}"));
        for (attribute, value) in &self.attributes {
            out.push_str(&format!(" {attribute}=\"{}\"", escape_attribute(value)));
        }
        out.push('>');
        for part in &self.parts {
            match part {
                Part::Element(tree) => tree.write(out),
                Part::Text(text) => out.push_str(&escape_text(text)),
                Part::Raw(markup) => out.push_str(markup),
            }
        }
        out.push_str(&format!("</{name}>"));
    }
}
