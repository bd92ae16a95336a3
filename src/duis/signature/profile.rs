//! The signature profile of DUIS: reads a signature and refuses all that the profile does not have.
//!
//! In: a document. Out: the values of its signature, if it has exactly the elements, attributes and algorithms of the
//! profile. White space and comments between elements are ignored, and a comment does not end a value. The values are not
//! verified here, and no URI in a signature is ever fetched.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::fault::SignatureFault;
use crate::duis::xml::{Document, Element, Node, NodeId, excerpt, names::XMLDSIG};

/// Exclusive canonicalisation without comments, used for ds:SignedInfo.
pub(super) const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// ECDSA with SHA-256; the curve is P-256.
pub(super) const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
/// The transform that removes the signature from the document.
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// SHA-256.
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// The values of a signature, not verified yet.
pub(super) struct Claim {
    pub(super) signature: NodeId,
    pub(super) signed_info: NodeId,
    pub(super) digest: [u8; 32],
    /// r and s, one after the other.
    pub(super) value: [u8; 64],
    pub(super) issuer: String,
    pub(super) serial: String,
}

/// All ds:Signature elements of a document, at any depth.
pub(super) fn signatures<'d>(document: &'d Document<'d>) -> impl Iterator<Item = NodeId> {
    document.nodes().filter_map(|(id, node)| match node {
        Node::Start(element) => element.is(XMLDSIG, "Signature").then_some(id),
        Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => None,
    })
}

/// Reads the signature of a document.
pub(super) fn read(document: &Document<'_>) -> Result<Claim, SignatureFault> {
    let signature = only_signature(document)?;
    let part = |id| SignatureElement { document, id };
    let [signed_info, value, key_info] = part(signature).bare(["SignedInfo", "SignatureValue", "KeyInfo"])?;
    let [canonicalization, method, reference] =
        signed_info.bare(["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    canonicalization.algorithm(EXCLUSIVE_C14N)?;
    method.algorithm(ECDSA_SHA256)?;
    let digest = reference.digest()?;
    let [data] = key_info.bare(["X509Data"])?;
    let [issuer_serial] = data.bare(["X509IssuerSerial"])?;
    let [issuer, serial] = issuer_serial.bare(["X509IssuerName", "X509SerialNumber"])?;
    Ok(Claim {
        signature,
        signed_info: signed_info.id,
        digest,
        value: value.octets()?,
        issuer: issuer.text()?,
        serial: serial.text()?,
    })
}

fn only_signature(document: &Document<'_>) -> Result<NodeId, SignatureFault> {
    let mut all = signatures(document);
    let signature = all.next().ok_or(SignatureFault::Missing)?;
    if all.next().is_some() {
        return Err(SignatureFault::Several);
    }
    // A fixed position prevents signature wrapping: the signed content must be the whole document, as it is decoded.
    let last = document.child_elements(document.root()).last();
    if last.is_some_and(|(id, _)| id == signature) { Ok(signature) } else { Err(SignatureFault::Misplaced) }
}

/// An element inside the signature, with strict accessors.
#[derive(Clone, Copy)]
struct SignatureElement<'d> {
    document: &'d Document<'d>,
    id: NodeId,
}

impl<'d> SignatureElement<'d> {
    /// The child elements of an element without attributes. They must have exactly these names, in this order.
    fn bare<const N: usize>(self, names: [&'static str; N]) -> Result<[Self; N], SignatureFault> {
        self.attribute(None)?;
        self.children(names)
    }

    /// The child elements, which must have exactly these names, in this order.
    fn children<const N: usize>(self, names: [&'static str; N]) -> Result<[Self; N], SignatureFault> {
        let mut found = Vec::with_capacity(N);
        for (id, node) in self.document.children(self.id) {
            match node {
                Node::Start(element)
                    if names.get(found.len()).is_some_and(|name| element.is(XMLDSIG, name)) =>
                {
                    found.push(SignatureElement { id, ..self });
                }
                Node::Comment => {}
                Node::Text(text) if text.bytes().all(is_space) => {}
                Node::Start(_) | Node::End(_) | Node::Text(_) | Node::Instruction(..) => {
                    return Err(self.unexpected(node));
                }
            }
        }
        let element = names.get(found.len()).copied().unwrap_or_default();
        found.try_into().map_err(|_| SignatureFault::MissingElement { within: self.name(), element })
    }

    /// The value of the only attribute `expected`. For `None`, checks that there is no attribute.
    fn attribute(self, expected: Option<&'static str>) -> Result<&'d str, SignatureFault> {
        let attributes = self.element().map_or(&[][..], |element| &element.attributes);
        let mut value = None;
        for attribute in attributes {
            // A prefixed attribute is in a namespace, and the profile has none of these.
            if !attribute.prefix.is_empty() || Some(attribute.local) != expected {
                let attribute = excerpt(attribute.local);
                return Err(SignatureFault::UnexpectedAttribute { within: self.name(), attribute });
            }
            value = Some(attribute.value.as_ref());
        }
        match (expected, value) {
            (Some(attribute), None) => {
                Err(SignatureFault::MissingAttribute { within: self.name(), attribute })
            }
            (Some(_) | None, value) => Ok(value.unwrap_or_default()),
        }
    }

    /// Checks an element that names an algorithm and has no other attribute and no children.
    fn algorithm(self, expected: &'static str) -> Result<(), SignatureFault> {
        let found = self.attribute(Some("Algorithm"))?;
        if found != expected {
            let found = excerpt(found);
            return Err(SignatureFault::Algorithm { within: self.name(), found, expected });
        }
        self.children([]).map(|[]| ())
    }

    /// The digest of a ds:Reference, which must refer to the whole document without the signature.
    fn digest(self) -> Result<[u8; 32], SignatureFault> {
        let uri = self.attribute(Some("URI"))?;
        if !uri.is_empty() {
            return Err(SignatureFault::ReferenceUri(excerpt(uri)));
        }
        let [transforms, method, value] = self.children(["Transforms", "DigestMethod", "DigestValue"])?;
        let [transform] = transforms.bare(["Transform"])?;
        transform.algorithm(ENVELOPED)?;
        method.algorithm(SHA256)?;
        value.octets()
    }

    /// The whole trimmed text of an element, which must have no attributes and no child elements. Comments in it are
    /// ignored.
    fn text(self) -> Result<String, SignatureFault> {
        self.attribute(None)?;
        let mut value = String::new();
        for (_, node) in self.document.children(self.id) {
            match node {
                Node::Text(text) => value.push_str(text),
                Node::Comment => {}
                Node::Start(_) | Node::End(_) | Node::Instruction(..) => return Err(self.unexpected(node)),
            }
        }
        Ok(value.trim_matches([' ', '\t', '\r', '\n']).to_owned())
    }

    /// A base64 value of `N` octets. White space may be anywhere in it (xs:base64Binary).
    fn octets<const N: usize>(self) -> Result<[u8; N], SignatureFault> {
        // The decoder is strict, so white space goes first; tools break long values into lines.
        let mut text = self.text()?.into_bytes();
        text.retain(|byte| !is_space(*byte));
        let octets = STANDARD.decode(text).map_err(|_| SignatureFault::NotBase64(self.name()))?;
        octets.try_into().map_err(|octets: Vec<u8>| SignatureFault::Length {
            within: self.name(),
            found: octets.len(),
            expected: N,
        })
    }

    fn element(self) -> Option<&'d Element<'d>> {
        self.document.element(self.id)
    }

    fn name(self) -> String {
        self.element().map(|element| element.local.to_owned()).unwrap_or_default()
    }

    fn unexpected(self, node: &Node<'_>) -> SignatureFault {
        let found = match node {
            Node::Start(element) => format!("the element `{}`", excerpt(element.local)),
            Node::Instruction(target, _) => format!("the processing instruction `{}`", excerpt(target)),
            Node::Text(_) | Node::End(_) | Node::Comment => "text".to_owned(),
        };
        SignatureFault::Unexpected { within: self.name(), found }
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
