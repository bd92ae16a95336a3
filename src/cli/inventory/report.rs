//! `smi inventory report`: written as it is made.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory as _, error::ErrorKind};

use super::written;
use crate::{
    cli::{CommandLine, open, parsed, say::tell},
    db::StoreFault,
    domain::{InventoryReport, Timestamp, instant_text, parse_instant},
    service::inventory_reports::{InventoryFormat, InventoryQuestion, inventory_sink, make_inventory_report},
    settings::Settings,
    store,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct InventoryReportArguments {
    /// estate, status, firmware, model, hubs, suspended-though-active or gained-not-commissioned.
    #[arg(value_parser = parsed::<InventoryReport>)]
    name: InventoryReport,
    /// Of status, firmware, model and hubs: as the inventory stood at this instant: a date, or a UTC time like 2026-01-31T09:30:00Z.
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    as_at: Option<Timestamp>,
    /// Only what this Party is the Responsible Supplier of now, by its signifier.
    #[arg(long)]
    party: Option<String>,
    /// csv or json.
    #[arg(long, default_value = "csv", value_parser = parsed::<InventoryFormat>)]
    format: InventoryFormat,
    /// Writes to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(settings: &Settings, arguments: &InventoryReportArguments) -> anyhow::Result<ExitCode> {
    let InventoryReportArguments { name, as_at, party, format, out } = arguments;
    let question = InventoryQuestion { report: *name, as_at: *as_at, party: party.clone() };
    if let Err(misplaced) = question.check() {
        CommandLine::command().error(ErrorKind::ArgumentConflict, format!("--as-at: {misplaced}")).exit();
    }
    let (store, clock) = (open::store(settings)?, open::clock(settings));
    if let Some(at) = as_at {
        let kept = store.read::<_, StoreFault>(store::decisions_kept)?.filter(|kept| at < kept);
        if let Some(kept) = kept {
            let kept = instant_text(kept);
            tell!("before {kept} not every change was kept: values that may have been others are `unknown`");
        }
    }
    let make = |to: &mut dyn Write| {
        let mut sink = inventory_sink(*format, to);
        make_inventory_report(&store, &question, &clock, sink.as_mut(), &mut |_| ())
    };
    written(out.as_deref(), make)?;
    Ok(ExitCode::SUCCESS)
}
