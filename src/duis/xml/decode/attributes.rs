//! Attribute checks: which attributes the schema language itself allows on every element (XML Schema 1, 2.6).

use super::{schema_fault::SchemaFault, text::trim};
use crate::duis::xml::{Attribute, Document, NodeId, excerpt, names};

/// An expanded name: namespace and local name.
pub(super) type ExpandedName<'n> = (&'n str, &'n str);

/// Checks all attributes of an element whose type, `declared`, has none of its own.
pub(super) fn check_attributes(
    document: &Document,
    id: NodeId,
    declared: Option<ExpandedName>,
) -> Result<(), SchemaFault> {
    let attributes = document.element(id).map_or(&[][..], |element| &element.attributes);
    attributes.iter().try_for_each(|attribute| check_attribute(document, id, attribute, declared))
}

/// Checks that the schema language allows an attribute on every element.
///
/// `xsi:nil` is refused with any value, since no element is nillable (cvc-elt 3.1). The values of the schema location
/// attributes are ignored: this decoder never loads a schema that a message names.
pub(super) fn check_attribute(
    document: &Document,
    id: NodeId,
    attribute: &Attribute,
    declared: Option<ExpandedName>,
) -> Result<(), SchemaFault> {
    let known = attribute.namespace == names::XSI;
    match attribute.local {
        "schemaLocation" | "noNamespaceSchemaLocation" if known => Ok(()),
        "type" if known && declared.is_some() && resolve(document, id, &attribute.value) == declared => {
            Ok(())
        }
        "type" if known => {
            Err(SchemaFault::new(id, format!("`{}` is not its type", excerpt(&attribute.value))))
        }
        local => Err(SchemaFault::new(id, format!("the attribute `{}` is not allowed", excerpt(local)))),
    }
}

/// Resolves a qualified name, such as `sr:EUI`, with the namespace declarations in scope at an element.
fn resolve<'n>(document: &'n Document, id: NodeId, name: &'n str) -> Option<ExpandedName<'n>> {
    let name = trim(name);
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let declared = document.ancestors_or_self(id).filter_map(|(_, element)| {
        element.declarations.iter().find(|(declared, _)| *declared == prefix).map(|(_, uri)| &**uri)
    });
    // Ancestors come outermost first, so the last declaration is the innermost one, which wins.
    let namespace = declared.last().unwrap_or_default();
    Some((namespace, local))
}
