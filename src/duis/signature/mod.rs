//! XML signatures: verifies those of Users on requests, and makes those of the DCC on answers.
//!
//! Verification reads the same parsed document that is decoded. It supports exactly one profile of XML signatures: a closed
//! list of elements and algorithms is safer than a general library with most of its features switched off.

pub mod canonical;

mod certificate;
mod name;
mod serial_number;
mod trust;

mod fault;
mod profile;
mod request;
mod sign;
mod verify;

pub mod pki;

pub use certificate::{Certificate, CertificateFault, DCC_XML_SIGN, Expiry, Subject, USER_XML_SIGN};
pub use fault::SignatureFault;
pub use name::DistinguishedName;
pub use request::{SignedRequest, verify_request};
pub use sign::{SignFault, sign, sign_compacted, sign_message, strip};
pub use trust::{Signer, TrustFault, TrustStore, ValidityCheck};
pub use verify::{SignedBy, verify_document};
