//! Lenient reading of an invalid message, so that its error answer can repeat the RequestID and the variant.

use super::{
    text::text_of,
    values::{REQUEST_ID, SERVICE_REFERENCE_VARIANT, SimpleType, schema_version},
};
use crate::{
    domain::{RequestId, SchemaVersion, ServiceReferenceVariant, ServiceRequest},
    duis::xml::{Document, NodeId},
};

/// The values of an invalid message that its E100 answer repeats. Each is kept if it is itself valid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// The root's schemaVersion.
    pub schema_version: Option<SchemaVersion>,
    /// The Header's RequestID.
    pub request_id: Option<RequestId>,
    /// The variant, from the first source that has one: the Header's ServiceReferenceVariant, the element in the Body, or
    /// a ServiceReference that is also the name of a variant.
    pub variant: Option<ServiceReferenceVariant>,
}

/// Reads what it can. It compares local names only, since the namespace may be what is wrong.
pub(super) fn salvage(document: &Document) -> Salvaged {
    let header = child(document, document.root(), "Header");
    Salvaged {
        schema_version: version(document),
        request_id: header.and_then(|header| value(document, header, "RequestID", &REQUEST_ID)),
        variant: header
            .and_then(|header| value(document, header, "ServiceReferenceVariant", &SERVICE_REFERENCE_VARIANT))
            .or_else(|| variant_of_body(document))
            .or_else(|| value(document, header?, "ServiceReference", &SERVICE_REFERENCE_VARIANT)),
    }
}

fn version(document: &Document) -> Option<SchemaVersion> {
    let root = document.element(document.root())?;
    let attribute = root.attributes.iter().find(|attribute| attribute.local == "schemaVersion")?;
    schema_version(&attribute.value).ok()
}

fn variant_of_body(document: &Document) -> Option<ServiceReferenceVariant> {
    let body = child(document, document.root(), "Body")?;
    let (_, carried) = document.child_elements(body).next()?;
    let service = ServiceRequest::ALL.iter().find(|service| service.element() == carried.local)?;
    service.as_str().parse().ok()
}

fn value<T>(document: &Document, parent: NodeId, local: &str, simple: &SimpleType<T>) -> Option<T> {
    let text = text_of(document, child(document, parent, local)?)?;
    simple.read(&text).ok()
}

fn child(document: &Document, parent: NodeId, local: &str) -> Option<NodeId> {
    document.child_elements(parent).find(|(_, element)| element.local == local).map(|(id, _)| id)
}
