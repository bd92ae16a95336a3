//! The attributes that the schema language itself allows on any element (XML Schema 1, 2.6).

use super::{fault::Fault, text::trim};
use crate::duis::xml::{Attribute, Document, NodeId, excerpt, names};

/// A namespace and a local name.
pub(super) type ExpandedName<'n> = (&'n str, &'n str);

/// Refuses what may not stand on an element of a type that declares no attributes.
pub(super) fn of_type(document: &Document, id: NodeId, declared: Option<ExpandedName>) -> Result<(), Fault> {
    let attributes = document.element(id).map_or(&[][..], |element| &element.attributes);
    attributes.iter().try_for_each(|attribute| of_instance(document, id, attribute, declared))
}

/// Refuses an attribute unless the schema language allows it everywhere.
///
/// `xsi:nil` is refused whatever its value, since no element is nillable (cvc-elt 3.1); where a schema might be found
/// is nobody's business here, so the values of the location attributes are not looked at.
pub(super) fn of_instance(
    document: &Document,
    id: NodeId,
    attribute: &Attribute,
    declared: Option<ExpandedName>,
) -> Result<(), Fault> {
    let known = attribute.namespace == names::XSI;
    match attribute.local {
        "schemaLocation" | "noNamespaceSchemaLocation" if known => Ok(()),
        "type" if known && declared.is_some() && resolve(document, id, &attribute.value) == declared => {
            Ok(())
        }
        "type" if known => Err(Fault::new(id, format!("`{}` is not its type", excerpt(&attribute.value)))),
        local => Err(Fault::new(id, format!("the attribute `{}` is not allowed", excerpt(local)))),
    }
}

/// The expanded name that a qualified name stands for there.
fn resolve<'n>(document: &'n Document, id: NodeId, name: &'n str) -> Option<ExpandedName<'n>> {
    let name = trim(name);
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let declared = document.ancestors_or_self(id).filter_map(|(_, element)| {
        element.declarations.iter().find(|(declared, _)| *declared == prefix).map(|(_, uri)| &**uri)
    });
    let namespace = declared.last().unwrap_or_default();
    Some((namespace, local))
}
