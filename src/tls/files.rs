//! PEM files of certificates and keys. Faults name the file and the reason, and never repeat its content.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer},
};

use crate::duis::pem::{self, EC_PRIVATE_KEY, PemBlock, RSA_PRIVATE_KEY};

/// Why a file cannot be used for TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// It cannot be read.
    #[error("cannot read `{}`: {reason}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// Its content is wrong.
    #[error("`{}`: {reason}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// rustls refuses the configuration.
    #[error("TLS cannot be set up: {0}")]
    Library(#[from] rustls::Error),
}

/// For `map_err`: makes a fault of that file.
pub(super) fn unusable<E: fmt::Display>(file: &Path) -> impl FnOnce(E) -> TlsFault + '_ {
    move |reason| TlsFault::Unusable { file: file.to_owned(), reason: reason.to_string() }
}

/// Reads the certificates of a file, in its order; at least one.
pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let blocks = pem::certificates(&read(file)?).map_err(unusable(file))?;
    blocks.into_iter().map(|block| block.map(CertificateDer::from).map_err(unusable(file))).collect()
}

/// Reads the private key of a file: the first, if there are several.
pub(super) fn private_key(file: &Path) -> Result<PemBlock, TlsFault> {
    pem::private_key(&read(file)?).map_err(unusable(file))
}

/// A private key for rustls.
pub(super) fn key_der(PemBlock { label, der }: PemBlock) -> PrivateKeyDer<'static> {
    match label.as_str() {
        EC_PRIVATE_KEY => PrivateSec1KeyDer::from(der).into(),
        RSA_PRIVATE_KEY => PrivatePkcs1KeyDer::from(der).into(),
        _ => PrivatePkcs8KeyDer::from(der).into(),
    }
}

/// Reads the certificates of a file as trusted CA certificates.
pub(super) fn authorities(file: &Path) -> Result<RootCertStore, TlsFault> {
    let mut roots = RootCertStore::empty();
    for (number, certificate) in (1..).zip(certificates(file)?) {
        let added = roots.add(certificate);
        added.map_err(|reason| unusable(file)(format!("certificate {number}: {reason}")))?;
    }
    Ok(roots)
}

fn read(file: &Path) -> Result<Vec<u8>, TlsFault> {
    fs::read(file).map_err(|reason| TlsFault::Unreadable { file: file.to_owned(), reason })
}
