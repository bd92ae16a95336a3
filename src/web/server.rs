//! The listeners: their addresses, limits and services.

use std::{io, net::SocketAddr, num::NonZero, thread};

use actix_web::{
    App as Actix, HttpServer,
    dev::Server,
    middleware::{Condition, from_fn},
    web,
};

use super::{
    Bounds,
    body::Limits,
    console::{self, HashingPermits},
    correlation_id::{self, CorrelationIds},
    csp_gateway, duis, explain, gated,
    health::{self, ReadinessProbe},
    idle_timeout, manage, overload,
    permits::Permits,
    recording,
    server_thread::{self, ServerThread},
    tls::{HANDSHAKE, ListenerTls},
};
use crate::{
    metrics::{Gauge, ListenerName},
    secret::Secret,
    service::{App, Gateway},
};

/// The configuration of a listener.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The address; port 0 picks a free one.
    pub address: SocketAddr,
    /// The maximum length of a body in bytes.
    pub max_body_bytes: usize,
    /// The limits of time, connections and memory.
    pub bounds: Bounds,
    /// TLS; plain HTTP if absent.
    pub tls: Option<ListenerTls>,
    /// What it serves.
    pub kind: ListenerKind,
}

/// What a listener serves. Each serves health checks too.
#[derive(Clone, Debug)]
pub enum ListenerKind {
    /// The web services of DUIS.
    Duis {
        /// The maximum of messages in flight.
        max_in_flight: usize,
    },
    /// The management listener.
    Manage {
        /// The bearer token that a request must carry.
        token: Secret,
    },
    /// The CSP gateway and its CSPs. It needs TLS: a client is identified by its certificate.
    CspGateway(Gateway),
}

/// The threads of the management listener or the CSP gateway: these have few clients.
const FEW_WORKERS: usize = 2;
/// The maximum of management requests in flight.
const MANAGE_IN_FLIGHT: usize = 32;
/// The maximum of hub batches in flight: each is one long transaction of the writer, which all other writes wait for.
const CSP_IN_FLIGHT: usize = 4;

impl ListenerKind {
    const fn name(&self) -> ListenerName {
        match self {
            Self::Duis { .. } => ListenerName::Duis,
            Self::Manage { .. } => ListenerName::Manage,
            Self::CspGateway(_) => ListenerName::CspGateway,
        }
    }

    fn permits(&self, app: &App) -> Permits {
        match self {
            Self::Duis { max_in_flight } => {
                app.metrics().set_in_flight_limit(*max_in_flight);
                Permits::new(*max_in_flight, app.metrics().in_flight().clone())
            }
            Self::Manage { .. } => Permits::new(MANAGE_IN_FLIGHT, Gauge::default()),
            Self::CspGateway(_) => Permits::new(CSP_IN_FLIGHT, Gauge::default()),
        }
    }

    fn workers(&self) -> usize {
        match self {
            Self::Duis { .. } => thread::available_parallelism().map_or(2, NonZero::get),
            Self::Manage { .. } | Self::CspGateway(_) => FEW_WORKERS,
        }
    }

    /// Registers the routes, and the data that only these need.
    fn configure(&self, config: &mut web::ServiceConfig) {
        match self {
            Self::Duis { .. } => duis::configure(config),
            Self::Manage { token } => {
                // After the API: the console takes every other path.
                config.app_data(web::Data::new(token.clone())).configure(manage::configure);
                config.configure(console::configure);
            }
            Self::CspGateway(gateway) => {
                config.app_data(web::Data::new(gateway.clone())).configure(csp_gateway::configure);
            }
        }
    }
}

/// Binds a listener. On SIGTERM the server stops gracefully: it answers the requests it has accepted.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind(app: App, listener: Listener) -> io::Result<(Server, SocketAddr)> {
    let Listener { address, max_body_bytes, bounds, tls, kind } = listener;
    // Made here and not in the factory, which runs once for each worker: all workers must share one limit.
    let permits = web::Data::new(kind.permits(&app));
    let (ids, probe) =
        (web::Data::new(CorrelationIds::new(kind.name())), web::Data::new(ReadinessProbe::new()));
    let limits = web::Data::new(Limits::new(max_body_bytes, bounds));
    let (workers, app) = (kind.workers(), web::Data::new(app));
    let hashing = web::Data::new(HashingPermits::default());
    let is_manage = matches!(kind, ListenerKind::Manage { .. });
    let is_duis = matches!(kind, ListenerKind::Duis { .. });
    let factory = move || {
        Actix::new()
            .app_data(app.clone())
            .app_data(permits.clone())
            .app_data(ids.clone())
            .app_data(probe.clone())
            .app_data(limits.clone())
            .app_data(hashing.clone())
            // The last one runs first. So the token is checked before a permit is taken, and everything is inside the
            // span that carries the correlation id.
            // Messages of DUIS pass it once their body is read.
            .wrap(Condition::new(!is_duis, from_fn(gated::pass)))
            .wrap(Condition::new(is_manage, from_fn(overload::limit_in_flight)))
            .wrap(Condition::new(is_manage, from_fn(manage::authorise)))
            .wrap(Condition::new(is_duis, from_fn(explain::attach)))
            .wrap(Condition::new(is_duis, from_fn(recording::attach)))
            .wrap(from_fn(correlation_id::attach))
            .wrap(from_fn(idle_timeout::track_request))
            .configure(health::configure)
            .configure(|config| kind.configure(config))
    };
    let identify = tls.as_ref().map(ListenerTls::on_connect);
    let server = HttpServer::new(factory)
        .workers(workers)
        // The framework's limit is for each worker, the setting is for all of them.
        .max_connections(bounds.connections.div_ceil(workers))
        .client_request_timeout(bounds.head)
        .keep_alive(bounds.idle)
        .tls_handshake_timeout(HANDSHAKE)
        .on_connect(move |connection, data| {
            idle_timeout::start(connection, data, bounds.idle);
            if let Some(identify) = &identify {
                identify(connection, data);
            }
        });
    let server = match tls {
        None => server.bind(address)?,
        Some(secure) => server.bind_rustls_0_23(address, secure.tls.config())?,
    };
    // With port 0 the system has chosen the port.
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((server.run(), bound))
}

/// Runs a listener in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn(app: App, listener: Listener) -> io::Result<ServerThread> {
    server_thread::start(move || bind(app, listener))
}
