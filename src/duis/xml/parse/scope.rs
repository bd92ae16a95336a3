//! Which prefix means which namespace, and elements with their names resolved (Namespaces in XML 1.0).

use std::{borrow::Cow, ops::Range};

use super::{
    MAX_BINDINGS, MAX_NAMESPACE,
    flaw::{Fault, Flaw, quoted},
    tag::{Name, Pair, Tag},
};
use crate::duis::xml::{
    Attribute, Element, NodeId,
    names::{XML, XMLNS},
};

/// The namespace declarations in force, the latest last.
pub(super) struct Scope<'a> {
    bindings: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Scope<'a> {
    /// Outside every element only `xml` is declared, and there is no default namespace.
    pub(super) fn new() -> Self {
        Self { bindings: vec![("", Cow::Borrowed("")), ("xml", Cow::Borrowed(XML))] }
    }

    /// How many declarations are in force.
    pub(super) const fn depth(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets the declarations made since then.
    pub(super) fn leave(&mut self, depth: usize) {
        self.bindings.truncate(depth);
    }

    /// Takes the tag's declarations into force and resolves its names.
    pub(super) fn enter(
        &mut self,
        tag: Tag<'a>,
        id: NodeId,
        span: Range<usize>,
    ) -> Result<Element<'a>, Fault> {
        let mut declarations = Vec::new();
        let mut named = Vec::new();
        for Pair { name, value } in tag.pairs {
            match declared(name) {
                Some(prefix) => declarations.push(self.declare(name, prefix, value)?),
                None => named.push(Pair { name, value }),
            }
        }
        let Name { prefix, local, .. } = tag.name;
        let namespace = self.resolve(tag.name)?;
        let attributes = self.attributes(named)?;
        Ok(Element { prefix, local, namespace, declarations, attributes, end: id, span })
    }

    fn declare(
        &mut self,
        at: Name<'a>,
        prefix: &'a str,
        name: Cow<'a, str>,
    ) -> Result<(&'a str, Cow<'a, str>), Fault> {
        let undeclares = name.is_empty() && !prefix.is_empty();
        // The prefix `xml` and its namespace belong to each other; `xmlns` and its namespace are never declared.
        if prefix == "xmlns" || name == XMLNS || undeclares || (prefix == "xml") != (name == XML) {
            return Err(at.piece.fault(Flaw::Binding(quoted(prefix))));
        }
        if name.len() > MAX_NAMESPACE {
            return Err(at.piece.fault(Flaw::TooMany("bytes in a namespace name", MAX_NAMESPACE)));
        }
        if self.bindings.len() >= MAX_BINDINGS {
            return Err(at.piece.fault(Flaw::TooMany("namespace declarations in force", MAX_BINDINGS)));
        }
        self.bindings.push((prefix, name.clone()));
        Ok((prefix, name))
    }

    fn attributes(&self, pairs: Vec<Pair<'a>>) -> Result<Vec<Attribute<'a>>, Fault> {
        let mut attributes: Vec<Attribute<'a>> = Vec::with_capacity(pairs.len());
        for Pair { name, value } in pairs {
            let Name { prefix, local, .. } = name;
            // The default namespace is not for attributes (Namespaces, 6.2).
            let namespace = if prefix.is_empty() { Cow::Borrowed("") } else { self.resolve(name)? };
            if attributes.iter().any(|earlier| earlier.local == local && earlier.namespace == namespace) {
                return Err(name.fault(Flaw::Duplicate));
            }
            attributes.push(Attribute { prefix, local, namespace, value });
        }
        Ok(attributes)
    }

    fn resolve(&self, name: Name<'a>) -> Result<Cow<'a, str>, Fault> {
        let binding = self.bindings.iter().rev().find(|(bound, _)| *bound == name.prefix);
        let (_, namespace) = binding.ok_or_else(|| name.piece.fault(Flaw::Prefix(quoted(name.prefix))))?;
        Ok(namespace.clone())
    }
}

/// The prefix that an attribute declares, empty for the default namespace; nothing if it is no declaration.
fn declared<'a>(name: Name<'a>) -> Option<&'a str> {
    match (name.prefix, name.local) {
        ("xmlns", prefix) => Some(prefix),
        ("", "xmlns") => Some(""),
        _ => None,
    }
}
