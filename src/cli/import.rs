//! `smi import`.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{CommandFactory as _, error::ErrorKind};
use indicatif::{ProgressBar, ProgressStyle};

use super::{open, parsed, say::tell};
use crate::{
    db::Store,
    domain::{CspRegion, Now},
    settings::Settings,
    store::{self, Consequences, ImportFault, Kind, Origin, Regions, ReplacedExtract, Warnings},
};

#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// What the file holds.
    #[arg(value_enum)]
    kind: Kind,
    /// The CSV file.
    file: PathBuf,
    /// Of coverage: the CSP Region whose extract the file is; a row of another is a fault.
    #[arg(long, value_name = "REGION", value_parser = parsed::<CspRegion>)]
    region: Option<CspRegion>,
    /// Of coverage: the file is the extract of every CSP Region it names; without it, one that names several is refused.
    #[arg(long, conflicts_with = "region")]
    all_regions: bool,
    /// Of coverage: the file has so many rows, the header not counted; with another number it is not whole.
    #[arg(long, value_name = "N")]
    rows: Option<u64>,
    /// Of the Central Products List: the file may have no lines, so that requests are no longer checked against a list.
    #[arg(long)]
    empty: bool,
}

pub(super) fn run(settings: &Settings, arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    let ImportArguments { kind, file, region, all_regions, rows, empty } = arguments;
    if (region.is_some() || *all_regions || rows.is_some()) && *kind != Kind::Coverage {
        let reason = format!(
            "--region, --all-regions and --rows say what a file of coverage is; they say nothing about {kind}"
        );
        super::CommandLine::command().error(ErrorKind::ArgumentConflict, reason).exit();
    }
    if *empty && *kind != Kind::Cpl {
        let reason = format!("--empty is said of cpl; it says nothing about {kind}");
        super::CommandLine::command().error(ErrorKind::ArgumentConflict, reason).exit();
    }
    let store = open::store(settings)?;
    let regions = match region {
        Some(region) => Regions::Only(*region),
        None if *all_regions => Regions::All,
        None => Regions::Any,
    };
    let origin = Origin { regions, rows: *rows, may_be_empty: *empty, ..Origin::of_file(file) };
    let done = of_origin(&store, *kind, file, &origin, open::clock(settings).now())?;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Imports one file, coverage for all regions it names, and prints the outcome on standard error. Returns `false` where rows
/// have faults.
pub(super) fn into(store: &Store, kind: Kind, file: &Path, now: Now) -> anyhow::Result<bool> {
    let origin = Origin { regions: Regions::All, ..Origin::of_file(file) };
    of_origin(store, kind, file, &origin, now)
}

fn of_origin(store: &Store, kind: Kind, file: &Path, origin: &Origin, now: Now) -> anyhow::Result<bool> {
    let opened = File::open(file).and_then(|opened| Ok((opened.metadata()?.len(), opened)));
    let (bytes, opened) = opened.with_context(|| file.display().to_string())?;
    let bar = bar(bytes, kind);
    let mut from = BufReader::new(opened);
    let outcome =
        store::import_from(store, kind, &mut from, origin, now, &mut |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    match outcome {
        Ok(imported) => {
            tell!("{}: {} {kind} imported", file.display(), imported.rows);
            for ReplacedExtract { region, before, rows } in imported.replaced {
                tell!("{}: {region}: {before} rows before, {rows} now", file.display());
            }
            let Consequences { suspended, restored } = imported.consequences;
            for (what, devices) in [("suspended", suspended), ("restored", restored)] {
                if !devices.is_empty() {
                    tell!("{}: Devices {what}: {devices}", file.display());
                }
            }
            let Warnings { first, total } = imported.warnings;
            for warning in &first {
                tell!("{}: warning: {warning}", file.display());
            }
            if total > first.len() {
                tell!("{}: and {} more warnings", file.display(), total - first.len());
            }
            Ok(true)
        }
        Err(faults @ ImportFault::Rows { .. }) => {
            tell!("{}: nothing imported\n{faults}", file.display());
            Ok(false)
        }
        Err(fault @ (ImportFault::Store(_) | ImportFault::Read(_) | ImportFault::UnderWay)) => {
            Err(fault).with_context(|| file.display().to_string())
        }
    }
}

/// A progress bar; indicatif shows it on a terminal only.
fn bar(bytes: u64, kind: Kind) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes} {eta}");
    ProgressBar::new(bytes)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(kind.to_string())
}
