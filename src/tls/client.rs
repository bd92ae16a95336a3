//! TLS of a client: the trusted CA certificates of servers, and the client's own certificate.

use std::path::{Path, PathBuf};

use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer, version::TLS13};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use super::{
    files::{TlsFault, authorities, certificates, key_der, private_key, unusable},
    provider,
};
use crate::duis::pem;

/// The files of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientFiles {
    /// The trusted CA certificates of servers; without it, https addresses are refused.
    pub ca: Option<PathBuf>,
    /// The client's certificate and private key, for servers that ask for one.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// The TLS configuration of a client.
#[derive(Clone, Debug)]
pub struct ClientTls {
    config: TlsConfig,
    has_authorities: bool,
}

/// An https address, but no trusted CA certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("https needs a file with the authorities that may vouch for the server: set {0}")]
pub struct NoAuthorities(
    /// The setting that names them.
    pub &'static str,
);

impl ClientTls {
    /// The configuration of a client for plain HTTP.
    pub fn none() -> Self {
        Self { config: config(Vec::new(), None), has_authorities: false }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// When one of them cannot be used, or the key belongs to another certificate.
    pub fn load(files: &ClientFiles) -> Result<Self, TlsFault> {
        let authorities = files.ca.as_deref().map(|file| authorities(file).and_then(|_| certificates(file)));
        let authorities = authorities.transpose()?;
        let identity =
            files.identity.as_ref().map(|(certificate, key)| identity(certificate, key)).transpose()?;
        let has_authorities = authorities.is_some();
        Ok(Self { config: config(authorities.unwrap_or_default(), identity), has_authorities })
    }

    /// The configuration, for ureq.
    pub fn config(&self) -> TlsConfig {
        self.config.clone()
    }

    /// Checks that an address is plain HTTP, or that there are CA certificates for https.
    ///
    /// # Errors
    /// When it is https and there are none; the fault names `setting`.
    pub fn can_reach(&self, address: &str, setting: &'static str) -> Result<(), NoAuthorities> {
        let scheme = address.get(..8).unwrap_or_default();
        let needs_tls = scheme.eq_ignore_ascii_case("https://");
        if needs_tls && !self.has_authorities { Err(NoAuthorities(setting)) } else { Ok(()) }
    }
}

/// The certificate and key of a client. Checks that they are a pair, because ureq panics where they are not.
fn identity(certificate: &Path, key: &Path) -> Result<ClientCert, TlsFault> {
    let chain = certificates(certificate)?;
    // The file is read once: between two reads it could be replaced.
    let private = private_key(key)?;
    // Written anew: ureq has a reader of its own, which is stricter.
    let text = pem::encode(&private.label, &private.der).map_err(unusable(key))?;
    let shown = chain.iter().map(|der| Certificate::from_der(der).to_owned()).collect::<Vec<_>>();
    let shown =
        ClientCert::new_with_certs(&shown, PrivateKey::from_pem(text.as_bytes()).map_err(unusable(key))?);
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13])?;
    let paired =
        builder.with_root_certificates(RootCertStore::empty()).with_client_auth_cert(chain, key_der(private));
    paired.map_err(|reason| {
        unusable(key)(format!("not the private key of `{}`: {reason}", certificate.display()))
    })?;
    Ok(shown)
}

fn config(authorities: Vec<CertificateDer<'_>>, identity: Option<ClientCert>) -> TlsConfig {
    let roots = authorities.iter().map(|der| Certificate::from_der(der).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::from(roots.collect::<Vec<_>>()))
        .client_cert(identity)
        .unversioned_rustls_crypto_provider(provider())
        .build()
}
