//! Loads a folder of PEM files: certificates from `*.pem`, private keys from `*.key`, matched by their public keys.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use aws_lc_rs::signature::EcdsaKeyPair;

use super::{TrustFault, TrustStore, is_pair, private_key};
use crate::duis::{
    pem,
    signature::certificate::{Certificate, CertificateFault},
};

impl TrustStore {
    /// Adds the certificates and private keys of the `*.pem` and `*.key` files in a folder, without its subfolders.
    ///
    /// Certificates of authorities are skipped without a warning: they sign no messages.
    ///
    /// # Errors
    /// When the folder or one of these files cannot be read. A file that cannot be used gives a warning.
    pub fn load_folder(&mut self, folder: &Path) -> Result<(), TrustFault> {
        // All keys first: a certificate and its key may have different file names.
        let keys = self.keys(folder)?;
        for path in files(folder, "pem")? {
            let (certificates, reason) = certificates(&read(&path)?);
            for certificate in certificates {
                let key = keys.iter().find(|key| is_pair(key, &certificate)).cloned();
                self.add(certificate, key);
            }
            if let Some(reason) = reason {
                self.warn(&format!("`{}`", path.display()), &reason);
            }
        }
        Ok(())
    }

    fn keys(&mut self, folder: &Path) -> Result<Vec<EcdsaKeyPair>, TrustFault> {
        let mut keys = Vec::new();
        for path in files(folder, "key")? {
            match keys_of(&read(&path)?) {
                Ok(of_file) => keys.extend(of_file),
                Err(reason) => self.warn(&format!("`{}`", path.display()), &reason),
            }
        }
        Ok(keys)
    }
}

/// The certificates of a file that can sign, and the reason of the first one that was left out.
fn certificates(file: &[u8]) -> (Vec<Certificate>, Option<String>) {
    let mut good = Vec::new();
    let mut reason = None;
    for block in pem::certificates(file).unwrap_or_else(|fault| vec![Err(fault)]) {
        match block.map_err(|fault| fault.to_string()).map(|der| Certificate::from_der(&der)) {
            Ok(Ok(certificate)) => good.push(certificate),
            // The root of the PKI usually lies in the same folder.
            Ok(Err(CertificateFault::Authority)) => {}
            Ok(Err(fault)) => reason = reason.or_else(|| Some(fault.to_string())),
            Err(fault) => reason = reason.or(Some(fault)),
        }
    }
    (good, reason)
}

fn keys_of(file: &[u8]) -> Result<Vec<EcdsaKeyPair>, String> {
    let blocks = pem::private_keys(file).map_err(|fault| fault.to_string())?;
    let key = |block: Result<pem::PemBlock, pem::PemFault>| {
        let block = block.map_err(|fault| fault.to_string())?;
        private_key(&block).map_err(str::to_owned)
    };
    blocks.into_iter().map(key).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, TrustFault> {
    fs::read(path).map_err(|source| TrustFault::Unreadable { path: path.to_owned(), source })
}

/// The files of a folder with this extension, sorted by name, so that warnings keep their order.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, TrustFault> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(|source| TrustFault::Unreadable { path: folder.to_owned(), source })?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == extension) && path.is_file())
        .collect();
    paths.sort();
    Ok(paths)
}
