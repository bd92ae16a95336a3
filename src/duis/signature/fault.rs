//! Why a signature is refused.

use crate::domain::{Eui64, Timestamp, instant_text};

/// The first reason, in the order of checking, why a message is not signed as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// Nobody signed.
    #[error("there is no ds:Signature")]
    Missing,
    /// Which of them would count?
    #[error("there is more than one ds:Signature")]
    Several,
    /// The signature stands where the profile has none.
    #[error("the ds:Signature is not the last child element of the root")]
    Misplaced,
    /// A child that the profile does not have, or has elsewhere.
    #[error("ds:{within} has {found} where the profile has none")]
    Unexpected {
        /// The element around it.
        within: String,
        /// What it is.
        found: String,
    },
    /// A child element is not there.
    #[error("ds:{within} has no ds:{element}")]
    MissingElement {
        /// The element around it.
        within: String,
        /// What is missing.
        element: &'static str,
    },
    /// An attribute that the profile does not have.
    #[error("ds:{within} has the attribute `{attribute}`, which the profile does not have")]
    UnexpectedAttribute {
        /// The element that has it.
        within: String,
        /// Its local name.
        attribute: String,
    },
    /// An attribute is not there.
    #[error("ds:{within} has no attribute `{attribute}`")]
    MissingAttribute {
        /// The element that lacks it.
        within: String,
        /// What is missing.
        attribute: &'static str,
    },
    /// An algorithm other than the profile's.
    #[error("ds:{within} names the algorithm `{found}`, not `{expected}`")]
    Algorithm {
        /// The element that names it.
        within: String,
        /// What it names.
        found: String,
        /// The profile's.
        expected: &'static str,
    },
    /// The signature is over something else than the whole document.
    #[error("the URI of ds:Reference is `{0}`; only an empty one means the whole document")]
    ReferenceUri(String),
    /// A value is no base64.
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
    /// The certificate is not on the list.
    #[error("no certificate is known with the issuer `{issuer}` and the serial number `{serial}`")]
    UnknownCertificate {
        /// As the signature names it.
        issuer: String,
        /// As the signature names it.
        serial: String,
    },
    /// The certificate is another organisation's.
    #[error("the certificate is {found}'s, and the message is {expected}'s")]
    WrongSigner {
        /// Who should have signed.
        expected: Eui64,
        /// Whose certificate it is.
        found: Eui64,
    },
    /// The certificate is for something else.
    #[error("the key usage of the certificate does not include digitalSignature")]
    KeyUsage,
    /// The certificate does not hold yet.
    #[error("the certificate holds from {} only", instant_text(*.0))]
    NotYetValid(Timestamp),
    /// The certificate does not hold any more.
    #[error("the certificate held until {}", instant_text(*.0))]
    Expired(Timestamp),
    /// The document is not what was signed.
    #[error("the document's digest is not that of ds:DigestValue: it was changed after it was signed")]
    Digest,
    /// The signature is not of that key over that ds:SignedInfo.
    #[error("ds:SignatureValue is not a signature of the certificate's key over ds:SignedInfo")]
    Value,
}
