//! `smi bench hubs`: reports and lists of a large stock, each by a process of its own, with the bounds of HUBS.md 6 beside them.

use std::{
    fmt,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::{
    child::{self, ChildCost},
    hub_files::{self, HubsFile},
    hub_indexes::{self, HubsIndexCost},
    hub_plan::HubsPlan,
    hub_sample::{CHARGES, CLOCK, FIRMWARE, LOCATIONS, USERS, write_devices, write_stock},
    median::median,
    process,
    report::Machine,
};

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct HubsReport {
    /// The machine it was measured on.
    pub machine: Machine,
    /// How many hubs there were: first all in stock, then all installed.
    pub hubs: u64,
    /// How often each line was measured.
    pub rounds: usize,
    /// The result of each line.
    pub lines: Vec<HubsLine>,
    /// Requests and files of as many hubs as they may have.
    pub files: Vec<HubsFile>,
    /// What the indexes of stock cost, on SQLite.
    pub indexes: Vec<HubsIndexCost>,
}

/// One command: medians of its rounds.
#[derive(Clone, Debug, Serialize)]
pub struct HubsLine {
    /// What it does.
    pub name: String,
    /// From its start to its end.
    pub seconds: f64,
    /// The longest time that HUBS.md 6 allows for a million hubs; absent where it says nothing.
    pub bound_seconds: Option<f64>,
    /// Its peak memory.
    pub peak_memory_bytes: u64,
    /// The most that HUBS.md 6 allows.
    pub bound_memory_bytes: Option<u64>,
    /// The lines that it wrote or read, the header not counted.
    pub lines: u64,
}

/// The bounds of HUBS.md 6.
const REPORT_SECONDS: f64 = 5.0;
const REPORT_BYTES: u64 = 100 << 20;
const LIST_LINES_A_SECOND: f64 = 100_000.0;

/// What is asked of hubs in stock: its name, and the words of the command.
const STOCK: &[(&str, &[&str])] = &[
    ("at-risk", &["report", "at-risk", "--within", "30"]),
    ("at-risk by region", &["report", "at-risk", "--by", "region"]),
    ("at-risk by location", &["report", "at-risk", "--by", "location"]),
    ("candidates", &["report", "candidates"]),
    ("plan", &["report", "plan"]),
    ("age", &["report", "age"]),
    ("list", &["list"]),
];
/// What is asked of the same hubs, installed; and whether they are counted and not listed.
const INSTALLED: &[(&str, &[&str], bool)] = &[
    ("plan, all installed", &["report", "plan"], true),
    ("outstanding", &["report", "outstanding", "--on", "2023-01-01"], false),
    ("non-compliant", &["report", "non-compliant", "--on", "2023-01-01"], false),
];

/// Fills the store, and measures.
///
/// # Errors
/// When a file cannot be written, or a command fails.
pub fn hubs(plan: &HubsPlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<HubsReport> {
    let bench = HubsBench { plan };
    let mut lines = vec![];
    bench.write("users", |to| to.write_all(USERS.as_bytes()))?;
    bench.write("hub-firmware", |to| to.write_all(FIRMWARE.as_bytes()))?;
    bench.write("charges", |to| to.write_all(CHARGES.as_bytes()))?;
    bench.write("locations", |to| to.write_all(LOCATIONS.as_bytes()))?;
    bench.write("stock", |to| write_stock(to, plan.hubs))?;
    bench.write("devices", |to| write_devices(to, plan.hubs, ("Pending", "")))?;
    for kind in ["users", "hub-firmware", "charges", "locations"] {
        child::run(&mut bench.import(kind))?;
    }
    for (kind, read) in [("devices", 2 * plan.hubs), ("stock", plan.hubs)] {
        progress(&format!("import of {kind}"));
        let cost = child::run(&mut bench.import(kind))?;
        lines.push(HubsLine::of(format!("import {kind}"), &[cost], read, None));
    }
    for (name, arguments) in STOCK {
        progress(name);
        lines.push(bench.measure(name, arguments, *name != "list")?);
        if *name == "at-risk" {
            bench.check_at_risk()?;
        }
    }
    let files = hub_files::measure(plan, progress)?;
    progress("import of the same hubs, installed");
    bench.write("devices", |to| write_devices(to, plan.hubs, ("Commissioned", "2022-03-01")))?;
    child::run(&mut bench.import("devices"))?;
    for (name, arguments, is_grouped) in INSTALLED {
        progress(name);
        lines.push(bench.measure(name, arguments, *is_grouped)?);
    }
    let indexes = hub_indexes::measure(plan, progress)?;
    Ok(HubsReport {
        machine: process::machine(),
        hubs: plan.hubs,
        rounds: plan.rounds,
        lines,
        files,
        indexes,
    })
}

/// The commands of a run.
struct HubsBench<'a> {
    plan: &'a HubsPlan,
}

impl HubsBench<'_> {
    fn file(&self, kind: &str) -> PathBuf {
        self.plan.folder.join(format!("{kind}.csv"))
    }

    fn write(
        &self,
        kind: &str,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> anyhow::Result<()> {
        let file = self.file(kind);
        let mut to = BufWriter::new(File::create(&file).with_context(|| file.display().to_string())?);
        write(&mut to)?;
        Ok(to.flush()?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.plan.program);
        command.env("SMI_STORE_URL", &self.plan.store_url).env("SMI_TEST_CLOCK", CLOCK);
        command.current_dir(&self.plan.folder);
        command
    }

    fn import(&self, kind: &str) -> Command {
        let mut command = self.command();
        command.args(["import", kind]).arg(self.file(kind));
        command
    }

    /// That what was just reported is right: six hubs of ten are of the version whose period ends within 30 days (HUBS.md 8, row 13).
    fn check_at_risk(&self) -> anyhow::Result<()> {
        let mut rows = csv::Reader::from_path(self.plan.folder.join("out.csv"))?;
        let column = rows.headers()?.iter().position(|name| name == "at_risk");
        let total = rows.records().last().context("the report is empty")??;
        let found = column.and_then(|column| total.get(column)).unwrap_or_default();
        let expected = (0..self.plan.hubs).filter(|number| number % 10 < 6).count().to_string();
        ensure!(found == expected, "{found} hubs are at risk, and not {expected}");
        Ok(())
    }

    /// Runs `smi hubs` with these arguments, as CSV into a file.
    fn measure(&self, name: &str, arguments: &[&str], is_grouped: bool) -> anyhow::Result<HubsLine> {
        let out = self.plan.folder.join("out.csv");
        let mut costs = Vec::new();
        for _ in 0..self.plan.rounds {
            let mut command = self.command();
            command.arg("hubs").args(arguments).arg("--out").arg(&out);
            if arguments.first() == Some(&"report") {
                command.args(["--format", "csv"]);
            }
            costs.push(child::run(&mut command)?);
        }
        let written = lines_of(&out)?.saturating_sub(1);
        let bound = if is_grouped { REPORT_SECONDS } else { as_f64(self.plan.hubs) / LIST_LINES_A_SECOND };
        Ok(HubsLine::of(name.to_owned(), &costs, written, Some(bound)))
    }
}

fn lines_of(file: &Path) -> anyhow::Result<u64> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    Ok(bytes.iter().filter(|byte| **byte == b'\n').count() as u64)
}

impl HubsLine {
    fn of(name: String, costs: &[ChildCost], lines: u64, bound_seconds: Option<f64>) -> Self {
        Self {
            name,
            seconds: median(&costs.iter().map(|cost| cost.seconds).collect::<Vec<_>>()),
            bound_seconds,
            peak_memory_bytes: costs.iter().map(|cost| cost.peak_memory_bytes).max().unwrap_or(0),
            bound_memory_bytes: bound_seconds.map(|_| REPORT_BYTES),
            lines,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "lines stay below 2^52")]
const fn as_f64(number: u64) -> f64 {
    number as f64
}

impl fmt::Display for HubsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        writeln!(f, "{} hubs, in stock and then installed; medians of {} rounds", self.hubs, self.rounds)?;
        writeln!(f, "bounds are those of a million hubs\n")?;
        write!(f, "{:<22}", "command")?;
        ["seconds", "bound", "MB", "bound", "lines", "lines/s"]
            .iter()
            .try_for_each(|head| write!(f, "{head:>10}"))?;
        writeln!(f)?;
        self.lines.iter().try_for_each(|line| {
            let HubsLine { name, seconds, bound_seconds, peak_memory_bytes, bound_memory_bytes, lines } =
                line;
            let bound = bound_seconds.map(|bound| format!("{bound:.1}")).unwrap_or_default();
            let memory = bound_memory_bytes.map(|bound| (bound >> 20).to_string()).unwrap_or_default();
            let rate = as_f64(*lines) / seconds;
            write!(f, "{name:<22}{seconds:>10.2}{bound:>10}{:>10}{memory:>10}", peak_memory_bytes >> 20)?;
            writeln!(f, "{lines:>10}{rate:>10.0}")
        })?;
        writeln!(
            f,
            "\n{:<22}{:>10}{:>10}{:>10}{:>12}{:>10}",
            "file", "hubs", "seconds", "bound", "writer held", "bound"
        )?;
        self.files.iter().try_for_each(|file| {
            let HubsFile { name, hubs, seconds, bound_seconds, writer_held_seconds, bound_held_seconds } =
                file;
            write!(f, "{name:<22}{hubs:>10}{seconds:>10.2}{bound_seconds:>10.1}")?;
            writeln!(f, "{writer_held_seconds:>12.3}{bound_held_seconds:>10.1}")
        })?;
        writeln!(
            f,
            "\n{:<22}{:>10}{:>10}{:>10}{:>10}",
            "indexes, on SQLite", "with s", "without s", "ratio", "bound"
        )?;
        self.indexes.iter().try_for_each(|cost| {
            let HubsIndexCost { name, seconds, seconds_without, ratio, bound_ratio } = cost;
            writeln!(f, "{name:<22}{seconds:>10.2}{seconds_without:>10.2}{ratio:>10.2}{bound_ratio:>10.2}")
        })
    }
}
