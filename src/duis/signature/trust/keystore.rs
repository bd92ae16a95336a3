//! Loads the key store of DCC Boxed: one JSON file with certificates and private keys.

use std::{collections::BTreeMap, fs, path::Path};

use aws_lc_rs::signature::EcdsaKeyPair;

use super::{TrustFault, TrustStore, is_pair, private_key};
use crate::{
    domain::Eui64,
    duis::{
        pem,
        signature::{certificate::Certificate, serial_number},
    },
};

/// The file: maps EUI-64 (16 hex digits), then usage (`digitalSignature`, `keyAgreement`), then serial number (decimal)
/// to an entry.
type KeyStore = BTreeMap<String, BTreeMap<String, BTreeMap<String, KeyStoreEntry>>>;

/// One certificate. The field `role` is ignored: it repeats the OU of the certificate as a number (135 is OU=87).
#[derive(serde::Deserialize)]
struct KeyStoreEntry {
    certificate: String,
    #[serde(rename = "privateKey")]
    private_key: Option<String>,
    name: Option<String>,
}

impl TrustStore {
    /// Adds the certificates and private keys of a DCC Boxed `keystore.json`.
    ///
    /// # Errors
    /// When the file cannot be read or is not a key store. An entry that cannot be used gives a warning.
    pub fn load_keystore(&mut self, path: &Path) -> Result<(), TrustFault> {
        let text = fs::read_to_string(path)
            .map_err(|source| TrustFault::Unreadable { path: path.to_owned(), source })?;
        let store: KeyStore = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|source| TrustFault::NotAKeyStore { path: path.to_owned(), source })?;
        for (eui, usages) in &store {
            for (serial, entry) in usages.values().flatten() {
                self.load_entry(path, eui, serial, entry);
            }
        }
        Ok(())
    }

    fn load_entry(&mut self, path: &Path, eui: &str, serial: &str, entry: &KeyStoreEntry) {
        let place = format!("`{}`, entry `{}`", path.display(), entry.name.as_deref().unwrap_or(serial));
        let certificate = match entry.certificate(eui, serial) {
            Ok(certificate) => certificate,
            Err(reason) => return self.warn(&place, &reason),
        };
        // Without its key the certificate still verifies signatures, so only the key is left out.
        let key = entry.key(&certificate).unwrap_or_else(|reason| {
            self.warn(&place, &reason);
            None
        });
        self.add(certificate, key);
    }
}

impl KeyStoreEntry {
    fn certificate(&self, eui: &str, serial: &str) -> Result<Certificate, String> {
        let der = pem::certificate(self.certificate.as_bytes()).map_err(|fault| fault.to_string())?;
        let certificate = Certificate::from_der(&der).map_err(|fault| fault.to_string())?;
        let matches_its_keys = Eui64::from_plain_hex(eui) == Ok(certificate.eui())
            && serial_number::canonical(serial) == Some(certificate.serial());
        if matches_its_keys {
            Ok(certificate)
        } else {
            Err("filed under another EUI-64 or serial number than the certificate's".to_owned())
        }
    }

    fn key(&self, certificate: &Certificate) -> Result<Option<EcdsaKeyPair>, String> {
        let Some(text) = &self.private_key else { return Ok(None) };
        let key = private_key(&pem::private_key(text.as_bytes()).map_err(|fault| fault.to_string())?)?;
        if is_pair(&key, certificate) {
            Ok(Some(key))
        } else {
            Err("its private key belongs to another certificate".to_owned())
        }
    }
}
