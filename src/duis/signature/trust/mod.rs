//! The trust store: the certificates that signatures are verified with, and the private keys that answers are signed with.
//!
//! In: a DCC Boxed key store or a folder of PEM files. A signature names its certificate by issuer and serial number, and
//! only certificates in the store are trusted. No chain to an authority is built and no revocation list is fetched: to
//! distrust a certificate, remove it from the store.
//!
//! A file or entry that cannot be used is skipped with a warning. Private keys are never printed.

mod folder;
mod keystore;

use std::{collections::HashMap, fmt, io, path::PathBuf, sync::Arc};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

use super::{
    certificate::{Certificate, Expiry},
    name::DistinguishedName,
    serial_number,
};
use crate::{
    domain::{Eui64, Timestamp},
    duis::pem::{EC_PRIVATE_KEY, PRIVATE_KEY, PemBlock},
};

/// Whether the validity period of certificates is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValidityCheck {
    /// A certificate must be valid at the time it is used.
    #[default]
    Enforced,
    /// It is not checked: for test certificates that have expired.
    Off,
}

/// The reason why a private key cannot sign messages.
const NO_P256_KEY: &str = "not a P-256 private key in PKCS#8 or SEC 1";

/// The trusted certificates, and the private keys of some of them.
#[derive(Debug, Default)]
pub struct TrustStore {
    validity: ValidityCheck,
    by_serial: HashMap<String, Vec<Arc<Certificate>>>,
    signers: HashMap<Eui64, Vec<Signer>>,
    warnings: Vec<String>,
}

/// A certificate with its private key.
#[derive(Clone)]
pub struct Signer {
    certificate: Arc<Certificate>,
    key: EcdsaKeyPair,
}

/// Why a source of certificates cannot be loaded at all.
#[derive(Debug, thiserror::Error)]
pub enum TrustFault {
    /// The file or folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not a key store.
    #[error("`{}` is not a key store (EUI-64, usage, serial number, certificate)", path.display())]
    NotAKeyStore {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

impl TrustStore {
    /// An empty store.
    pub fn new(validity: ValidityCheck) -> Self {
        Self { validity, ..Self::default() }
    }

    /// Whether the validity period of certificates is checked.
    pub const fn validity(&self) -> ValidityCheck {
        self.validity
    }

    /// The warnings: one for each file or key store entry that was skipped, with the reason.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// All certificates, in no particular order.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.by_serial.values().flatten().map(AsRef::as_ref)
    }

    /// All certificates with a private key, in no particular order.
    pub fn signers(&self) -> impl Iterator<Item = &Signer> {
        self.signers.values().flatten()
    }

    /// The expiries of an organisation's certificates with a private key.
    pub fn expiries_of(&self, eui: Eui64) -> Vec<Expiry> {
        let expiry = |Signer { certificate, .. }: &Signer| Expiry {
            certificate: format!("signer {eui} serial {}", certificate.serial()),
            not_after: certificate.not_after(),
        };
        self.signers.get(&eui).into_iter().flatten().map(expiry).collect()
    }

    /// Finds a certificate by issuer, such as `CN=Z1,OU=07`, and serial number, an `xs:integer`. Both are compared by value.
    pub fn find(&self, issuer: &str, serial: &str) -> Option<&Certificate> {
        // The serial number first: it is one hash lookup, and most unknown certificates need no parsing of the name.
        let candidates = self.by_serial.get(serial_number::canonical(serial)?)?;
        let issuer = DistinguishedName::parse(issuer).ok()?;
        candidates.iter().find(|candidate| *candidate.issuer() == issuer).map(AsRef::as_ref)
    }

    /// The signer of an organisation at a given time.
    ///
    /// If there are several, it prefers one that is valid at that time (they all are, unless the validity check is off),
    /// then one with a role for messages, then the one that expires last.
    pub fn signer_for(&self, eui: Eui64, at: Timestamp) -> Option<&Signer> {
        let signers = self.signers.get(&eui)?.iter();
        let usable = signers.filter(|signer| self.validity == ValidityCheck::Off || signer.is_valid_at(at));
        usable.max_by_key(|signer| {
            (signer.is_valid_at(at), signer.certificate.is_for_messages(), signer.certificate.not_after())
        })
    }

    fn warn(&mut self, source: &str, reason: &dyn fmt::Display) {
        self.warnings.push(format!("{source}: {reason}"));
    }

    /// Adds a certificate, and its private key if there is one. A certificate that is already in the store is kept.
    fn add(&mut self, certificate: Certificate, key: Option<EcdsaKeyPair>) {
        let known = self.by_serial.entry(certificate.serial().to_owned()).or_default();
        // One allocation for each certificate: signers share it, and pointers tell whether two are the same.
        let same = known.iter().find(|known| known.issuer() == certificate.issuer());
        let certificate = same.cloned().unwrap_or_else(|| {
            let new = Arc::new(certificate);
            known.push(Arc::clone(&new));
            new
        });
        // Checked again for a certificate that was already known: same issuer and serial do not prove the same key.
        if let Some(key) = key.filter(|key| certificate.signs() && is_pair(key, &certificate)) {
            self.add_signer(Signer { certificate, key });
        }
    }

    fn add_signer(&mut self, signer: Signer) {
        let signers = self.signers.entry(signer.certificate.eui()).or_default();
        if !signers.iter().any(|known| Arc::ptr_eq(&known.certificate, &signer.certificate)) {
            signers.push(signer);
        }
    }
}

fn is_pair(key: &EcdsaKeyPair, certificate: &Certificate) -> bool {
    key.public_key().as_ref() == certificate.point()
}

/// Reads a P-256 key, in PKCS#8 or SEC 1.
fn private_key(PemBlock { label, der }: &PemBlock) -> Result<EcdsaKeyPair, &'static str> {
    let key = match label.as_str() {
        PRIVATE_KEY => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der),
        EC_PRIVATE_KEY => EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der),
        _ => return Err(NO_P256_KEY),
    };
    key.map_err(|_| NO_P256_KEY)
}

impl Signer {
    /// The certificate, which the signature names.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The private key.
    pub(super) const fn key(&self) -> &EcdsaKeyPair {
        &self.key
    }

    /// Whether its certificate is valid at that moment.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        (self.certificate.not_before()..=self.certificate.not_after()).contains(&at)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::duis::{
        pem,
        signature::pki::{DCC, USERS, init},
    };

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A key store entry made from the files of a test PKI.
    fn entry(folder: &Path, name: &str) -> serde_json::Value {
        let read = |extension: &str| fs::read_to_string(folder.join(name).with_extension(extension)).unwrap();
        serde_json::json!({ "certificate": read("pem").trim_end(), "privateKey": read("key"), "name": name, "role": 135 })
    }

    fn serial(folder: &Path, name: &str) -> String {
        let file = fs::read(folder.join(name).with_extension("pem")).unwrap();
        let der = pem::certificate(&file).unwrap();
        Certificate::from_der(&der).unwrap().serial().to_owned()
    }

    fn load(folder: &Path, text: &str) -> Result<TrustStore, TrustFault> {
        let path = folder.join("keystore.json");
        fs::write(&path, text).unwrap();
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_keystore(&path).map(|()| trust)
    }

    fn pki() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        init(folder.path(), instant("2026-01-31T00:00:00Z")).unwrap();
        folder
    }

    #[test]
    fn a_key_store_keeps_what_is_good_and_says_what_is_not() {
        let folder = pki();
        let serial = serial(folder.path(), "dcc");
        let mut foreign = entry(folder.path(), "dcc");
        foreign["privateKey"] = entry(folder.path(), "supplier-1")["privateKey"].clone();
        let store = serde_json::json!({
            "90b3d51f30000002": { "digitalSignature": { &serial: entry(folder.path(), "dcc"), "12": foreign } },
            "90b3d51f30010000": { "digitalSignature": { "34": entry(folder.path(), "supplier-1") },
                                  "keyAgreement": { "56": { "certificate": "none", "name": "empty" } } },
        });
        let trust = load(folder.path(), &store.to_string()).unwrap();
        assert_eq!(trust.certificates().count(), 1);
        let signer = trust.signer_for(DCC, instant("2026-01-01T00:00:00Z")).unwrap();
        assert!(trust.find("CN=SMI-TEST-ROOT, OU=07", &serial).is_some_and(|found| found.eui() == DCC));
        assert!(trust.find("CN=SMI-TEST-ROOT,OU=08", &serial).is_none());
        for (issuer, serial) in [
            ("CN=SMI-TEST-ROOT,OU=07", format!("0{serial}")),
            ("CN=SMI-TEST-ROOT,OU=07", format!(" +{serial}\n")),
            ("cn=\"SMI-TEST-ROOT\" ; oid.2.5.4.11=07", serial.clone()),
        ] {
            assert!(trust.find(issuer, &serial).is_some(), "{issuer} {serial}");
        }
        for serial in [format!("-{serial}"), format!("{serial}0"), format!("{serial} 1"), String::new()] {
            assert!(trust.find("CN=SMI-TEST-ROOT,OU=07", &serial).is_none(), "{serial}");
        }
        let reasons =
            ["entry `dcc`: filed under", "entry `supplier-1`: filed under", "entry `empty`: no PEM block"];
        assert_eq!(trust.warnings().len(), reasons.len(), "{:?}", trust.warnings());
        for (warning, reason) in trust.warnings().iter().zip(reasons) {
            assert!(warning.contains(reason), "{warning}");
        }
        assert!(!format!("{signer:?} {trust:?}").to_lowercase().contains("private"));
    }

    #[test]
    fn a_key_of_another_certificate_is_not_used() {
        let folder = pki();
        let mut foreign = entry(folder.path(), "dcc");
        foreign["privateKey"] = entry(folder.path(), "supplier-1")["privateKey"].clone();
        let store = serde_json::json!({
            "90b3d51f30000002": { "digitalSignature": { serial(folder.path(), "dcc"): foreign } }
        });
        let trust = load(folder.path(), &store.to_string()).unwrap();
        assert_eq!(trust.certificates().count(), 1);
        assert!(trust.signer_for(DCC, instant("2026-01-01T00:00:00Z")).is_none());
        assert!(trust.warnings()[0].ends_with("its private key belongs to another certificate"));
    }

    #[test]
    fn what_is_no_key_store_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(load(folder.path(), "[]"), Err(TrustFault::NotAKeyStore { .. })));
        let missing = TrustStore::default().load_keystore(&folder.path().join("missing"));
        assert!(matches!(missing, Err(TrustFault::Unreadable { .. })));
        let missing = TrustStore::default().load_folder(&folder.path().join("missing"));
        assert!(matches!(missing, Err(TrustFault::Unreadable { .. })));
    }

    #[test]
    fn a_folder_gives_one_warning_per_file_without_use() {
        let folder = pki();
        fs::write(
            folder.path().join("a.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        )
        .unwrap();
        fs::write(folder.path().join("b.pem"), "nothing").unwrap();
        fs::write(folder.path().join("c.key"), "nothing").unwrap();
        fs::write(folder.path().join("d.txt"), "nothing").unwrap();
        fs::copy(folder.path().join("tls/server.pem"), folder.path().join("e.pem")).unwrap();
        let mut trust = TrustStore::default();
        trust.load_folder(folder.path()).unwrap();
        trust.load_folder(folder.path()).unwrap();
        assert_eq!(trust.warnings().len(), 8, "{:?}", trust.warnings());
        assert_eq!(trust.certificates().count(), 1 + USERS.len());
        assert_eq!(trust.signers().count(), 1 + USERS.len());
    }

    #[test]
    fn the_one_that_holds_longest_signs() {
        let (early, late) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        init(early.path(), instant("2020-06-01T00:00:00Z")).unwrap();
        init(late.path(), instant("2026-06-01T00:00:00Z")).unwrap();
        for validity in [ValidityCheck::Enforced, ValidityCheck::Off] {
            let mut trust = TrustStore::new(validity);
            trust.load_folder(late.path()).unwrap();
            trust.load_folder(early.path()).unwrap();
            let ends = |at| trust.signer_for(DCC, instant(at)).map(|signer| signer.certificate().not_after());
            assert_eq!(ends("2025-01-01T00:00:00Z"), Some(instant("2036-06-01T00:00:00Z")));
            assert_eq!(ends("2012-01-01T00:00:00Z"), Some(instant("2030-06-01T00:00:00Z")));
            let off = (validity == ValidityCheck::Off).then(|| instant("2036-06-01T00:00:00Z"));
            assert_eq!(ends("2040-01-01T00:00:00Z"), off);
        }
    }
}
