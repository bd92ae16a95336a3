//! The report of `smi bench variants`.

use std::fmt;

use serde::Serialize;

use super::{child::ChildCost, median::median, process, report::Machine, variants_plan::VariantsPlan};

/// The bounds of VARIANTS.md 3, for ten million ESMEs on two cores.
const BOUND_SECONDS: f64 = 60.0;
const BOUND_BYTES: u64 = 100 << 20;
const BOUND_RATIO: f64 = 0.9;

/// Answers a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct RatePair {
    pub(super) alone: f64,
    pub(super) beside: f64,
}

/// What was measured.
pub(super) struct VariantsMeasured {
    pub(super) filled_seconds: f64,
    pub(super) lines: Vec<VariantsLine>,
    pub(super) rates: Vec<RatePair>,
    pub(super) corrected: u64,
    pub(super) left: u64,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct VariantsReport {
    /// The machine it was measured on.
    pub machine: Machine,
    /// The kind of store: `sqlite` or `postgres`.
    pub store: String,
    /// How many ESMEs there were.
    pub devices: u64,
    /// How many of them were wrong: the suspects were exactly these.
    pub wrong: u64,
    /// How many Device Models there were.
    pub models: u64,
    /// How often suspects, report and SR 8.4 were measured.
    pub rounds: usize,
    /// How long the import of the ESMEs and their registrations took.
    pub filled_seconds: f64,
    /// Each command, in the order in which they ran.
    pub lines: Vec<VariantsLine>,
    /// SR 8.4 a second while nothing else ran: the median.
    pub alone_per_second: f64,
    /// SR 8.4 a second while suspects were searched for: the median.
    pub beside_per_second: f64,
    /// The share of the rate that is left: the median of the rounds' ratios.
    pub ratio: f64,
    /// The lowest ratio of a round.
    pub ratio_low: f64,
    /// The highest ratio of a round.
    pub ratio_high: f64,
    /// The least that is allowed.
    pub bound_ratio: f64,
    /// Corrections that `smi correct` added to those to date: all wrong ones, each answered I99.
    pub corrected: u64,
    /// Suspects that are left.
    pub left: u64,
}

/// A command: medians of its rounds.
#[derive(Clone, Debug, Serialize)]
pub struct VariantsLine {
    /// What it does.
    pub name: String,
    /// From its start to its end.
    pub seconds: f64,
    /// The longest that is allowed; absent where VARIANTS.md says nothing.
    pub bound_seconds: Option<f64>,
    /// Its peak memory.
    pub peak_memory_bytes: u64,
    /// The most that is allowed.
    pub bound_memory_bytes: Option<u64>,
    /// The ESMEs that it lists, counts or corrects.
    pub esmes: u64,
}

impl VariantsLine {
    /// A line; `smi correct` has no bound.
    pub(super) fn of(name: &str, costs: &[ChildCost], esmes: u64) -> Self {
        let is_bound = name != "correct";
        Self {
            name: name.to_owned(),
            seconds: median(&costs.iter().map(|cost| cost.seconds).collect::<Vec<_>>()),
            bound_seconds: is_bound.then_some(BOUND_SECONDS),
            peak_memory_bytes: costs.iter().map(|cost| cost.peak_memory_bytes).max().unwrap_or(0),
            bound_memory_bytes: is_bound.then_some(BOUND_BYTES),
            esmes,
        }
    }
}

impl VariantsReport {
    pub(super) fn new(plan: &VariantsPlan, measured: VariantsMeasured) -> Self {
        let VariantsPlan { devices, wrong, models, rounds, .. } = *plan;
        let VariantsMeasured { filled_seconds, lines, rates, corrected, left } = measured;
        let ratios = rates.iter().map(|rate| rate.beside / rate.alone).collect::<Vec<_>>();
        Self {
            machine: process::machine(),
            store: plan.store_url.split(':').next().unwrap_or_default().to_owned(),
            devices,
            wrong,
            models,
            rounds,
            filled_seconds,
            lines,
            alone_per_second: median(&rates.iter().map(|rate| rate.alone).collect::<Vec<_>>()),
            beside_per_second: median(&rates.iter().map(|rate| rate.beside).collect::<Vec<_>>()),
            ratio: median(&ratios),
            ratio_low: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            ratio_high: ratios.iter().copied().fold(0.0, f64::max),
            bound_ratio: BOUND_RATIO,
            corrected,
            left,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "ESMEs stay below 2^52")]
const fn as_f64(number: u64) -> f64 {
    number as f64
}

impl fmt::Display for VariantsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, store, devices, wrong, models, rounds, filled_seconds, lines, .. } = self;
        writeln!(f, "{machine}")?;
        writeln!(f, "store: {store}, {devices} ESMEs of {models} models, filled in {filled_seconds:.1} s")?;
        writeln!(f, "{wrong} are wrong, and exactly these are suspects; medians of {rounds} rounds\n")?;
        write!(f, "{:<28}", "command")?;
        let heads = ["seconds", "bound", "MB", "bound", "ESMEs", "ESMEs/s"];
        heads.iter().try_for_each(|head| write!(f, "{head:>10}"))?;
        writeln!(f)?;
        lines.iter().try_for_each(|line| {
            let VariantsLine { name, seconds, bound_seconds, peak_memory_bytes, bound_memory_bytes, esmes } =
                line;
            let bound = bound_seconds.map(|bound| format!("{bound:.0}")).unwrap_or_default();
            let memory = bound_memory_bytes.map(|bound| (bound >> 20).to_string()).unwrap_or_default();
            let rate = as_f64(*esmes) / seconds;
            write!(f, "{name:<28}{seconds:>10.2}{bound:>10}{:>10}{memory:>10}", peak_memory_bytes >> 20)?;
            writeln!(f, "{esmes:>10}{rate:>10.0}")
        })?;
        let Self { alone_per_second, beside_per_second, ratio, ratio_low, ratio_high, bound_ratio, .. } =
            self;
        write!(
            f,
            "\nSR 8.4 a second: {alone_per_second:.0} alone, {beside_per_second:.0} beside suspects; "
        )?;
        writeln!(f, "ratio {ratio:.3} ({ratio_low:.3} to {ratio_high:.3}), at least {bound_ratio}")?;
        writeln!(f, "corrected: {}, left: {}", self.corrected, self.left)
    }
}
