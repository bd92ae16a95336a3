//! The errors of signature verification.

use crate::domain::{Eui64, Timestamp, instant_text};

/// Why a message is not validly signed: the first check that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// There is no signature.
    #[error("there is no ds:Signature")]
    Missing,
    /// There are several signatures, and no rule says which one counts.
    #[error("there is more than one ds:Signature")]
    Several,
    /// The signature is not where the profile has it.
    #[error("the ds:Signature is not the last child element of the root")]
    Misplaced,
    /// An element has a child that the profile does not have, or has elsewhere.
    #[error("ds:{within} has {found} where the profile has none")]
    Unexpected {
        /// The element around it.
        within: String,
        /// The child.
        found: String,
    },
    /// A child element is missing.
    #[error("ds:{within} has no ds:{element}")]
    MissingElement {
        /// The element around it.
        within: String,
        /// What is missing.
        element: &'static str,
    },
    /// An element has an attribute that the profile does not have.
    #[error("ds:{within} has the attribute `{attribute}`, which the profile does not have")]
    UnexpectedAttribute {
        /// The element that has it.
        within: String,
        /// Its local name.
        attribute: String,
    },
    /// An attribute is missing.
    #[error("ds:{within} has no attribute `{attribute}`")]
    MissingAttribute {
        /// The element that lacks it.
        within: String,
        /// What is missing.
        attribute: &'static str,
    },
    /// An element names another algorithm than the profile.
    #[error("ds:{within} names the algorithm `{found}`, not `{expected}`")]
    Algorithm {
        /// The element that names it.
        within: String,
        /// What it names.
        found: String,
        /// The algorithm of the profile.
        expected: &'static str,
    },
    /// The signature does not cover the whole document.
    #[error("the URI of ds:Reference is `{0}`; only an empty one means the whole document")]
    ReferenceUri(String),
    /// A value is not base64.
    #[error("the value of ds:{0} is not base64")]
    NotBase64(String),
    /// A value is too short or too long.
    #[error("the value of ds:{within} has {found} octets, not {expected}")]
    Length {
        /// The element that has it.
        within: String,
        /// How long it is.
        found: usize,
        /// How long it must be.
        expected: usize,
    },
    /// The certificate is not in the trust store.
    #[error("no certificate is known with the issuer `{issuer}` and the serial number `{serial}`")]
    UnknownCertificate {
        /// As the signature names it.
        issuer: String,
        /// As the signature names it.
        serial: String,
    },
    /// The certificate belongs to another organisation.
    #[error("the certificate is {found}'s, and the message is {expected}'s")]
    WrongSigner {
        /// The organisation that should have signed.
        expected: Eui64,
        /// The organisation of the certificate.
        found: Eui64,
    },
    /// The certificate is not for signing.
    #[error("the key usage of the certificate does not include digitalSignature")]
    KeyUsage,
    /// The certificate is not valid yet.
    #[error("the certificate holds from {} only", instant_text(*.0))]
    NotYetValid(Timestamp),
    /// The certificate has expired.
    #[error("the certificate held until {}", instant_text(*.0))]
    Expired(Timestamp),
    /// The document was changed after it was signed.
    #[error("the document's digest is not that of ds:DigestValue: it was changed after it was signed")]
    Digest,
    /// The signature value was not made by the key of the certificate over this ds:SignedInfo.
    #[error("ds:SignatureValue is not a signature of the certificate's key over ds:SignedInfo")]
    Value,
}
