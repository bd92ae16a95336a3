//! Verification of requests.

use super::{SignatureFault, TrustStore, verify_document};
use crate::{
    domain::{Request, Timestamp},
    duis::xml::Decoded,
};

/// A request with a verified signature of its originator. Only [`verify_request`] builds one.
#[derive(Clone, Debug)]
pub struct SignedRequest(Request);

impl SignedRequest {
    /// The verified request.
    pub fn into_request(self) -> Request {
        self.0
    }
}

/// Verifies that the originator of the RequestID signed the whole message (SMI.md 3/4).
///
/// # Errors
/// The first check that the signature fails.
pub fn verify_request(
    decoded: &Decoded<'_>,
    trust: &TrustStore,
    at: Timestamp,
) -> Result<SignedRequest, SignatureFault> {
    let request = decoded.request();
    verify_document(decoded.document(), request.id.originator, trust, at)?;
    Ok(SignedRequest(request.clone()))
}
