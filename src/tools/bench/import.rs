//! `smi bench import`: the import of Devices beside SQLite's own `.import` of the same file, which checks no value and writes
//! no history.
//!
//! Both write an empty database, in one transaction and as durable. They take turns, so that a machine that is slow for a while
//! slows both.

use std::{
    fmt,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use serde::Serialize;

use super::{
    child::{self, ChildCost},
    median::median,
    population, process,
    reference::Reference,
    report::Machine,
};

/// What a run measures, and with what.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    /// The program to import with.
    pub program: PathBuf,
    /// An empty folder for all files of the run.
    pub folder: PathBuf,
    /// The sizes of the files, in lines.
    pub lines: Vec<u64>,
    /// How often each size is measured.
    pub rounds: usize,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct ImportReport {
    /// The machine it was measured on.
    pub machine: Machine,
    /// What the import is compared with.
    pub reference: &'static str,
    /// How often each size was measured.
    pub rounds: usize,
    /// The result at each size.
    pub sizes: Vec<ImportSize>,
}

/// The result at one size: medians of its rounds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ImportSize {
    /// Lines of the file, the header not counted.
    pub lines: u64,
    /// The size of the file.
    pub file_bytes: u64,
    /// `smi import devices`.
    pub import: ImportCost,
    /// The comparison.
    pub reference: ImportCost,
    /// The import's rate as a share of the comparison's.
    pub ratio: f64,
    /// The lowest ratio of a round.
    pub ratio_low: f64,
    /// The highest ratio of a round.
    pub ratio_high: f64,
}

/// What it takes to put the file into a database.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ImportCost {
    /// Lines a second, the start of the process included.
    pub lines_per_second: f64,
    /// Processor time.
    pub cpu_seconds: f64,
    /// The peak memory of the process.
    pub peak_memory_bytes: u64,
}

/// Measures both at each size.
///
/// # Errors
/// When a file cannot be written, or is not imported.
pub fn import(plan: &ImportPlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<ImportReport> {
    let reference = Reference::choose();
    let file = plan.folder.join("devices.csv");
    let mut sizes = Vec::new();
    for lines in &plan.lines {
        let mut to = BufWriter::new(File::create(&file).with_context(|| file.display().to_string())?);
        let lines = population::write_devices(&mut to, *lines)?;
        to.flush()?;
        let mut rounds = Vec::new();
        for round in 1..=plan.rounds {
            progress(&format!("{lines} lines, round {round} of {}", plan.rounds));
            let ours = in_folder(plan, |folder| child::run(&mut command(&plan.program, &file, folder)))?;
            let theirs = in_folder(plan, |folder| reference.import(&file, folder))?;
            rounds.push((ours, theirs));
        }
        sizes.push(ImportSize::of(lines, fs::metadata(&file)?.len(), &rounds));
    }
    Ok(ImportReport { machine: process::machine(), reference: reference.name(), rounds: plan.rounds, sizes })
}

/// Measures in an empty folder, which goes afterwards.
fn in_folder<T>(plan: &ImportPlan, measure: impl FnOnce(&Path) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let folder = plan.folder.join("import");
    fs::create_dir(&folder)?;
    let measured = measure(&folder)?;
    fs::remove_dir_all(&folder)?;
    Ok(measured)
}

fn command(program: &Path, file: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["import", "devices"]).arg(file).env("SMI_STORE_URL", "sqlite://smi.db").current_dir(folder);
    command
}

impl ImportSize {
    fn of(lines: u64, file_bytes: u64, rounds: &[(ChildCost, ChildCost)]) -> Self {
        let ratios = rounds.iter().map(|(ours, theirs)| theirs.seconds / ours.seconds).collect::<Vec<_>>();
        let cost = |of: fn(&(ChildCost, ChildCost)) -> ChildCost| {
            let costs = rounds.iter().map(of).collect::<Vec<_>>();
            let of = |value: fn(&ChildCost) -> f64| median(&costs.iter().map(value).collect::<Vec<_>>());
            ImportCost {
                lines_per_second: as_f64(lines) / of(|cost| cost.seconds),
                cpu_seconds: of(|cost| cost.cpu_seconds),
                peak_memory_bytes: costs.iter().map(|cost| cost.peak_memory_bytes).max().unwrap_or(0),
            }
        };
        Self {
            lines,
            file_bytes,
            import: cost(|(ours, _)| *ours),
            reference: cost(|(_, theirs)| *theirs),
            ratio: median(&ratios),
            ratio_low: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            ratio_high: ratios.iter().copied().fold(0.0, f64::max),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "lines stay below 2^52")]
const fn as_f64(number: u64) -> f64 {
    number as f64
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        writeln!(f, "Devices into an empty SQLite database, beside {}", self.reference)?;
        writeln!(f, "each line is the median of {} rounds\n", self.rounds)?;
        let heads = [
            "lines", "file MB", "lines/s", "beside", "ratio", "low", "high", "CPU s", "beside", "MB",
            "beside",
        ];
        heads.iter().try_for_each(|head| write!(f, "{head:>10}"))?;
        writeln!(f)?;
        self.sizes.iter().try_for_each(|size| {
            let ImportSize { lines, file_bytes, import, reference, ratio, ratio_low, ratio_high } = size;
            write!(f, "{lines:>10}{:>10}", file_bytes >> 20)?;
            write!(f, "{:>10.0}{:>10.0}", import.lines_per_second, reference.lines_per_second)?;
            write!(f, "{ratio:>10.2}{ratio_low:>10.2}{ratio_high:>10.2}")?;
            write!(f, "{:>10.2}{:>10.2}", import.cpu_seconds, reference.cpu_seconds)?;
            writeln!(f, "{:>10}{:>10}", import.peak_memory_bytes >> 20, reference.peak_memory_bytes >> 20)
        })
    }
}
