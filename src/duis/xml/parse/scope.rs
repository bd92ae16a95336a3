//! The namespace scope: resolves the prefixes of elements and attributes (Namespaces in XML 1.0).

use std::{borrow::Cow, ops::Range};

use super::{
    MAX_BINDINGS, MAX_NAMESPACE,
    flaw::{Flaw, LocatedFlaw, shortened},
    tag::{Pair, QName, Tag},
};
use crate::duis::xml::{
    Attribute, Element, NodeId,
    names::{XML, XMLNS},
};

/// A stack of the namespace declarations in scope, the innermost last.
pub(super) struct Scope<'a> {
    bindings: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Scope<'a> {
    /// The scope outside the root: only `xml` is declared, and there is no default namespace.
    pub(super) fn new() -> Self {
        Self { bindings: vec![("", Cow::Borrowed("")), ("xml", Cow::Borrowed(XML))] }
    }

    /// How many declarations are in scope.
    pub(super) const fn depth(&self) -> usize {
        self.bindings.len()
    }

    /// Leaves an element: drops the declarations above `depth`.
    pub(super) fn leave(&mut self, depth: usize) {
        self.bindings.truncate(depth);
    }

    /// Enters an element: adds the declarations of its tag, then resolves the names in it.
    pub(super) fn enter(
        &mut self,
        tag: Tag<'a>,
        id: NodeId,
        span: Range<usize>,
    ) -> Result<Element<'a>, LocatedFlaw> {
        // All declarations first: a prefix may be used before the attribute that declares it.
        let mut declarations = Vec::new();
        let mut named = Vec::new();
        for Pair { name, value } in tag.pairs {
            match declared(name) {
                Some(prefix) => declarations.push(self.declare(name, prefix, value)?),
                None => named.push(Pair { name, value }),
            }
        }
        let QName { prefix, local, .. } = tag.name;
        let namespace = self.resolve(tag.name)?;
        let attributes = self.attributes(named)?;
        Ok(Element { prefix, local, namespace, declarations, attributes, end: id, span })
    }

    fn declare(
        &mut self,
        at: QName<'a>,
        prefix: &'a str,
        name: Cow<'a, str>,
    ) -> Result<(&'a str, Cow<'a, str>), LocatedFlaw> {
        // `xmlns=""` is allowed and removes the default namespace; `xmlns:p=""` is an error in Namespaces 1.0.
        let undeclares = name.is_empty() && !prefix.is_empty();
        // The prefix `xml` and its namespace belong to each other; `xmlns` and its namespace are never declared.
        if prefix == "xmlns" || name == XMLNS || undeclares || (prefix == "xml") != (name == XML) {
            return Err(at.piece.fault(Flaw::Binding(shortened(prefix))));
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

    fn attributes(&self, pairs: Vec<Pair<'a>>) -> Result<Vec<Attribute<'a>>, LocatedFlaw> {
        let mut attributes: Vec<Attribute<'a>> = Vec::with_capacity(pairs.len());
        for Pair { name, value } in pairs {
            let QName { prefix, local, .. } = name;
            // The default namespace does not apply to attributes (Namespaces, 6.2).
            let namespace = if prefix.is_empty() { Cow::Borrowed("") } else { self.resolve(name)? };
            // Two prefixes may name one namespace, so `a:x` and `b:x` can be the same attribute.
            if attributes.iter().any(|earlier| earlier.local == local && earlier.namespace == namespace) {
                return Err(name.fault(Flaw::Duplicate));
            }
            attributes.push(Attribute { prefix, local, namespace, value });
        }
        Ok(attributes)
    }

    fn resolve(&self, name: QName<'a>) -> Result<Cow<'a, str>, LocatedFlaw> {
        // From the innermost outwards, so that an inner declaration hides an outer one.
        let binding = self.bindings.iter().rev().find(|(bound, _)| *bound == name.prefix);
        let (_, namespace) = binding.ok_or_else(|| name.piece.fault(Flaw::Prefix(shortened(name.prefix))))?;
        Ok(namespace.clone())
    }
}

/// The prefix that an attribute declares, empty for the default namespace. `None` if it is not a declaration.
fn declared<'a>(name: QName<'a>) -> Option<&'a str> {
    match (name.prefix, name.local) {
        ("xmlns", prefix) => Some(prefix),
        ("", "xmlns") => Some(""),
        _ => None,
    }
}
