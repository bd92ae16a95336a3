//! TLS configuration of listeners and clients, from PEM files.
//!
//! rustls with aws-lc-rs, TLS 1.2 and 1.3. A listener reloads its files while it runs: new handshakes use the new
//! certificates, open connections stay as they are. The system's CA certificates are not used: trusted are those in the
//! files that the operator names.

mod client;
mod files;
mod server;

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};

pub use client::{ClientFiles, ClientTls, NoAuthorities};
pub use files::TlsFault;
pub use server::{ServerFiles, ServerTls, eui_of};

/// The crypto provider, passed explicitly wherever TLS is set up: rustls's process default could be set by a dependency.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
