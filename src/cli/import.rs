//! `smi import`.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use super::{end_for_misplaced, open, parsed, say::tell};
use crate::{
    db::Store,
    domain::{CspRegion, Now},
    settings::Settings,
    store::{self, Changes, Consequences, ImportFault, Imported, Kind, Origin, Regions, ReplacedExtract},
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
    /// Of a list that is replaced whole: the file may have no lines, so that nothing is left of the list.
    #[arg(long)]
    empty: bool,
    /// Changes nothing: reads and checks the file, and says what its import would do.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(settings: &Settings, arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    let ImportArguments { kind, file, region, all_regions, rows, empty, dry_run } = arguments;
    if (region.is_some() || *all_regions || rows.is_some()) && *kind != Kind::Coverage {
        let reason = format!(
            "--region, --all-regions and --rows say what a file of coverage is; they say nothing about {kind}"
        );
        end_for_misplaced(&["import"], &reason);
    }
    if *empty && !kind.is_replaced_whole() {
        let reason =
            format!("--empty is said of a list that is replaced whole; it says nothing about {kind}");
        end_for_misplaced(&["import"], &reason);
    }
    let store = open::store(settings)?;
    let regions = match region {
        Some(region) => Regions::Only(*region),
        None if *all_regions => Regions::All,
        None => Regions::Any,
    };
    let origin =
        Origin { regions, rows: *rows, may_be_empty: *empty, dry_run: *dry_run, ..Origin::of_file(file) };
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
            tell_outcome(file, kind, &imported, origin.dry_run);
            Ok(true)
        }
        Err(faults @ ImportFault::Rows { .. }) => {
            tell!("{}: nothing imported\n{faults}", file.display());
            Ok(false)
        }
        Err(
            fault @ (ImportFault::Store(_)
            | ImportFault::Read(_)
            | ImportFault::UnderWay
            | ImportFault::Overtaken),
        ) => Err(fault).with_context(|| file.display().to_string()),
    }
}

/// Prints what an import did, or would do, on standard error.
fn tell_outcome(file: &Path, kind: Kind, imported: &Imported, dry_run: bool) {
    let Imported { rows, changes, consequences, near_misses, warnings, replaced: extracts } = imported;
    let file = file.display();
    let done = if dry_run { "checked; this was a dry run, nothing is imported" } else { "imported" };
    tell!("{file}: {rows} {kind} {done}");
    let Changes { added, replaced, unchanged, removed, .. } = changes;
    let (added_total, replaced_total, removed_total) = (added.total, replaced.total, removed.total);
    tell!(
        "{file}: {added_total} added, {replaced_total} replaced, {unchanged} unchanged, {removed_total} removed"
    );
    for (what, keys) in [("added", added), ("replaced", replaced), ("removed", removed)] {
        if dry_run && !keys.first.is_empty() {
            tell!("{file}: {what}: {keys}");
        }
    }
    for ReplacedExtract { region, before, rows } in extracts {
        tell!("{file}: {region}: {before} rows before, {rows} now");
    }
    let Consequences { suspended, restored } = consequences;
    for (what, devices) in [("suspended", suspended), ("restored", restored)] {
        if !devices.is_empty() {
            tell!("{file}: Devices {what}: {devices}");
        }
    }
    for near_miss in &near_misses.first {
        tell!("{file}: nearly the same Device Model: {near_miss}");
    }
    say_more(&file, near_misses.total - near_misses.first.len(), "that are nearly the same");
    for warning in &warnings.first {
        tell!("{file}: warning: {warning}");
    }
    say_more(&file, warnings.total - warnings.first.len(), "warnings");
}

fn say_more(file: &std::path::Display<'_>, more: usize, what: &str) {
    if more > 0 {
        tell!("{file}: and {more} more {what}");
    }
}

/// A progress bar; indicatif shows it on a terminal only.
fn bar(bytes: u64, kind: Kind) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes} {eta}");
    ProgressBar::new(bytes)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(kind.to_string())
}
