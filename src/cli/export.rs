//! `smi export`.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;

use super::{open, say::StandardOutput};
use crate::{
    settings::Settings,
    store::{self, Kind},
};

pub(super) fn run(settings: &Settings, kind: Kind, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let store = open::store(settings)?;
    let write = |to: &mut dyn Write| store.read(|connection| store::export(connection, kind, to));
    match file {
        None => {
            let mut to = BufWriter::new(StandardOutput);
            write(&mut to).context("standard output")?;
            // Dropping a BufWriter ignores faults: a cut-off export must not look like a whole one.
            to.flush().context("standard output")?;
        }
        Some(file) => {
            let named = || file.display().to_string();
            let mut to = BufWriter::new(File::create(file).with_context(named)?);
            write(&mut to).with_context(named)?;
            to.flush().and_then(|()| to.get_ref().sync_all()).with_context(named)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
