//! `smi backup` and `smi restore`.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;

use super::{open, say::tell};
use crate::{db::ReadOnlyStore, settings::Settings, store};

pub(super) fn backup(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    let store = ReadOnlyStore::open(&settings.store_url, settings.store_timeout)?;
    let mut store = store.context("there is no database yet, so there is nothing to back up")?;
    let now = open::clock(settings).now();
    let done = store::backup(&mut store, file, now)?;
    tell!("{}: {} rows, SHA-256 {}", file.display(), done.rows, done.hash);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(settings: &Settings, file: &Path, replace: bool) -> anyhow::Result<ExitCode> {
    let restored = store::restore(&settings.store_url, open::store_options(settings), file, replace);
    let restored = restored.with_context(|| format!("{}: nothing was restored", file.display()))?;
    tell!("{}: {} rows restored, as of {}", file.display(), restored.rows, restored.taken_at);
    Ok(ExitCode::SUCCESS)
}
