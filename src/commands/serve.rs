//! `smi serve`.

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::Context as _;

use super::{import, open};
use crate::{
    http,
    settings::{Overrides, Settings, SettingsFault},
    store::Kind,
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Imports the CSV files of this folder, those that are there, before it listens.
    #[arg(long, value_name = "DIR")]
    load: Option<PathBuf>,
    /// Where to listen, instead of `server.listen`.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Prints the settings in force and stops.
    #[arg(long)]
    print_config: bool,
}

pub(super) fn run(
    arguments: Arguments,
    settings: impl Fn(Overrides) -> Result<Settings, SettingsFault>,
) -> anyhow::Result<ExitCode> {
    let settings = settings(Overrides { listen: arguments.listen, ..Overrides::default() })?;
    if arguments.print_config {
        print!("{settings}");
        return Ok(ExitCode::SUCCESS);
    }
    start_log();
    let service = open::service(&settings)?;
    if let Some(dir) = &arguments.load {
        for kind in Kind::ALL {
            let file = dir.join(format!("{kind}.csv"));
            if file.exists() && !import::into(service.store(), *kind, &file, service.clock().now())? {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    let listener = http::Listener { address: settings.listen, max_body_bytes: settings.max_body_bytes };
    let store = service.store().clone();
    actix_web::rt::System::new().block_on(async move {
        let (server, address) =
            http::bind(service, listener).with_context(|| format!("listening on {}", listener.address))?;
        tracing::info!(%address, "listening");
        server.await.context("serving")
    })?;
    store.close();
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Logs go to standard error: what happened, in fields, never a message's body.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::new("warn,smi=info");
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
}
