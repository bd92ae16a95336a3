//! Signature verification.
//!
//! In: a document, the organisation that should have signed it, the trust store and the time. Out: [`SignedBy`], which
//! only this file builds. The checks go from cheap to expensive: form, certificate, digest, signature. Each is done once,
//! so that a hostile message cannot cause more work than an honest one.

use aws_lc_rs::digest;

use super::{
    canonical::{exclusive, inclusive_without},
    certificate::Certificate,
    fault::SignatureFault,
    profile::{self, Claim},
    trust::{TrustStore, ValidityCheck},
};
use crate::{
    domain::{Eui64, Timestamp},
    duis::xml::{Document, excerpt},
};

/// Proof that a document is validly signed, and with which certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedBy {
    eui: Eui64,
    serial: String,
}

impl SignedBy {
    /// The organisation that signed.
    pub const fn eui(&self) -> Eui64 {
        self.eui
    }

    /// The serial number of the certificate, in decimal.
    pub fn serial(&self) -> &str {
        &self.serial
    }
}

/// Verifies the signature of a document (SMI.md 3/4): it covers the whole document, has the form of the profile, and was
/// made by the expected organisation with a trusted certificate that is valid for signing at this time.
///
/// # Errors
/// The first check that fails.
pub fn verify_document(
    document: &Document<'_>,
    expected: Eui64,
    trust: &TrustStore,
    at: Timestamp,
) -> Result<SignedBy, SignatureFault> {
    // The form first: nothing in a signature of another form may be used, not even to look up a certificate.
    let claim = profile::read(document)?;
    let certificate = certificate(&claim, trust)?;
    check_certificate(certificate, expected)?;
    check_validity(certificate, trust.validity(), at)?;
    check_digest(document, &claim)?;
    check_value(document, &claim, certificate)?;
    Ok(SignedBy { eui: certificate.eui(), serial: certificate.serial().to_owned() })
}

fn certificate<'t>(claim: &Claim, trust: &'t TrustStore) -> Result<&'t Certificate, SignatureFault> {
    trust.find(&claim.issuer, &claim.serial).ok_or_else(|| SignatureFault::UnknownCertificate {
        issuer: excerpt(&claim.issuer),
        serial: excerpt(&claim.serial),
    })
}

fn check_certificate(certificate: &Certificate, expected: Eui64) -> Result<(), SignatureFault> {
    if certificate.eui() != expected {
        return Err(SignatureFault::WrongSigner { expected, found: certificate.eui() });
    }
    if certificate.signs() { Ok(()) } else { Err(SignatureFault::KeyUsage) }
}

fn check_validity(
    certificate: &Certificate,
    check: ValidityCheck,
    at: Timestamp,
) -> Result<(), SignatureFault> {
    match check {
        ValidityCheck::Off => Ok(()),
        ValidityCheck::Enforced if at < certificate.not_before() => {
            Err(SignatureFault::NotYetValid(certificate.not_before()))
        }
        ValidityCheck::Enforced if at > certificate.not_after() => {
            Err(SignatureFault::Expired(certificate.not_after()))
        }
        ValidityCheck::Enforced => Ok(()),
    }
}

/// Checks the digest of the document. The profile names no canonicalisation for the ds:Reference, so the default applies,
/// which is the inclusive one (XML Signature 4.4.3.2).
fn check_digest(document: &Document<'_>, claim: &Claim) -> Result<(), SignatureFault> {
    let signed = inclusive_without(document, claim.signature);
    let found = digest::digest(&digest::SHA256, &signed);
    if found.as_ref() == claim.digest { Ok(()) } else { Err(SignatureFault::Digest) }
}

fn check_value(
    document: &Document<'_>,
    claim: &Claim,
    certificate: &Certificate,
) -> Result<(), SignatureFault> {
    // Over ds:SignedInfo in this document and not over a copy: what is verified is what the profile has read.
    let signed = exclusive(document, claim.signed_info);
    certificate.key().verify_sig(&signed, &claim.value).map_err(|_| SignatureFault::Value)
}

#[cfg(test)]
mod tests;
