//! PEM files of certificates and keys. Faults name the file and the reason, and never repeat its content.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

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
    let text = read(file)?;
    let certificates = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|_| unusable(file)("a PEM block that cannot be read"))?;
    if certificates.is_empty() { Err(unusable(file)("no PEM block `CERTIFICATE`")) } else { Ok(certificates) }
}

/// Parses the private key in a file's text. The fault drops the parser's reason, which could repeat the text.
pub(super) fn private_key(file: &Path, text: &[u8]) -> Result<PrivateKeyDer<'static>, TlsFault> {
    PrivateKeyDer::from_pem_slice(text).map_err(|_| unusable(file)("no unencrypted private key in PEM"))
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

/// Reads a file.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, TlsFault> {
    fs::read(file).map_err(|reason| TlsFault::Unreadable { file: file.to_owned(), reason })
}
