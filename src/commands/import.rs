//! `smi import`.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use super::open;
use crate::{
    domain::Now,
    settings::Settings,
    store::{self, Consequences, ImportFault, Kind, Store},
};

pub(super) fn run(settings: &Settings, kind: Kind, file: &Path) -> anyhow::Result<ExitCode> {
    let store = open::store(settings)?;
    let done = into(&store, kind, file, open::clock(settings).now())?;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Imports one file and says on standard error what came of it; `false` where its rows have faults.
pub(super) fn into(store: &Store, kind: Kind, file: &Path, now: Now) -> anyhow::Result<bool> {
    let csv = std::fs::read(file).with_context(|| file.display().to_string())?;
    let bar = bar(u64::try_from(csv.len()).unwrap_or(u64::MAX), kind);
    let outcome = store::import(store, kind, &csv, now, &mut |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    match outcome {
        Ok(imported) => {
            eprintln!("{}: {} {kind} imported", file.display(), imported.rows);
            let Consequences { suspended, restored } = imported.consequences;
            if suspended + restored > 0 {
                eprintln!("{}: {suspended} Devices suspended, {restored} restored", file.display());
            }
            Ok(true)
        }
        Err(faults @ ImportFault::Rows { .. }) => {
            eprintln!("{}: nothing imported\n{faults}", file.display());
            Ok(false)
        }
        Err(fault @ ImportFault::Store(_)) => Err(fault).with_context(|| file.display().to_string()),
    }
}

/// Shown on a terminal alone.
fn bar(bytes: u64, kind: Kind) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes} {eta}");
    ProgressBar::new(bytes)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(kind.to_string())
}
