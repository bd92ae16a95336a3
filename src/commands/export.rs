//! `smi export`.

use std::{fs::File, io::Write as _, path::Path, process::ExitCode};

use anyhow::Context as _;

use super::open;
use crate::{
    settings::Settings,
    store::{self, Kind},
};

pub(super) fn run(settings: &Settings, kind: Kind, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut csv = Vec::new();
    open::store(settings)?.read(|connection| store::export(connection, kind, &mut csv))?;
    match file {
        None => std::io::stdout().lock().write_all(&csv).context("standard output")?,
        Some(file) => {
            let mut to = File::create(file).with_context(|| file.display().to_string())?;
            to.write_all(&csv).and_then(|()| to.sync_all()).with_context(|| file.display().to_string())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
