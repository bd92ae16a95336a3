//! PEM files: read whole, and refused with the file's name and the reason.

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
        /// Which.
        file: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// It does not hold what it should.
    #[error("`{}`: {reason}", file.display())]
    Unusable {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The library refuses what it is told.
    #[error("TLS cannot be set up: {0}")]
    Library(#[from] rustls::Error),
}

/// For `map_err`: what is wrong with that file.
pub(super) fn unusable<E: fmt::Display>(file: &Path) -> impl FnOnce(E) -> TlsFault + '_ {
    move |reason| TlsFault::Unusable { file: file.to_owned(), reason: reason.to_string() }
}

/// The certificates of a file, in its order; at least one.
pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let text = read(file)?;
    let certificates = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|_| unusable(file)("a PEM block that cannot be read"))?;
    if certificates.is_empty() { Err(unusable(file)("no PEM block `CERTIFICATE`")) } else { Ok(certificates) }
}

/// The private key in a file's text. What is wrong with it is told without the text.
pub(super) fn private_key(file: &Path, text: &[u8]) -> Result<PrivateKeyDer<'static>, TlsFault> {
    PrivateKeyDer::from_pem_slice(text).map_err(|_| unusable(file)("no unencrypted private key in PEM"))
}

/// The certificates of a file, as those who may vouch for others.
pub(super) fn authorities(file: &Path) -> Result<RootCertStore, TlsFault> {
    let mut roots = RootCertStore::empty();
    for (number, certificate) in (1..).zip(certificates(file)?) {
        let added = roots.add(certificate);
        added.map_err(|reason| unusable(file)(format!("certificate {number}: {reason}")))?;
    }
    Ok(roots)
}

/// What a file holds.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, TlsFault> {
    fs::read(file).map_err(|reason| TlsFault::Unreadable { file: file.to_owned(), reason })
}
