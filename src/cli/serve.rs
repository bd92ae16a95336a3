//! `smi serve`.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use actix_web::dev::Server;
use anyhow::Context as _;

use super::{
    import, log, open,
    reload::{self, Reload},
    say::show,
    stop_signals::StopSignals,
};
use crate::{
    secret::Secret,
    service::{App, jobs::Jobs},
    settings::{CspGatewaySettings, Overrides, Settings, SettingsFault, parse_listen},
    store::Kind,
    tls::ClientTls,
    web::{self, ListenerKind, ListenerTls},
};

#[derive(Debug, clap::Args)]
pub(super) struct ServeArguments {
    /// Imports the CSV files of this folder, those that are there, before it listens.
    #[arg(long, value_name = "DIR")]
    load: Option<PathBuf>,
    /// Where to listen, instead of `server.listen`.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_listen)]
    listen: Option<SocketAddr>,
    /// Where to listen for management, instead of `manage.listen`.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_listen)]
    manage_listen: Option<SocketAddr>,
    /// Prints the settings in force and stops.
    #[arg(long)]
    print_config: bool,
}

pub(super) fn run(
    arguments: ServeArguments,
    settings: impl Fn(Overrides) -> Result<Settings, SettingsFault>,
) -> anyhow::Result<ExitCode> {
    let ServeArguments { listen, manage_listen, .. } = arguments;
    let settings = settings(Overrides { listen, manage_listen, ..Overrides::default() })?;
    if arguments.print_config {
        show!("{settings}");
        return Ok(ExitCode::SUCCESS);
    }
    let _log = log::start(&settings);
    let delivering = ClientTls::load(&settings.outbox_tls).context("outbox")?;
    let service = open::service(&settings)?;
    // After the service, which makes the test PKI on first start: settings of TLS may name files of it.
    let secure = open::tls(&settings, &service)?;
    let csp_secure = open::csp_gateway_tls(&settings, &service)?;
    open::chain_older_decisions(&service)?;
    if let Some(dir) = &arguments.load {
        for kind in Kind::ALL {
            let file = dir.join(format!("{kind}.csv"));
            if file.exists() && !import::into(service.store(), *kind, &file, service.clock().now())? {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    let store = service.store().clone();
    let token = open::manage_token(&settings)?;
    let jobs = Jobs::start(&service, settings.retention, &delivering).context("starting the jobs")?;
    let listening = listen_until_stopped(service, &settings, (secure, csp_secure), token);
    let served = actix_web::rt::System::new().block_on(listening);
    // All jobs end before the store is closed: none must fail on a closed store.
    jobs.stop();
    store.close();
    served?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Runs the listeners until SIGTERM; each ends when the requests it accepted are answered.
async fn listen_until_stopped(
    service: App,
    settings: &Settings,
    (secure, csp_secure): (Option<ListenerTls>, Option<ListenerTls>),
    token: Secret,
) -> anyhow::Result<()> {
    let Settings { listen, manage_listen, max_body_bytes, max_in_flight, bounds, .. } = *settings;
    let signals = StopSignals::hear().context("waiting for the signals that end the service")?;
    let reload = Reload::new(&service, settings, [&secure, &csp_secure]);
    reload.log_expiries();
    reload::at_hangup(reload).context("waiting for SIGHUP")?;
    let duis = web::Listener {
        address: listen,
        max_body_bytes,
        bounds,
        tls: secure.clone(),
        kind: ListenerKind::Duis { max_in_flight: max_in_flight.get() },
    };
    let server = web::bind(service.clone(), duis);
    let (server, address) = server.with_context(|| format!("server.listen: {listen}"))?;
    let csp_server = csp_secure.map(|secure| csp_gateway(&service, settings, secure)).transpose()?.flatten();
    // Management stays on loopback in plain HTTP; elsewhere it has the other listener's certificate and clients.
    let manage = web::Listener {
        address: manage_listen,
        max_body_bytes,
        bounds,
        tls: secure.clone().filter(|_| !manage_listen.ip().is_loopback()),
        kind: ListenerKind::Manage { token },
    };
    let manage_server = web::bind(service, manage);
    let (manage_server, manage) = manage_server.with_context(|| format!("manage.listen: {manage_listen}"))?;
    let listeners = [Some(&server), csp_server.as_ref(), Some(&manage_server)];
    signals.stop(&listeners.into_iter().flatten().map(Server::handle).collect::<Vec<_>>());
    match &secure {
        None => tracing::info!(%address, "listening"),
        Some(_) => tracing::info!(%address, "listening with TLS"),
    }
    tracing::info!(%manage, "listening for management");
    let managing = actix_web::rt::spawn(manage_server);
    let csps = csp_server.map(actix_web::rt::spawn);
    server.await.context("serving")?;
    if let Some(csps) = csps {
        csps.await.context("serving CSPs")?.context("serving CSPs")?;
    }
    managing.await.context("serving management")?.context("serving management")
}

/// The listener for CSPs.
fn csp_gateway(service: &App, settings: &Settings, secure: ListenerTls) -> anyhow::Result<Option<Server>> {
    let Some(CspGatewaySettings { listen, gateway, .. }) = settings.csp_gateway.clone() else {
        return Ok(None);
    };
    let Settings { max_body_bytes, bounds, .. } = *settings;
    let kind = ListenerKind::CspGateway(gateway);
    let listener = web::Listener { address: listen, max_body_bytes, bounds, tls: Some(secure), kind };
    let bound = web::bind(service.clone(), listener);
    let (server, address) = bound.with_context(|| format!("csp_gateway.listen: {listen}"))?;
    tracing::info!(csp_gateway = %address, "listening for CSPs with TLS");
    Ok(Some(server))
}
