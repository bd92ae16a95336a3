//! The files of the test PKI. They are staged in a temporary folder and then renamed into place.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use super::PkiFault;
use crate::duis::pem;

/// A PEM file of the test PKI.
pub(super) struct PkiFile {
    /// Its path inside the folder.
    name: String,
    text: String,
    is_secret: bool,
}

impl PkiFile {
    /// The certificate file `<name>.pem`.
    pub(super) fn certificate(name: &str, der: &[u8]) -> Result<Self, PkiFault> {
        let text = pem::encode(pem::CERTIFICATE, der).map_err(x509_cert::der::Error::from)?;
        Ok(Self { name: format!("{name}.pem"), text, is_secret: false })
    }

    /// The private key file `<name>.key`, which only its owner may read.
    pub(super) fn private_key(name: &str, der: &[u8]) -> Result<Self, PkiFault> {
        let text = pem::encode(pem::PRIVATE_KEY, der).map_err(x509_cert::der::Error::from)?;
        Ok(Self { name: format!("{name}.key"), text, is_secret: true })
    }
}

/// Writes all files or none. An existing file is never replaced: it may be a key in use.
pub(super) fn write(folder: &Path, files: &[PkiFile]) -> Result<Vec<PathBuf>, PkiFault> {
    let paths: Vec<_> = files.iter().map(|file| folder.join(&file.name)).collect();
    if let Some(path) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(PkiFault::Exists(path.clone()));
    }
    // The staging folder is inside the target folder: a rename is atomic only within one file system.
    let aside = folder.join(format!(".pki-{}", std::process::id()));
    let written = stage(&aside, files).and_then(|()| {
        create_folder(&folder.join("tls"))?;
        move_all(&aside, files, &paths)
    });
    let _ = fs::remove_dir_all(&aside);
    written.map(|()| paths)
}

fn stage(aside: &Path, files: &[PkiFile]) -> Result<(), PkiFault> {
    create_folder(&aside.join("tls"))?;
    for file in files {
        let path = aside.join(&file.name);
        write_one(&path, file).map_err(|source| PkiFault::Unwritable { path, source })?;
    }
    Ok(())
}

fn move_all(aside: &Path, files: &[PkiFile], paths: &[PathBuf]) -> Result<(), PkiFault> {
    for (at, (file, path)) in files.iter().zip(paths).enumerate() {
        if let Err(source) = fs::rename(aside.join(&file.name), path) {
            // Roll back: without this a second run would find the moved files and refuse.
            paths.iter().take(at).for_each(|moved| drop(fs::remove_file(moved)));
            return Err(PkiFault::Unwritable { path: path.clone(), source });
        }
    }
    Ok(())
}

fn create_folder(path: &Path) -> Result<(), PkiFault> {
    fs::create_dir_all(path).map_err(|source| PkiFault::Unwritable { path: path.to_owned(), source })
}

fn write_one(path: &Path, file: &PkiFile) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    if file.is_secret {
        for_owner_alone(&mut options);
    }
    let mut open = options.open(path)?;
    open.write_all(file.text.as_bytes())?;
    // A crash after the rename must not leave an empty key file.
    open.sync_all()
}

#[cfg(unix)]
fn for_owner_alone(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// On other systems the permissions of the folder decide.
#[cfg(not(unix))]
fn for_owner_alone(_: &mut fs::OpenOptions) {}
