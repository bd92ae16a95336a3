//! Listeners that speak TLS: bounded handshakes, and who the client is, read once on connect.

use std::{any::Any, time::Duration};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{dev::Extensions, rt::net::TcpStream};

use crate::{
    domain::Peer,
    tls::{ServerTls, eui_of},
};

/// How long a handshake may take: a client that says nothing holds a place no longer than that.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(5);

/// TLS for a listener, and what it asks of clients.
#[derive(Clone, Debug)]
pub struct Secure {
    /// Certificate, key and client authorities.
    pub tls: ServerTls,
    /// Whether a client may send requests of its own EUI-64 alone (`server.tls.bind_originator`).
    pub bind_originator: bool,
}

impl Secure {
    /// Keeps with each connection who opened it, where clients are asked. A connection that is not understood is
    /// nobody's, never unasked.
    pub(super) fn on_connect(&self) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + use<> {
        let (asks, bound_to_originator) = (self.tls.asks_clients(), self.bind_originator);
        move |connection, data| {
            if asks {
                let stream = connection.downcast_ref::<TlsStream<TcpStream>>();
                let eui = stream.and_then(|stream| eui_of(stream.get_ref().1.peer_certificates()));
                data.insert(Peer { eui, bound_to_originator });
            }
        }
    }
}
