//! How a message arrived: at which web service, and over whose connection.

use std::fmt;

use super::{Eui64, WebService};

/// Where a message arrived, and who opened the connection it came over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The web service it was sent to.
    pub at: WebService,
    /// The other end of the connection; absent where nobody asked who that is.
    pub peer: Option<Peer>,
}

/// The other end of a connection, as its client certificate names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The certificate's EUI-64, where it has one.
    pub eui: Option<Eui64>,
    /// Whether it may send its own requests alone (`server.tls.bind_originator`).
    pub sends_its_own_alone: bool,
}

/// A message that came over a connection without a client certificate.
impl From<WebService> for Arrival {
    fn from(at: WebService) -> Self {
        Self { at, peer: None }
    }
}

/// The EUI-64, as logs and decisions name it.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.eui {
            Some(eui) => eui.fmt(f),
            None => f.write_str("no EUI-64"),
        }
    }
}
