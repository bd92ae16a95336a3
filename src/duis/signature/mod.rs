//! Signatures: one profile, checked over the same reading of the bytes that is decoded.
//!
//! Of Users over requests, checked; of the DCC over answers, made. There is one profile of XML signatures and no other,
//! because a closed list is safer than a general engine with parts of it switched off.

pub mod canonical;

mod certificate;
mod name;
mod pem;
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
pub use request::{Verified, verify_request};
pub use sign::{SignFault, sign, sign_compacted, sign_message, strip};
pub use trust::{Signer, TrustFault, TrustStore, ValidityCheck};
pub use verify::{SignedBy, verify_document};
