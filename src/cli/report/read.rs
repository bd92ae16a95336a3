//! `smi report read`.

use std::{fs::File, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use super::written;
use crate::{
    cli::{open, parsed},
    service::inventory_reports::{BulkRead, InventoryFormat, bulk_read, inventory_sink, read_keys},
    settings::Settings,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct ReadArguments {
    /// A CSV file with one or more of the columns device_id, mpxn and uprn, and one key a line.
    file: PathBuf,
    /// Asks the WAN Matrix of each premises, too, of the coverage that is loaded.
    #[arg(long)]
    wan: bool,
    /// csv or json.
    #[arg(long, default_value = "csv", value_parser = parsed::<InventoryFormat>)]
    format: InventoryFormat,
    /// Writes to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(settings: &Settings, arguments: &ReadArguments) -> anyhow::Result<ExitCode> {
    let ReadArguments { file, wan, format, out } = arguments;
    let named = || file.display().to_string();
    let keys = read_keys(File::open(file).with_context(named)?).with_context(named)?;
    let (store, clock) = (open::store_to_read(settings)?, open::clock(settings));
    let asked = BulkRead {
        rules: settings.rules,
        codes: &settings.codes,
        unavailable: &settings.csp_unavailable,
        with_wan_matrix: *wan,
        clock: &clock,
    };
    written(out.as_deref(), |to| {
        let mut sink = inventory_sink(*format, to);
        Ok(bulk_read(&store, &keys, asked, sink.as_mut())?)
    })?;
    Ok(ExitCode::SUCCESS)
}
