//! The test PKI: creates the keys and certificates that a trial needs for signatures and TLS.
//!
//! It has three roots, as in smart metering: one for signing messages (SMKI there), one for TLS (DCCKI there) and one for
//! the CSPs. So a signing certificate opens no connection, a TLS certificate signs no message, and no User connects as a
//! CSP. The folder itself has the files of the first root and can be used as `pem_dir`; `tls/` has the others.
//!
//! The organisations have the EUI-64s of DCC Boxed's test parties, so published message templates work unchanged.

mod files;
mod issue;

use std::{
    io,
    path::{Path, PathBuf},
};

use jiff::{ToSpan, tz::TimeZone};
use x509_cert::{
    der::{self, DateTime},
    time::{Time, Validity},
};

use self::{
    files::PkiFile,
    issue::{Issued, Purpose, authority},
};
use super::certificate::{DCC_XML_SIGN, USER_XML_SIGN};
use crate::domain::{Eui64, Timestamp};

/// The DCC's EUI-64 in the test PKI.
pub const DCC: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x00, 0x00, 0x02]);

/// The Users of the test PKI: base name of their files, and EUI-64.
pub const USERS: [(&str, Eui64); 4] = [
    ("supplier-1", Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x01, 0x00, 0x00])),
    ("supplier-2", Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x03, 0x00, 0x00])),
    ("network-operator", Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x02, 0x00, 0x00])),
    ("other-user", Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x00, 0x04])),
];

/// The CSPs of the test PKI: base name of their files, and EUI-64. One of them serves two CSP Regions.
pub const CSPS: [(&str, Eui64); 2] = [
    ("csp-north", Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x0A, 0x00, 0x01])),
    ("csp-central-south", Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x0A, 0x00, 0x02])),
];

/// The role of a CSP in GBCS: WAN provider.
const WAN_PROVIDER: u8 = 0x06;

/// The validity of the certificates in years, both before and after today: a test clock may be moved both ways.
const YEARS: i64 = 10;

/// Why the test PKI cannot be created.
#[derive(Debug, thiserror::Error)]
pub enum PkiFault {
    /// A file exists already. It may be a key in use.
    #[error("`{}` exists already and is left as it is", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A certificate cannot be encoded.
    #[error("cannot encode a certificate")]
    Encoding(#[from] der::Error),
    /// The cryptographic library failed; it gives no reason.
    #[error("cannot make a key or a signature")]
    Cryptography(#[from] aws_lc_rs::error::Unspecified),
    /// The validity would begin or end in a year that a certificate cannot hold.
    #[error("no certificate can hold around the year {0}")]
    Year(i16),
}

/// Creates the test PKI in a folder, which is created too if it is missing. Returns the paths of the files.
///
/// `root`, `dcc` and the names of [`USERS`] in the folder, `ca`, `server`, `client-<EUI-64>`, `csp-ca` and the names of
/// [`CSPS`] in `tls/`: the certificate as `.pem`, its private key as `.key`, readable only by its owner. The certificates
/// are valid for ten years before and after today.
///
/// # Errors
/// When a file exists already or cannot be written. Then none is written.
pub fn init(folder: &Path, now: Timestamp) -> Result<Vec<PathBuf>, PkiFault> {
    // All certificates are made before the first file is written, so a failure leaves nothing behind.
    let validity = validity(now)?;
    let mut files = signing_files(validity)?;
    files.extend(tls_files(validity)?);
    files.extend(csp_files(validity)?);
    files::write(folder, &files)
}

fn signing_files(validity: Validity) -> Result<Vec<PkiFile>, PkiFault> {
    let root = authority("CN=SMI-TEST-ROOT,OU=07", validity)?;
    let mut files = pem_pair("root", &root)?;
    let dcc = root.issue(&subject(DCC, DCC_XML_SIGN), Purpose::Messages, validity)?;
    files.extend(pem_pair("dcc", &dcc)?);
    for (name, eui) in USERS {
        let user = root.issue(&subject(eui, USER_XML_SIGN), Purpose::Messages, validity)?;
        files.extend(pem_pair(name, &user)?);
    }
    Ok(files)
}

fn tls_files(validity: Validity) -> Result<Vec<PkiFile>, PkiFault> {
    let ca = authority("CN=SMI-TEST-TLS", validity)?;
    let mut files = pem_pair("tls/ca", &ca)?;
    files.extend(pem_pair("tls/server", &ca.issue("CN=localhost", Purpose::TlsServer, validity)?)?);
    for (_, eui) in USERS {
        let client = ca.issue(&subject(eui, USER_XML_SIGN), Purpose::TlsClient, validity)?;
        files.extend(pem_pair(&format!("tls/client-{eui}"), &client)?);
    }
    Ok(files)
}

/// The files of the CSPs, from a separate authority: the CSP gateway must refuse the certificates of Users, and the other
/// listeners those of CSPs.
fn csp_files(validity: Validity) -> Result<Vec<PkiFile>, PkiFault> {
    let ca = authority("CN=SMI-TEST-CSP", validity)?;
    let mut files = pem_pair("tls/csp-ca", &ca)?;
    for (name, eui) in CSPS {
        let client = ca.issue(&subject(eui, WAN_PROVIDER), Purpose::TlsClient, validity)?;
        files.extend(pem_pair(&format!("tls/{name}"), &client)?);
    }
    Ok(files)
}

fn pem_pair(name: &str, issued: &Issued) -> Result<Vec<PkiFile>, PkiFault> {
    Ok(vec![
        PkiFile::certificate(name, &issued.certificate)?,
        PkiFile::private_key(name, &issued.private_key)?,
    ])
}

/// A subject with the EUI-64 as x500UniqueIdentifier and the role as OU. `030900` starts a BIT STRING of 8 octets in DER.
fn subject(eui: Eui64, role: u8) -> String {
    format!("2.5.4.45=#030900{},OU={role:02X}", eui.to_string().replace('-', ""))
}

fn validity(now: Timestamp) -> Result<Validity, PkiFault> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let year =
        |date: Result<jiff::civil::Date, _>| date.map_err(|_: jiff::Error| PkiFault::Year(today.year()));
    let from = year(today.checked_sub(YEARS.years()))?;
    let to = year(today.checked_add(YEARS.years()))?;
    Ok(Validity::new(midnight(from)?, midnight(to)?))
}

fn midnight(date: jiff::civil::Date) -> Result<Time, PkiFault> {
    let fault = || PkiFault::Year(date.year());
    let year = u16::try_from(date.year()).map_err(|_| fault())?;
    let part = |part: i8| u8::try_from(part).map_err(|_| fault());
    let time = DateTime::new(year, part(date.month())?, part(date.day())?, 0, 0, 0);
    time.map(Time::from).map_err(|_| fault())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duis::signature::trust::{TrustStore, ValidityCheck};

    fn now() -> Timestamp {
        "2026-01-31T09:30:00Z".parse().unwrap()
    }

    #[test]
    fn the_folder_can_be_trusted_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let paths = init(folder.path(), now()).unwrap();
        assert!(paths.iter().all(|path| path.is_file()), "{paths:?}");
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(folder.path()).unwrap();
        assert_eq!(trust.warnings(), <[String; 0]>::default());
        assert_eq!(trust.certificates().count(), 1 + USERS.len());
        for (eui, role) in USERS.map(|(_, eui)| (eui, USER_XML_SIGN)).into_iter().chain([(DCC, DCC_XML_SIGN)])
        {
            let signer = trust.signer_for(eui, now()).unwrap().certificate();
            assert_eq!((signer.eui(), signer.role()), (eui, Some(role)));
            assert_eq!(signer.issuer().to_string(), "CN=SMI-TEST-ROOT,OU=07");
            assert_eq!(signer.not_before(), "2016-01-31T00:00:00Z".parse().unwrap());
            assert_eq!(signer.not_after(), "2036-01-31T00:00:00Z".parse().unwrap());
        }
    }

    #[test]
    fn what_is_there_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("dcc.key");
        std::fs::write(&precious, "precious").unwrap();
        let fault = init(folder.path(), now()).unwrap_err();
        assert_eq!(
            fault.to_string(),
            format!("`{}` exists already and is left as it is", precious.display())
        );
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, std::slice::from_ref(&precious));
        assert_eq!(std::fs::read_to_string(precious).unwrap(), "precious");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let fault = init(&file, now()).unwrap_err();
        assert!(fault.to_string().starts_with("cannot write `"), "{fault}");
    }

    #[cfg(unix)]
    #[test]
    fn private_keys_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let paths = init(folder.path(), now()).unwrap();
        let keys: Vec<_> = paths.iter().filter(|path| path.extension().unwrap() == "key").collect();
        assert_eq!(keys.len(), paths.len() / 2);
        for key in keys {
            assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", key.display());
        }
    }
}
