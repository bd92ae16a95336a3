//! What can be repeated of a message that is not valid.

use super::{
    text::text_of,
    values::{REQUEST_ID, SERVICE_REFERENCE_VARIANT, Simple, schema_version},
};
use crate::{
    domain::{RequestId, SchemaVersion, ServiceReferenceVariant, ServiceRequest},
    duis::xml::{Document, NodeId},
};

/// What an E100 answer can repeat of a message: each value wherever it is itself valid, whatever is wrong around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// The root's schemaVersion.
    pub schema_version: Option<SchemaVersion>,
    /// The Header's RequestID.
    pub request_id: Option<RequestId>,
    /// The Header's ServiceReferenceVariant; else the one whose element the Body carries; else the ServiceReference,
    /// where that is a variant, too.
    pub variant: Option<ServiceReferenceVariant>,
}

/// Reads by local names alone.
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

fn value<T>(document: &Document, parent: NodeId, local: &str, simple: &Simple<T>) -> Option<T> {
    let text = text_of(document, child(document, parent, local)?)?;
    simple.read(&text).ok()
}

fn child(document: &Document, parent: NodeId, local: &str) -> Option<NodeId> {
    document.child_elements(parent).find(|(_, element)| element.local == local).map(|(id, _)| id)
}
