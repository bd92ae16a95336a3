//! TLS of a listener: the handshake timeout, and the identity of the client, which is read once on connect.

use std::{any::Any, time::Duration};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{dev::Extensions, rt::net::TcpStream};

use crate::{
    domain::Peer,
    tls::{ServerTls, eui_of},
};

/// The timeout of a handshake: a silent client must not keep a connection longer.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(5);

/// The TLS configuration of a listener.
#[derive(Clone, Debug)]
pub struct ListenerTls {
    /// Certificate, key and the authorities of clients.
    pub tls: ServerTls,
    /// Whether a client may only send requests of its own EUI-64 (`server.tls.bind_originator`).
    pub bind_originator: bool,
}

impl ListenerTls {
    /// A callback that stores the [`Peer`] of a connection, if clients are asked for certificates. A certificate that
    /// cannot be read gives a peer without an EUI-64, never no peer: no peer means that clients are not asked.
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
