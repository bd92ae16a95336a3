//! TLS: files into what listeners and clients speak it with.
//!
//! rustls with aws-lc-rs, TLS 1.2 and 1.3 and nothing older. The files of a listener can be read again while it runs:
//! handshakes after that use the new ones, open connections stay as they are. Nothing is taken from the system: who may
//! vouch for a server or a client stands in a file that the operator names.

mod client;
mod files;
mod server;

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};

pub use client::{ClientFiles, ClientTls, NoAuthorities};
pub use files::TlsFault;
pub use server::{ServerFiles, ServerTls, eui_of};

/// Named wherever TLS is set up: a default of the process could be set twice, differently.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
