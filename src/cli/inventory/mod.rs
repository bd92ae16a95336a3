//! `smi inventory`: reports of the whole inventory, and bulk reads. The store is opened to read.

mod read;
mod report;

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Subcommand;

use crate::{cli::say::StandardOutput, service::inventory_reports::InventoryFault, settings::Settings};

#[derive(Debug, Subcommand)]
pub(super) enum InventoryCommand {
    /// Prints a line a Device, or a supply point: as CSV or JSON, some as at any instant.
    Report(report::InventoryReportArguments),
    /// Answers a list of MPxNs, UPRNs and Device IDs, each as SR 8.2 would.
    Read(read::ReadArguments),
}

pub(super) fn run(settings: &Settings, command: &InventoryCommand) -> anyhow::Result<ExitCode> {
    match command {
        InventoryCommand::Report(asked) => report::run(settings, asked),
        InventoryCommand::Read(asked) => read::run(settings, asked),
    }
}

/// Lets `make` write to the file, or to standard output.
fn written(
    out: Option<&Path>,
    make: impl FnOnce(&mut dyn Write) -> Result<(), InventoryFault>,
) -> anyhow::Result<()> {
    let Some(file) = out else {
        let mut to = BufWriter::new(StandardOutput);
        make(&mut to)?;
        return to.flush().context("standard output");
    };
    let named = || file.display().to_string();
    let mut to = BufWriter::new(File::create(file).with_context(named)?);
    make(&mut to).with_context(named)?;
    // What was cut off must not look whole.
    to.flush().and_then(|()| to.get_ref().sync_all()).with_context(named)
}
