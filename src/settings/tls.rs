//! TLS settings: checks that the files of a section are complete.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    fault::SettingsFault,
    raw::{RawOutbox, RawTls},
};
use crate::tls::{ClientFiles, ServerFiles};

/// The settings of `[server.tls]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// The files.
    pub files: ServerFiles,
    /// Whether a client may send only requests of its own EUI-64.
    pub bind_originator: bool,
}

/// Checks `[server.tls]`; none if nothing of it is set, which means plain HTTP.
pub(super) fn server(raw: RawTls) -> Result<Option<TlsSettings>, SettingsFault> {
    let RawTls { certificate, key, client_ca, bind_originator } = raw;
    let bind_originator = bind_originator.unwrap_or(false);
    // Without client certificates there is nothing to bind to: the switch would protect nothing, in silence.
    if bind_originator && client_ca.is_none() {
        return unusable("server.tls: bind_originator needs client_ca, which asks clients for a certificate");
    }
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsSettings {
            files: ServerFiles { setting: "server.tls", certificate, key, client_ca },
            bind_originator,
        })),
        (None, None) if client_ca.is_none() => Ok(None),
        (Some(_), None) | (None, Some(_) | None) => {
            unusable("server.tls: set certificate and key, both or neither; client_ca needs them")
        }
    }
}

/// Checks `[outbox]`: the TLS files for deliveries to https addresses.
pub(super) fn client(raw: RawOutbox) -> Result<ClientFiles, SettingsFault> {
    let RawOutbox { ca, certificate, key } = raw;
    client_files("outbox", ca, certificate, key)
}

/// Checks the TLS files of a section with https addresses.
pub(super) fn client_files(
    section: &str,
    ca: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<ClientFiles, SettingsFault> {
    match (certificate, key) {
        (Some(certificate), Some(key)) if ca.is_some() => {
            Ok(ClientFiles { ca, identity: Some((certificate, key)) })
        }
        (None, None) => Ok(ClientFiles { ca, identity: None }),
        (Some(_), Some(_) | None) | (None, Some(_)) => {
            unusable(&format!("{section}: set certificate and key, both or neither; they need ca"))
        }
    }
}

fn unusable<T>(reason: &str) -> Result<T, SettingsFault> {
    Err(SettingsFault::Unusable(reason.to_owned()))
}

fn text(path: &Path) -> String {
    toml::Value::from(path.display().to_string()).to_string()
}

impl fmt::Display for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ServerFiles { setting: _, certificate, key, client_ca } = &self.files;
        writeln!(f, "[server.tls]\ncertificate = {}\nkey = {}", text(certificate), text(key))?;
        if let Some(client_ca) = client_ca {
            writeln!(f, "client_ca = {}", text(client_ca))?;
        }
        writeln!(f, "bind_originator = {}", self.bind_originator)
    }
}

/// Writes `[outbox]`; nothing if it is not set.
pub(super) fn write_outbox(f: &mut fmt::Formatter<'_>, files: &ClientFiles) -> fmt::Result {
    if files.ca.is_none() {
        return Ok(());
    }
    writeln!(f, "\n[outbox]")?;
    write_client(f, files)
}

/// Writes the keys of a section with client files.
pub(super) fn write_client(f: &mut fmt::Formatter<'_>, files: &ClientFiles) -> fmt::Result {
    let ClientFiles { ca, identity } = files;
    let Some(ca) = ca else { return Ok(()) };
    writeln!(f, "ca = {}", text(ca))?;
    match identity {
        Some((certificate, key)) => writeln!(f, "certificate = {}\nkey = {}", text(certificate), text(key)),
        None => Ok(()),
    }
}
