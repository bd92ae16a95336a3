//! The arrival of a message: its web service, and the peer of its connection.

use std::fmt;

use super::{Eui64, WebService};

/// The web service that a message was sent to, and the peer that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The web service.
    pub at: WebService,
    /// The peer; absent where the listener asks for no client certificate.
    pub peer: Option<Peer>,
}

/// The peer of a connection, as its client certificate names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The certificate's EUI-64, where it has one.
    pub eui: Option<Eui64>,
    /// Whether it may only send requests that name it as originator (`server.tls.bind_originator`).
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
