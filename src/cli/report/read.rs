//! `smi report read`.

use std::{
    fs::File,
    io::{Cursor, Read, Seek},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;

use super::written;
use crate::{
    cli::{end_for_misplaced, open, parsed, say::tell},
    service::inventory_reports::{
        BulkRead, InventoryFormat, KeyCount, Keys, bulk_read, check_keys, inventory_sink,
    },
    settings::Settings,
    tools::whole_file::is_same_file,
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
    if out.as_ref().is_some_and(|out| is_same_file(file, out)) {
        end_for_misplaced(&["report", "read"], "--out names the list of keys");
    }
    let named = || file.display().to_string();
    let mut list = opened(file).with_context(named)?;
    // All of it first: a list with a wrong line is refused whole.
    let KeyCount { keys, repeated } = check_keys(&mut list).with_context(named)?;
    list.rewind().with_context(named)?;
    if repeated > 0 {
        tell!("{repeated} of {keys} keys stand further up, too; each is answered again");
    }
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
        Ok(bulk_read(&store, Keys::of(&mut list)?, asked, sink.as_mut())?)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What is read twice.
trait TwiceRead: Read + Seek {}

impl<T: Read + Seek> TwiceRead for T {}

/// A file, or all of a pipe, which cannot be read again.
fn opened(file: &Path) -> std::io::Result<Box<dyn TwiceRead>> {
    let mut file = File::open(file)?;
    if file.metadata()?.is_file() {
        return Ok(Box::new(file));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Box::new(Cursor::new(bytes)))
}
