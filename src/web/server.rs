//! The listener and its life.

use std::{io, net::SocketAddr, num::NonZero, thread};

use actix_web::{HttpServer, dev::Server, middleware::from_fn, web};

use super::{
    Bounds,
    body::Limits,
    csp_gateway, duis,
    health::{self, Looks},
    manage,
    overload::{self, Permits},
    tag::{self, Tags},
    tls::{HANDSHAKE, Secure},
    verify_pool::VerifyPool,
    watch,
};
use crate::{
    metrics::{Gauge, ListenerName},
    secret::Secret,
    service::{App, Gateway},
    web::running::{self, Running},
};

/// Where to listen, and the longest message to take.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The address; port 0 picks a free one.
    pub address: SocketAddr,
    /// The longest body, in bytes.
    pub max_body_bytes: usize,
    /// As many messages as are answered at once.
    pub max_in_flight: usize,
    /// What a peer may keep busy, and for how long.
    pub bounds: Bounds,
}

/// Binds the listener. The server stops in good order on SIGTERM: what it has accepted, it answers.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind(service: App, listener: Listener) -> io::Result<(Server, SocketAddr)> {
    bind_as(service, listener, None)
}

/// Binds a listener that speaks TLS.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind_tls(service: App, listener: Listener, secure: &Secure) -> io::Result<(Server, SocketAddr)> {
    bind_as(service, listener, Some(secure))
}

fn bind_as(service: App, listener: Listener, secure: Option<&Secure>) -> io::Result<(Server, SocketAddr)> {
    let Listener { address, max_body_bytes, max_in_flight, bounds } = listener;
    service.metrics().set_in_flight_limit(max_in_flight);
    let permits = web::Data::new(Permits::new(max_in_flight, service.metrics().in_flight().clone()));
    let looks = web::Data::new(Looks::new());
    let workers = thread::available_parallelism().map_or(2, NonZero::get);
    let verify_pool = web::Data::new(VerifyPool::start(workers)?);
    let tags = web::Data::new(Tags::new(ListenerName::Duis));
    let service = web::Data::new(service);
    let limits = web::Data::new(Limits::new(max_body_bytes, bounds));
    let app = move || {
        actix_web::App::new()
            .app_data(service.clone())
            .app_data(permits.clone())
            .app_data(verify_pool.clone())
            .app_data(looks.clone())
            .app_data(tags.clone())
            .app_data(limits.clone())
            .wrap(from_fn(tag::tag))
            .wrap(from_fn(watch::note))
            .configure(duis::configure)
            .configure(health::configure)
    };
    let who = secure.map(Secure::on_connect);
    let server = HttpServer::new(app)
        .workers(workers)
        // A thread for each that may wait for a CSP, so that nothing ever waits for one.
        .worker_max_blocking_threads(max_in_flight.saturating_add(health::LOOKS))
        .max_connections(bounds.connections.div_ceil(workers))
        .client_request_timeout(bounds.head)
        .keep_alive(bounds.idle)
        .tls_handshake_timeout(HANDSHAKE)
        .on_connect(move |connection, data| {
            watch::begin(connection, data, bounds.idle);
            if let Some(who) = &who {
                who(connection, data);
            }
        });
    let server = match secure {
        None => server.bind(address)?,
        Some(secure) => server.bind_rustls_0_23(address, secure.tls.config())?,
    };
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((server.run(), bound))
}

/// Where to listen for management, who may use it, and the longest body to take.
#[derive(Clone, Debug)]
pub struct ManageListener {
    /// The address; port 0 picks a free one.
    pub address: SocketAddr,
    /// What a request must carry.
    pub token: Secret,
    /// The longest body, in bytes.
    pub max_body_bytes: usize,
    /// What a peer may keep busy, and for how long.
    pub bounds: Bounds,
}

/// As many threads as serve management: its users are few.
const MANAGE_WORKERS: usize = 2;
/// As many requests as management takes at once.
const MANAGE_IN_FLIGHT: usize = 32;

/// Binds the management listener; it stops as the other does.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind_manage(service: App, listener: &ManageListener) -> io::Result<(Server, SocketAddr)> {
    bind_manage_as(service, listener, None)
}

/// Binds a management listener that speaks TLS: the token is asked for there too.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind_manage_tls(
    service: App,
    listener: &ManageListener,
    secure: &Secure,
) -> io::Result<(Server, SocketAddr)> {
    bind_manage_as(service, listener, Some(secure))
}

fn bind_manage_as(
    service: App,
    listener: &ManageListener,
    secure: Option<&Secure>,
) -> io::Result<(Server, SocketAddr)> {
    let (service, token) = (web::Data::new(service), web::Data::new(listener.token.clone()));
    let permits = web::Data::new(Permits::new(MANAGE_IN_FLIGHT, Gauge::default()));
    let tags = web::Data::new(Tags::new(ListenerName::Manage));
    let looks = web::Data::new(Looks::new());
    let bounds = listener.bounds;
    let limits = web::Data::new(Limits::new(listener.max_body_bytes, bounds));
    let app = move || {
        actix_web::App::new()
            .app_data(service.clone())
            .app_data(token.clone())
            .app_data(permits.clone())
            .app_data(tags.clone())
            .app_data(looks.clone())
            .app_data(limits.clone())
            // The last one wrapped is the first one passed.
            .wrap(from_fn(overload::bounded))
            .wrap(from_fn(manage::authorise))
            .wrap(from_fn(tag::tag))
            .wrap(from_fn(watch::note))
            .configure(health::configure)
            .configure(manage::configure)
    };
    let server = HttpServer::new(app)
        .workers(MANAGE_WORKERS)
        .max_connections(bounds.connections.div_ceil(MANAGE_WORKERS))
        .client_request_timeout(bounds.head)
        .keep_alive(bounds.idle)
        .tls_handshake_timeout(HANDSHAKE)
        .on_connect(move |connection, data| watch::begin(connection, data, bounds.idle));
    let server = match secure {
        None => server.bind(listener.address)?,
        Some(secure) => server.bind_rustls_0_23(listener.address, secure.tls.config())?,
    };
    let bound = server.addrs().first().copied().unwrap_or(listener.address);
    Ok((server.run(), bound))
}

/// Where CSPs are listened to, and which.
#[derive(Clone, Debug)]
pub struct CspListener {
    /// The address; port 0 picks a free one.
    pub address: SocketAddr,
    /// Who they are, and what they may do.
    pub gateway: Gateway,
    /// The longest body, in bytes.
    pub max_body_bytes: usize,
    /// What a peer may keep busy, and for how long.
    pub bounds: Bounds,
}

/// As many threads as serve CSPs: there are few of them.
const CSP_WORKERS: usize = 2;
/// As many batches as are taken at once: each is decided in one turn of the store's writer, and long.
const CSP_IN_FLIGHT: usize = 4;

/// Binds the listener for CSPs, which always speaks TLS; it stops as the others do.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind_csp_gateway(
    service: App,
    listener: CspListener,
    secure: &Secure,
) -> io::Result<(Server, SocketAddr)> {
    let CspListener { address, gateway, max_body_bytes, bounds } = listener;
    let (service, gateway) = (web::Data::new(service), web::Data::new(gateway));
    let permits = web::Data::new(Permits::new(CSP_IN_FLIGHT, Gauge::default()));
    let tags = web::Data::new(Tags::new(ListenerName::CspGateway));
    let looks = web::Data::new(Looks::new());
    let limits = web::Data::new(Limits::new(max_body_bytes, bounds));
    let app = move || {
        actix_web::App::new()
            .app_data(service.clone())
            .app_data(gateway.clone())
            .app_data(permits.clone())
            .app_data(tags.clone())
            .app_data(looks.clone())
            .app_data(limits.clone())
            .wrap(from_fn(tag::tag))
            .wrap(from_fn(watch::note))
            .configure(csp_gateway::configure)
            .configure(health::configure)
    };
    let who = secure.on_connect();
    let server = HttpServer::new(app)
        .workers(CSP_WORKERS)
        .max_connections(bounds.connections.div_ceil(CSP_WORKERS))
        .client_request_timeout(bounds.head)
        .keep_alive(bounds.idle)
        .tls_handshake_timeout(HANDSHAKE)
        .on_connect(move |connection, data| {
            watch::begin(connection, data, bounds.idle);
            who(connection, data);
        })
        .bind_rustls_0_23(address, secure.tls.config())?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((server.run(), bound))
}

/// Runs a server in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn(service: App, listener: Listener) -> io::Result<Running> {
    running::start(move || bind(service, listener))
}

/// Runs a server that speaks TLS in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn_tls(service: App, listener: Listener, secure: Secure) -> io::Result<Running> {
    running::start(move || bind_tls(service, listener, &secure))
}

/// Runs a management server in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn_manage(service: App, listener: ManageListener) -> io::Result<Running> {
    running::start(move || bind_manage(service, &listener))
}

/// Runs a management server that speaks TLS in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn_manage_tls(service: App, listener: ManageListener, secure: Secure) -> io::Result<Running> {
    running::start(move || bind_manage_tls(service, &listener, &secure))
}

/// Runs a listener for CSPs in a thread of this process.
///
/// # Errors
/// When the address cannot be bound.
pub fn spawn_csp_gateway(service: App, listener: CspListener, secure: Secure) -> io::Result<Running> {
    running::start(move || bind_csp_gateway(service, listener, &secure))
}
