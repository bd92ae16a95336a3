//! The envelope decoder: the root, then its Header, Body and signature.

use super::{
    Invalid, InvalidKind, Undecodable, attributes,
    body::body,
    cursor::ElementCursor,
    header::{RequestHeader, header},
    location::location,
    salvage::salvage,
    schema_fault::SchemaFault,
    values::{reason, schema_version},
};
use crate::{
    domain::{Request, RequestId, SchemaVersion, ServiceReferenceVariant, ServiceRequest},
    duis::xml::{self, Document, NodeId, excerpt, names},
};

/// A decoded message: its document and its request, valid by the schema. Only [`decode`] builds one.
#[derive(Debug)]
pub struct Decoded<'a> {
    document: Document<'a>,
    request: Request,
    signature: Option<NodeId>,
}

impl<'a> Decoded<'a> {
    /// The parsed document, which signature verification reads too.
    pub const fn document(&self) -> &Document<'a> {
        &self.document
    }

    /// The request.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The `ds:Signature` that is the root's last child, if there is one. Its content is not checked yet.
    pub const fn signature(&self) -> Option<NodeId> {
        self.signature
    }
}

/// Decodes a message.
///
/// Checks in this order, and stops at the first failure (SMI.md 3/2, 3/3): it is XML; root and Header are valid; the
/// request is implemented here; Header and Body name the same Service Request; the Body and everything after it are valid.
///
/// # Errors
/// See [`Undecodable`].
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Undecodable> {
    let document = xml::parse(bytes)?;
    match walk(&document) {
        Ok((request, signature)) => Ok(Decoded { document, request, signature }),
        Err(DecodeError::NotImplemented(variant)) => Err(Undecodable::NotImplemented(variant)),
        Err(DecodeError::Schema(fault)) => Err(invalid(&document, fault, InvalidKind::Schema)),
        Err(DecodeError::Mismatch(fault)) => Err(invalid(&document, fault, InvalidKind::Mismatch)),
    }
}

/// The Header of a message, and its document. Its Body is not looked at.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The parsed document.
    pub document: Document<'a>,
    /// The RequestID.
    pub id: RequestId,
    /// The Service Reference Variant.
    pub variant: ServiceReferenceVariant,
}

/// Decodes the Header of a request that is not answered here; none where that is not valid.
pub fn decode_envelope(bytes: &[u8]) -> Option<Envelope<'_>> {
    let document = xml::parse(bytes).ok()?;
    root(&document).ok()?;
    let header_at = ElementCursor::among_children(&document, document.root()).required("Header").ok()?;
    let RequestHeader { id, variant, .. } = header(&document, header_at).ok()?;
    Some(Envelope { document, id, variant })
}

/// Why decoding stopped, before the location of the fault is worked out.
enum DecodeError {
    NotImplemented(ServiceReferenceVariant),
    Mismatch(SchemaFault),
    Schema(SchemaFault),
}

impl From<SchemaFault> for DecodeError {
    /// Most faults are against the schema, so `?` makes one of these; a mismatch is built explicitly.
    fn from(fault: SchemaFault) -> Self {
        Self::Schema(fault)
    }
}

fn invalid(document: &Document, fault: SchemaFault, kind: InvalidKind) -> Undecodable {
    let SchemaFault { at, reason } = fault;
    let (location, salvaged) = (location(document, at), salvage(document));
    Undecodable::Invalid(Box::new(Invalid { location, reason, kind, salvaged }))
}

fn walk(document: &Document) -> Result<(Request, Option<NodeId>), DecodeError> {
    let schema_version = root(document)?;
    let mut cursor = ElementCursor::among_children(document, document.root());
    let header_at = cursor.required("Header")?;
    let RequestHeader { id, command_variant, service_reference, variant } = header(document, header_at)?;
    // Before the Body: this service has no schema for the Bodies of other requests, so it must not judge them.
    let service =
        variant.as_str().parse::<ServiceRequest>().map_err(|_| DecodeError::NotImplemented(variant))?;
    if service_reference != variant.service_reference() {
        let reason = format!("the ServiceReference of `{variant}` is not `{service_reference}`");
        return Err(DecodeError::Mismatch(SchemaFault::new(header_at, reason)));
    }
    let body_at = cursor.required("Body")?;
    let body = body_of(document, body_at, service)?;
    let signature = cursor.optional_in(names::XMLDSIG, "Signature")?;
    cursor.end()?;
    Ok((Request { schema_version, id, command_variant, variant, body }, signature))
}

/// Checks the root and reads its schemaVersion.
fn root(document: &Document) -> Result<SchemaVersion, SchemaFault> {
    let at = document.root();
    let element = document.element(at).filter(|element| element.is(names::DUIS, "Request"));
    let element = element.ok_or_else(|| {
        SchemaFault::new(at, format!("the root is not a `Request` of namespace `{}`", names::DUIS))
    })?;
    let mut version = None;
    for attribute in &element.attributes {
        if attribute.local == "schemaVersion" && attribute.namespace.is_empty() {
            let read = schema_version(&attribute.value);
            version =
                Some(read.map_err(|malformed| SchemaFault::new(at, reason(&attribute.value, &malformed)))?);
        } else {
            attributes::check_attribute(document, at, attribute, Some((names::DUIS, "Request")))?;
        }
    }
    version.ok_or_else(|| SchemaFault::new(at, "the attribute `schemaVersion` is missing"))
}

/// Decodes the Body, which must contain the element of `service`.
fn body_of(
    document: &Document,
    id: NodeId,
    service: ServiceRequest,
) -> Result<crate::domain::Body, DecodeError> {
    let mut cursor = ElementCursor::inside(document, id, None)?;
    let Some((carried, local)) = cursor.choice()? else {
        return Err(cursor.expected(service.element()).into());
    };
    if local != service.element() {
        let (found, element) = (excerpt(local), service.element());
        let reason = format!("the request of a `{service}` is not `{found}` but `{element}`");
        return Err(DecodeError::Mismatch(SchemaFault::new(carried, reason)));
    }
    let body = body(document, carried, service)?;
    cursor.end()?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Body, duis::xml::Salvaged};

    const ID: &str = "90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:1000";

    /// A request with this ServiceReference, variant and Body content.
    fn message(reference: &str, variant: &str, body: &str) -> String {
        format!(
            r#"<sr:Request xmlns:sr="{}" schemaVersion="5.4">
<sr:Header>
<sr:RequestID>{ID}</sr:RequestID><sr:CommandVariant>8</sr:CommandVariant>
<sr:ServiceReference>{reference}</sr:ServiceReference>
<sr:ServiceReferenceVariant>{variant}</sr:ServiceReferenceVariant>
</sr:Header>
<sr:Body>{body}</sr:Body></sr:Request>"#,
            names::DUIS
        )
    }

    fn read(key: &str) -> String {
        message("8.2", "8.2", &format!("<sr:ReadInventory>{key}</sr:ReadInventory>"))
    }

    fn invalid(message: &str) -> Invalid {
        match decode(message.as_bytes()) {
            Err(Undecodable::Invalid(invalid)) => *invalid,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_valid_request_is_read() {
        let text = read("<sr:UPRN> +0007\n</sr:UPRN>");
        let decoded = decode(text.as_bytes()).unwrap();
        let request = decoded.request();
        assert_eq!(request.id.to_string(), ID);
        assert_eq!(request.schema_version.as_str(), "5.4");
        assert_eq!(request.body.service(), ServiceRequest::ReadInventory);
        assert_eq!(request.variant.as_str(), "8.2");
        assert!(matches!(&request.body, Body::ReadInventory(key) if format!("{key:?}") == "Uprn(Uprn(7))"));
        assert_eq!(decoded.signature(), None);
        assert_eq!(decoded.document().source(), text);
    }

    #[test]
    fn the_signature_is_found_wherever_its_namespace_is_declared() {
        let signature =
            format!(r#"<Signature xmlns="{}" Id="s"><x/>y</Signature><!-- c -->"#, names::XMLDSIG);
        let text =
            read("<sr:UPRN>7</sr:UPRN>").replace("</sr:Request>", &format!("{signature}</sr:Request>"));
        let decoded = decode(text.as_bytes()).unwrap();
        let found = decoded.document().element(decoded.signature().unwrap()).unwrap();
        assert!(found.is(names::XMLDSIG, "Signature"));
        let twice = text.replace("<!-- c -->", &signature);
        assert_eq!(
            invalid(&twice).reason,
            format!("`Signature` of namespace `{}` is not expected here", names::XMLDSIG)
        );
    }

    #[test]
    fn every_other_request_of_duis_is_not_implemented_whatever_its_body_is() {
        for variant in ServiceReferenceVariant::all() {
            let text = message(variant.service_reference(), variant.as_str(), "<nonsense/>");
            let implemented = variant.as_str().parse::<ServiceRequest>().is_ok();
            match decode(text.as_bytes()) {
                Err(Undecodable::NotImplemented(found)) => assert!(found == variant && !implemented),
                Err(Undecodable::Invalid(_)) => assert!(implemented, "{variant}"),
                other => panic!("{variant}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_invalid_header_comes_before_a_request_that_is_not_answered_here() {
        let text = message("6.15", "6.15.1", "").replace(">8<", ">10<");
        assert_eq!(invalid(&text).kind, InvalidKind::Schema);
    }

    #[test]
    fn header_and_body_must_name_one_request() {
        let read = "<sr:ReadInventory><sr:UPRN>7</sr:UPRN></sr:ReadInventory>";
        let body = invalid(&message("8.4", "8.4", read));
        assert_eq!(
            body.to_string(),
            "Request/Body/ReadInventory (line 7): the request of a `8.4` is not `ReadInventory` but `UpdateInventory`"
        );
        assert_eq!(body.kind, InvalidKind::Mismatch);
        let reference = invalid(&message("8.4", "8.2", read));
        assert_eq!(
            reference.to_string(),
            "Request/Header (line 2): the ServiceReference of `8.2` is not `8.4`"
        );
        assert_eq!(reference.kind, InvalidKind::Mismatch);
    }

    #[test]
    fn a_fault_names_its_place_and_reason() {
        for (text, expected) in [
            (
                read("<sr:UPRN>0</sr:UPRN>"),
                "Request/Body/ReadInventory/UPRN (line 7): `0` is not a UPRN: 1 to 999999999999",
            ),
            (
                read(""),
                "Request/Body/ReadInventory (line 7): it must contain UPRN, DeviceID, MPxN or PropertyFilter",
            ),
            (
                read("<sr:UPRN>7</sr:UPRN>x"),
                "Request/Body/ReadInventory (line 7): there is text between its elements",
            ),
            (
                read("<sr:UPRN a=''>7</sr:UPRN>"),
                "Request/Body/ReadInventory/UPRN (line 7): the attribute `a` is not allowed",
            ),
            (
                read("").replace("<sr:CommandVariant>8</sr:CommandVariant>", ""),
                "Request/Header/ServiceReference (line 4): `ServiceReference` is not expected here, `CommandVariant` is",
            ),
            (
                read("").replace("5.4", "5.x"),
                "Request (line 1): `5.x` is not a schemaVersion: a decimal number",
            ),
            (
                read("").replace(" schemaVersion", " xml:lang"),
                "Request (line 1): the attribute `lang` is not allowed",
            ),
            (
                "<a>\n</a>".to_owned(),
                "a (line 1): the root is not a `Request` of namespace `http://www.dccinterface.co.uk/ServiceUserGateway`",
            ),
        ] {
            let invalid = invalid(&text);
            assert_eq!((invalid.to_string().as_str(), invalid.kind), (expected, InvalidKind::Schema));
        }
    }

    #[test]
    fn a_long_value_is_not_repeated_whole() {
        let text = read(&format!("<sr:MPxN>{}</sr:MPxN>", "é".repeat(9999)));
        assert!(invalid(&text).reason.len() < 200);
    }

    #[test]
    fn what_is_valid_itself_is_salvaged() {
        let salvaged = invalid(&read("")).salvaged;
        assert_eq!(salvaged.schema_version, "5.4".parse().ok());
        assert_eq!(salvaged.request_id, ID.parse().ok());
        assert_eq!(salvaged.variant, "8.2".parse().ok());
        assert_eq!(invalid("<a/>").salvaged, Salvaged::default());
    }

    #[test]
    fn the_variant_is_salvaged_from_the_body_and_then_from_the_reference() {
        let variant = |text: &str| invalid(text).salvaged.variant.map(ServiceReferenceVariant::as_str);
        let body = "<sr:RequestWANMatrix/>";
        assert_eq!(variant(&message("8.2", "8.3 ", body)), Some("12.1"));
        assert_eq!(variant(&message("8.2", "", "")), Some("8.2"));
        assert_eq!(variant(&message("6.15", "", "")), None);
    }

    #[test]
    fn what_is_no_xml_is_told_apart() {
        assert!(matches!(decode(b"<a>"), Err(Undecodable::NotXml(_))));
    }
}
