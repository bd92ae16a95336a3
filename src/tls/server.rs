//! TLS of a listener: its certificate, and the verifier of client certificates; both can be reloaded.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    pki_types::{CertificateDer, UnixTime},
    server::{
        ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::CertifiedKey,
    time_provider::TimeProvider,
    version::{TLS12, TLS13},
};

use super::{
    files::{TlsFault, authorities, certificates, key_der, private_key, unusable},
    provider,
};
use crate::{
    clock::Clock,
    domain::Eui64,
    duis::signature::{Expiry, Subject},
};

/// The files of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFiles {
    /// The group of settings that names the files.
    pub setting: &'static str,
    /// The certificate chain: the listener's certificate first, then the intermediate ones.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
    /// The trusted CA certificates of clients; without it no client certificate is asked for.
    pub client_ca: Option<PathBuf>,
}

/// The TLS configuration of a listener. Clones share it, and its reloads.
#[derive(Clone)]
pub struct ServerTls(Arc<ServerTlsParts>);

struct ServerTlsParts {
    files: ServerFiles,
    current: Arc<CurrentCertificates>,
    config: ServerConfig,
}

/// The certificates in use: those of the last successful load. rustls asks this resolver at each handshake, so a reload
/// needs no new listener.
struct CurrentCertificates(RwLock<Arc<LoadedCertificates>>);

struct LoadedCertificates {
    key: Arc<CertifiedKey>,
    clients: Arc<dyn ClientCertVerifier>,
    expiries: Vec<Expiry>,
}

impl ServerTls {
    /// Reads the files.
    ///
    /// # Errors
    /// When one of them cannot be used, or the key belongs to another certificate.
    pub fn load(files: ServerFiles, clock: Clock) -> Result<Self, TlsFault> {
        let current = Arc::new(CurrentCertificates(RwLock::new(Arc::new(load_files(&files)?))));
        let builder = ServerConfig::builder_with_details(provider(), Arc::new(TlsClock(clock)));
        let mut config = builder
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_client_cert_verifier(current.clone())
            .with_cert_resolver(current.clone());
        // No session resumption: a resumed session would let a client in without verifying its certificate again.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self(Arc::new(ServerTlsParts { files, current, config })))
    }

    /// Reloads the files. New handshakes use them; open connections stay as they are.
    ///
    /// # Errors
    /// As [`ServerTls::load`]; the certificates in use stay then.
    pub fn reload(&self) -> Result<(), TlsFault> {
        let new = Arc::new(load_files(&self.0.files)?);
        *self.0.current.0.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// The group of settings that names the files.
    pub fn setting(&self) -> &'static str {
        self.0.files.setting
    }

    /// Whether a client certificate is asked for.
    pub fn asks_clients(&self) -> bool {
        self.0.files.client_ca.is_some()
    }

    /// The expiry of each certificate in use: the listener's own, and the CA certificates of clients.
    pub fn expiries(&self) -> Vec<Expiry> {
        self.0.current.get().expiries.clone()
    }

    /// The configuration, for rustls.
    pub fn config(&self) -> ServerConfig {
        self.0.config.clone()
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").field("files", &self.0.files).finish_non_exhaustive()
    }
}

/// The EUI-64 in the subject of a client's certificate.
pub fn eui_of(chain: Option<&[CertificateDer<'_>]>) -> Option<Eui64> {
    Subject::from_der(chain?.first()?).ok()?.eui
}

fn load_files(files: &ServerFiles) -> Result<LoadedCertificates, TlsFault> {
    let ServerFiles { setting, certificate, key, client_ca } = files;
    let chain = certificates(certificate)?;
    let named = |key| format!("{setting}.{key}");
    let mut expiries = expiries_of(&named("certificate"), certificate, chain.get(..1).unwrap_or_default())?;
    let certified = CertifiedKey::from_der(chain, key_der(private_key(key)?), &provider());
    let certified = certified.map_err(|reason| {
        unusable(key)(format!("not the private key of `{}`: {reason}", certificate.display()))
    })?;
    let clients = match client_ca {
        None => WebPkiClientVerifier::no_client_auth(),
        Some(file) => {
            expiries.extend(expiries_of(&named("client_ca"), file, &certificates(file)?)?);
            let roots = Arc::new(authorities(file)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider());
            verifier.build().map_err(unusable(file))?
        }
    };
    Ok(LoadedCertificates { key: Arc::new(certified), clients, expiries })
}

fn expiries_of(setting: &str, file: &Path, chain: &[CertificateDer<'_>]) -> Result<Vec<Expiry>, TlsFault> {
    let end = |certificate: &CertificateDer<'_>| {
        let Subject { name, not_after, .. } = Subject::from_der(certificate).map_err(unusable(file))?;
        Ok(Expiry { certificate: format!("{setting} {name}"), not_after })
    };
    chain.iter().map(end).collect()
}

impl CurrentCertificates {
    fn get(&self) -> Arc<LoadedCertificates> {
        // The lock is held for the clone alone: a handshake never waits for files to be read.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for CurrentCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Current")
    }
}

impl ResolvesServerCert for CurrentCertificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.get().key))
    }
}

impl ClientCertVerifier for CurrentCertificates {
    fn offer_client_auth(&self) -> bool {
        self.get().clients.offer_client_auth()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.get().clients.client_auth_mandatory()
    }

    /// Empty: rustls borrows this list, which a reload would replace. A client then sends the certificate it has.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let verified = self.get().clients.verify_client_cert(end_entity, intermediates, now);
        verified.inspect_err(|reason| {
            let client = eui_of(Some(std::slice::from_ref(end_entity))).map(tracing::field::display);
            tracing::warn!(client, %reason, "client certificate refused");
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.get().clients.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.get().clients.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.get().clients.supported_verify_schemes()
    }
}

/// The service's clock for rustls, so that certificates and messages are verified at the same time, also under a test
/// clock.
#[derive(Debug)]
struct TlsClock(Clock);

impl TimeProvider for TlsClock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().0.as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}
