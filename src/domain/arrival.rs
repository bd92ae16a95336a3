//! The arrival of a message: the web service that got it, and the peer of its connection.

use std::fmt;

use super::{Eui64, WebService};

/// The web service that a message was sent to, and the peer that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The web service.
    pub at: WebService,
    /// The peer; absent if the listener does not ask for a client certificate.
    pub peer: Option<Peer>,
}

/// The peer of a connection, as its client certificate names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The certificate's EUI-64, if it has one.
    pub eui: Option<Eui64>,
    /// Whether it may send only requests that name it as originator (`server.tls.bind_originator`).
    pub bound_to_originator: bool,
}

/// The arrival over a connection without a client certificate.
impl From<WebService> for Arrival {
    fn from(at: WebService) -> Self {
        Self { at, peer: None }
    }
}

/// Writes the EUI-64, for logs and traces.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.eui {
            Some(eui) => eui.fmt(f),
            None => f.write_str("no EUI-64"),
        }
    }
}
