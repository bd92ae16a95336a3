//! `smi maintenance now`: the windows in force, and the next one.

use std::process::ExitCode;

use clap::Args;

use crate::{
    cli::{open, say::say},
    service::maintenance_now,
    settings::Settings,
    web::{ShownInForce, ShownNow},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct NowArguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(settings: &Settings, asked: &NowArguments) -> anyhow::Result<ExitCode> {
    let (environment, now) = (settings.felt_maintenance.environment, open::clock(settings).now());
    let found =
        open::store_to_read(settings)?.read(|connection| maintenance_now(connection, environment, now))?;
    let shown = ShownNow::from(found);
    if asked.json {
        say!("{}", serde_json::to_string_pretty(&shown)?);
    } else {
        print(&shown);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(shown: &ShownNow) {
    say!("{}", shown.now);
    if shown.in_force.is_empty() {
        say!("no window is in force");
    }
    for ShownInForce { reference, ends_at, stops, retry_after } in &shown.in_force {
        let stops = if stops.is_empty() { "nothing here".to_owned() } else { stops.join(", ") };
        say!("in force: {reference} until {ends_at}, {retry_after} seconds; stops {stops}");
    }
    match &shown.next {
        Some(next) => say!("next: {} from {}", next.reference, next.starts_at),
        None => say!("no window is to come"),
    }
}
