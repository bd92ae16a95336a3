//! A hint for an operator whose clients sign with the test PKI of DCC Boxed, while the service does not read it.
//!
//! Clients that use Smart DCC's published tools sign with it. All of their messages are refused then, and E100 says nothing of
//! the cause.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::duis::signature::{DistinguishedName, SignatureFault, TrustStore};

/// The issuer of DCC Boxed's certificates.
const ISSUER: &str = "CN=Z1,OU=07";

/// Whether the hint was logged: once is enough, and anyone can send such messages.
#[derive(Debug, Default)]
pub(super) struct BoxedPkiHint(AtomicBool);

impl BoxedPkiHint {
    /// Logs the hint where that is why a signature was refused, and no certificate of that issuer is known at all.
    pub(super) fn log_once(&self, fault: &SignatureFault, trust: &TrustStore) {
        if is_fitting(fault, trust) && !self.0.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                issuer = ISSUER,
                setting = "trust.keystore",
                "unknown issuer: the test PKI of DCC Boxed; the setting reads its keystore.json"
            );
        }
    }
}

fn is_fitting(fault: &SignatureFault, trust: &TrustStore) -> bool {
    let SignatureFault::UnknownCertificate { issuer, .. } = fault else { return false };
    let Ok(boxed) = DistinguishedName::parse(ISSUER) else { return false };
    DistinguishedName::parse(issuer).is_ok_and(|issuer| issuer == boxed)
        && trust.certificates().all(|known| *known.issuer() != boxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_an_unknown_certificate_of_that_issuer_alone() {
        let unknown = |issuer: &str| {
            let (issuer, serial) = (issuer.to_owned(), "1".to_owned());
            is_fitting(&SignatureFault::UnknownCertificate { issuer, serial }, &TrustStore::default())
        };
        assert!(unknown("CN=Z1,OU=07") && unknown("CN=Z1, OU=07"));
        assert!(!unknown("CN=Z2,OU=07") && !unknown("OU=07,CN=Z1") && !unknown("no name"));
        assert!(!is_fitting(&SignatureFault::Digest, &TrustStore::default()));
    }
}
