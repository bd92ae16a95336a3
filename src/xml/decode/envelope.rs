//! The walk from the root: Header, Body, signature.

use super::{
    Invalid, InvalidKind, Undecodable, attributes,
    body::body,
    cursor::{Cursor, Fault},
    header::{Header, header},
    place::place,
    salvage::salvage,
    values::{reason, schema_version},
};
use crate::{
    domain::{Request, SchemaVersion, Service, ServiceReferenceVariant},
    xml::{self, Document, NodeId, names},
};

/// A message that the schema accepts, and the request it carries. Only [`decode`] builds one.
#[derive(Debug)]
pub struct Decoded<'a> {
    document: Document<'a>,
    request: Request,
    signature: Option<NodeId>,
}

impl<'a> Decoded<'a> {
    /// The document it was read from.
    pub const fn document(&self) -> &Document<'a> {
        &self.document
    }

    /// The request.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The `ds:Signature` that is the root's last child; its inside has not been looked at.
    pub const fn signature(&self) -> Option<NodeId> {
        self.signature
    }
}

/// Decodes a message.
///
/// The first of these that holds is the verdict: it is no XML; its root or Header is invalid; its request is not
/// answered here; Header and Body do not belong together; its Body, or what follows, is invalid (SMI.md 3/2, 3/3).
///
/// # Errors
/// See [`Undecodable`].
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Undecodable> {
    let document = xml::parse(bytes)?;
    match walk(&document) {
        Ok((request, signature)) => Ok(Decoded { document, request, signature }),
        Err(Stop::NotImplemented(variant)) => Err(Undecodable::NotImplemented(variant)),
        Err(Stop::Schema(fault)) => Err(invalid(&document, fault, InvalidKind::Schema)),
        Err(Stop::Mismatch(fault)) => Err(invalid(&document, fault, InvalidKind::Mismatch)),
    }
}

/// Why the walk ended early.
enum Stop {
    NotImplemented(ServiceReferenceVariant),
    Mismatch(Fault),
    Schema(Fault),
}

impl From<Fault> for Stop {
    /// A fault is against the schema unless the walk says otherwise.
    fn from(fault: Fault) -> Self {
        Self::Schema(fault)
    }
}

fn invalid(document: &Document, fault: Fault, kind: InvalidKind) -> Undecodable {
    let Fault { at, reason } = fault;
    let (place, salvaged) = (place(document, at), salvage(document));
    Undecodable::Invalid(Box::new(Invalid { place, reason, kind, salvaged }))
}

fn walk(document: &Document) -> Result<(Request, Option<NodeId>), Stop> {
    let schema_version = root(document)?;
    let mut cursor = Cursor::among_children(document, document.root());
    let header_at = cursor.required("Header")?;
    let Header { id, command_variant, service_reference, variant } = header(document, header_at)?;
    let service = variant.as_str().parse::<Service>().map_err(|_| Stop::NotImplemented(variant))?;
    if service_reference != variant.service_reference() {
        let reason = format!("the ServiceReference of `{variant}` is not `{service_reference}`");
        return Err(Stop::Mismatch(Fault::new(header_at, reason)));
    }
    let body_at = cursor.required("Body")?;
    let body = body_of(document, body_at, service)?;
    let signature = cursor.optional_in(names::XMLDSIG, "Signature")?;
    cursor.end()?;
    Ok((Request { schema_version, id, command_variant, variant, body }, signature))
}

/// Checks the root and reads its schemaVersion.
fn root(document: &Document) -> Result<SchemaVersion, Fault> {
    let at = document.root();
    let element = document.element(at).filter(|element| element.is(names::DUIS, "Request"));
    let element = element.ok_or_else(|| {
        Fault::new(at, format!("the root is not a `Request` of namespace `{}`", names::DUIS))
    })?;
    let mut version = None;
    for attribute in &element.attributes {
        if attribute.local == "schemaVersion" && attribute.namespace.is_empty() {
            let read = schema_version(&attribute.value);
            version = Some(read.map_err(|malformed| Fault::new(at, reason(&attribute.value, &malformed)))?);
        } else {
            attributes::of_instance(document, at, attribute, Some((names::DUIS, "Request")))?;
        }
    }
    version.ok_or_else(|| Fault::new(at, "the attribute `schemaVersion` is missing"))
}

/// Reads the Body, which must carry the element of that service.
fn body_of(document: &Document, id: NodeId, service: Service) -> Result<crate::domain::Body, Stop> {
    let mut cursor = Cursor::inside(document, id, None)?;
    let Some((carried, local)) = cursor.alternative()? else {
        return Err(cursor.expected(service.element()).into());
    };
    if local != service.element() {
        let reason = format!("the request of a `{service}` is not `{local}` but `{}`", service.element());
        return Err(Stop::Mismatch(Fault::new(carried, reason)));
    }
    let body = body(document, carried, service)?;
    cursor.end()?;
    Ok(body)
}
