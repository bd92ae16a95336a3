//! `smi export`.

use std::{path::Path, process::ExitCode};

use super::{open, output::written};
use crate::{
    settings::Settings,
    store::{self, Kind},
};

pub(super) fn run(settings: &Settings, kind: Kind, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(settings)?;
    written(file, |to| Ok(store.read(|connection| store::export(connection, kind, to))?))?;
    Ok(ExitCode::SUCCESS)
}
