//! Signing, in the profile that [`verify`](super::verify) accepts.
//!
//! In: a document without a signature. Out: the same bytes with a signature before the end tag of the root. The signature
//! has no white space between its elements: Smart DCC's signing tool strips such space before it verifies, and then
//! refuses.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{canonical::inclusive, profile, trust::Signer};
use crate::duis::xml::{
    self, Document, NotWellFormed, UnsignedMessage, compact, escape_text, names::XMLDSIG,
};

/// Why a document cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignFault {
    /// It is not well-formed XML.
    #[error(transparent)]
    NotWellFormed(#[from] NotWellFormed),
    /// It has a signature already.
    #[error("there is a ds:Signature already")]
    AlreadySigned,
    /// Its root is an empty-element tag, without an end tag to insert a signature before.
    #[error("the root element is empty")]
    Empty,
    /// The cryptographic library failed; it gives no reason.
    #[error("the private key of {0} does not sign")]
    Key(crate::domain::Eui64),
}

/// Signs a document without changing its bytes.
///
/// # Errors
/// When it is not well-formed, empty or signed already, or the key does not sign.
pub fn sign(document: &[u8], signer: &Signer) -> Result<Vec<u8>, SignFault> {
    let document = xml::parse(document)?;
    // At any depth: verification refuses a second signature anywhere.
    if profile::signatures(&document).next().is_some() {
        return Err(SignFault::AlreadySigned);
    }
    let (before, after) = around_signature(&document).ok_or(SignFault::Empty)?;
    // The digest is over the document without the signature: these bytes, before it is inserted.
    let signature = signature(&inclusive(&document), declaration(&document), signer)?;
    Ok([before, &signature, after].concat().into_bytes())
}

/// Signs a message of this service. Unlike [`sign`] it does not parse the text: [`UnsignedMessage`] is already canonical,
/// and its root declares the prefix `ds`.
///
/// # Errors
/// When the key does not sign.
pub fn sign_message(message: &UnsignedMessage, signer: &Signer) -> Result<Vec<u8>, SignFault> {
    let (before, after) = message.around_signature();
    let signature = signature(message.canonical().as_bytes(), "", signer)?;
    Ok([before, &signature, after].concat().into_bytes())
}

/// Removes an existing signature, comments and the white space between elements, then signs the document.
///
/// # Errors
/// As [`sign`].
pub fn sign_compacted(document: &[u8], signer: &Signer) -> Result<Vec<u8>, SignFault> {
    let document = xml::parse(document)?;
    let old = profile::signatures(&document).next();
    sign(compact(&document, old).as_bytes(), signer)
}

/// The source text of a document without its signature; the whole text if it has none.
pub fn strip(document: &Document<'_>) -> String {
    let signature = profile::signatures(document).next().and_then(|id| document.element(id));
    let parts = signature.and_then(|signature| {
        let source = document.source();
        Some([source.get(..signature.span.start)?, source.get(signature.span.end..)?].concat())
    });
    parts.unwrap_or_else(|| document.source().to_owned())
}

/// The text before and after the insertion point of a signature, which is before the end tag of the root.
///
/// The search ends at the end of the root: a comment after it may contain `</` too.
fn around_signature<'d>(document: &Document<'d>) -> Option<(&'d str, &'d str)> {
    let source = document.source();
    let end = document.element(document.root())?.span.end;
    // A root such as `<a></a>` is fine: only its end tag matters.
    let root = source.get(..end).filter(|root| !root.ends_with("/>"))?;
    source.split_at_checked(root.rfind("</")?)
}

/// The declaration of the prefix `ds`, or nothing if the root has the same one.
fn declaration(document: &Document<'_>) -> &'static str {
    let root = document.element(document.root());
    let is_declared = root.is_some_and(|root| {
        root.declarations.iter().any(|(prefix, name)| *prefix == "ds" && name == XMLDSIG)
    });
    if is_declared { "" } else { DECLARATION }
}

const DECLARATION: &str = r#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#;

/// Makes the `ds:Signature` element over a canonicalised document.
fn signature(document: &[u8], declaration: &str, signer: &Signer) -> Result<String, SignFault> {
    let digest = &STANDARD.encode(digest(&SHA256, document));
    let certificate = signer.certificate();
    // This text is already canonical: exclusive canonicalisation declares the prefix on ds:SignedInfo itself, and writes end
    // tags for empty elements. In the document the declaration is further out, so that text below has none.
    let canonical = signed_info(digest, DECLARATION);
    let value = signer
        .key()
        .sign(&SystemRandom::new(), canonical.as_bytes())
        .map_err(|_| SignFault::Key(certificate.eui()))?;
    Ok(format!(
        "<ds:Signature{declaration}>{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>{issuer}</ds:X509IssuerName>\
         <ds:X509SerialNumber>{serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo>\
         </ds:Signature>",
        signed_info = signed_info(digest, ""),
        value = STANDARD.encode(value),
        issuer = escape_text(&certificate.issuer().to_string()),
        serial = certificate.serial(),
    ))
}

fn signed_info(digest: &str, declaration: &str) -> String {
    let (c14n, method) = (profile::EXCLUSIVE_C14N, profile::ECDSA_SHA256);
    let (transform, digest_method) = (profile::ENVELOPED, profile::SHA256);
    format!(
        r#"<ds:SignedInfo{declaration}><ds:CanonicalizationMethod Algorithm="{c14n}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{transform}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{digest_method}"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Timestamp,
        duis::signature::{
            pki::{DCC, init},
            trust::{TrustStore, ValidityCheck},
            verify::verify_document,
        },
    };

    fn now() -> Timestamp {
        "2026-01-31T12:00:00Z".parse().unwrap()
    }

    fn trust() -> TrustStore {
        let folder = tempfile::tempdir().unwrap();
        init(folder.path(), now()).unwrap();
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(folder.path()).unwrap();
        trust
    }

    fn signed(body: &str, trust: &TrustStore) -> Result<String, SignFault> {
        let signed = sign(body.as_bytes(), trust.signer_for(DCC, now()).unwrap())?;
        Ok(String::from_utf8(signed).unwrap())
    }

    #[test]
    fn a_signature_verifies_wherever_its_prefix_is_declared() {
        let trust = trust();
        for (body, declared) in [
            ("<a>1</a>", true),
            ("<a xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>1</a>", false),
            ("<a xmlns:ds='urn:other'><ds:b/></a>", true),
            ("<a><!-- </a> --></a \n>", true),
            (
                "\u{FEFF}<?xml version='1.0'?><a xmlns='urn:a'>\n <b> é&#13;</b>\n</a><!-- </a> --><?pi?>",
                true,
            ),
        ] {
            let signed = signed(body, &trust).unwrap();
            assert_eq!(signed.contains(&format!("<ds:Signature{DECLARATION}>")), declared, "{signed}");
            let document = xml::parse(signed.as_bytes()).unwrap();
            assert_eq!(verify_document(&document, DCC, &trust, now()).map(|by| by.eui()), Ok(DCC), "{body}");
            assert_eq!(strip(&document), body.trim_start_matches('\u{FEFF}'));
        }
    }

    #[test]
    fn what_must_not_be_signed_is_refused() {
        let trust = trust();
        assert!(matches!(signed("<a/>", &trust), Err(SignFault::Empty)));
        assert!(matches!(signed("<a>", &trust), Err(SignFault::NotWellFormed(_))));
        let once = signed("<a>1</a>", &trust).unwrap();
        assert!(matches!(signed(&once, &trust), Err(SignFault::AlreadySigned)));
    }

    #[test]
    fn layout_and_an_old_signature_go_before_a_new_one_comes() {
        let trust = trust();
        let old = signed("<a>\n  <b> 1 </b>\n</a>", &trust).unwrap();
        let signer = trust.signer_for(DCC, now()).unwrap();
        let new = sign_compacted(old.as_bytes(), signer).unwrap();
        let document = xml::parse(&new).unwrap();
        assert!(verify_document(&document, DCC, &trust, now()).is_ok());
        assert_eq!(strip(&document), "<a><b> 1 </b></a>");
    }

    #[test]
    fn a_document_without_signature_is_stripped_to_itself() {
        assert_eq!(strip(&xml::parse(b"<a>1</a>").unwrap()), "<a>1</a>");
    }
}
