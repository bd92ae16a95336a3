//! A request whose sender is proven.

use super::{SignatureFault, TrustStore, verify_document};
use crate::{
    domain::{Request, Timestamp},
    duis::xml::Decoded,
};

/// A request that its originator signed. Only [`verify_request`] builds one.
#[derive(Clone, Debug)]
pub struct Verified(Request);

impl Verified {
    /// The request, to be believed.
    pub fn into_request(self) -> Request {
        self.0
    }
}

/// Verifies that the originator of the RequestID signed the whole message (SMI.md 3/4).
///
/// # Errors
/// The first part of the profile that the signature does not keep to.
pub fn verify_request(
    decoded: &Decoded<'_>,
    trust: &TrustStore,
    at: Timestamp,
) -> Result<Verified, SignatureFault> {
    let request = decoded.request();
    verify_document(decoded.document(), request.id.originator, trust, at)?;
    Ok(Verified(request.clone()))
}
