//! The listeners: where each listens, how it is bounded, and what it serves.

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
    csp_gateway, duis,
    health::{self, Looks},
    manage,
    overload::{self, Permits},
    running::{self, Running},
    tag::{self, Tags},
    tls::{HANDSHAKE, Secure},
    watch,
};
use crate::{
    metrics::{Gauge, ListenerName},
    secret::Secret,
    service::{App, Gateway},
};

/// A listener: an address, its bounds, and what it serves there.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The address; port 0 picks a free one.
    pub address: SocketAddr,
    /// The longest body, in bytes.
    pub max_body_bytes: usize,
    /// What a peer may keep busy, and for how long.
    pub bounds: Bounds,
    /// TLS; plain HTTP where absent.
    pub tls: Option<Secure>,
    /// What it serves.
    pub kind: ListenerKind,
}

/// What a listener serves. Each serves its health too.
#[derive(Clone, Debug)]
pub enum ListenerKind {
    /// The web services of DUIS.
    Duis {
        /// As many messages as are answered at once.
        max_in_flight: usize,
    },
    /// The management listener.
    Manage {
        /// The bearer token that a request must carry.
        token: Secret,
    },
    /// The gateway for CSPs, for the CSPs named here. Its clients are known by their certificates, so it needs TLS.
    CspGateway(Gateway),
}

/// As many threads as serve management or CSPs: their users are few.
const FEW_WORKERS: usize = 2;
/// As many requests as management takes at once.
const MANAGE_IN_FLIGHT: usize = 32;
/// As many batches of hubs as are taken at once: each is decided in one transaction of the writer, and long.
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

    /// Registers what it serves, and what only that needs.
    fn configure(&self, config: &mut web::ServiceConfig) {
        match self {
            Self::Duis { .. } => duis::configure(config),
            Self::Manage { token } => {
                config.app_data(web::Data::new(token.clone())).configure(manage::configure);
            }
            Self::CspGateway(gateway) => {
                config.app_data(web::Data::new(gateway.clone())).configure(csp_gateway::configure);
            }
        }
    }
}

/// Binds a listener. The server stops in good order on SIGTERM: what it has accepted, it answers.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind(app: App, listener: Listener) -> io::Result<(Server, SocketAddr)> {
    let Listener { address, max_body_bytes, bounds, tls, kind } = listener;
    let permits = web::Data::new(kind.permits(&app));
    let (tags, looks) = (web::Data::new(Tags::new(kind.name())), web::Data::new(Looks::new()));
    let limits = web::Data::new(Limits::new(max_body_bytes, bounds));
    let (workers, app) = (kind.workers(), web::Data::new(app));
    let is_manage = matches!(kind, ListenerKind::Manage { .. });
    let factory = move || {
        Actix::new()
            .app_data(app.clone())
            .app_data(permits.clone())
            .app_data(tags.clone())
            .app_data(looks.clone())
            .app_data(limits.clone())
            // A request passes the middleware that is wrapped last first.
            .wrap(Condition::new(is_manage, from_fn(overload::bounded)))
            .wrap(Condition::new(is_manage, from_fn(manage::authorise)))
            .wrap(from_fn(tag::tag))
            .wrap(from_fn(watch::note))
            .configure(health::configure)
            .configure(|config| kind.configure(config))
    };
    let identify = tls.as_ref().map(Secure::on_connect);
    let server = HttpServer::new(factory)
        .workers(workers)
        .max_connections(bounds.connections.div_ceil(workers))
        .client_request_timeout(bounds.head)
        .keep_alive(bounds.idle)
        .tls_handshake_timeout(HANDSHAKE)
        .on_connect(move |connection, data| {
            watch::begin(connection, data, bounds.idle);
            if let Some(identify) = &identify {
                identify(connection, data);
            }
        });
    let server = match tls {
        None => server.bind(address)?,
        Some(secure) => server.bind_rustls_0_23(address, secure.tls.config())?,
    };
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((server.run(), bound))
}

/// Runs a listener in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn(app: App, listener: Listener) -> io::Result<Running> {
    running::start(move || bind(app, listener))
}
