//! `smi bench console`: the pages of the console beside a loaded service, and the rate of SR 8.4 with and without readers.
//!
//! Rounds with and without readers take turns, and each pair begins with the other one, so that a machine that is slow for a while, and a
//! store that grows, slow both.

use std::{fmt, path::PathBuf, time::Duration};

use anyhow::Context as _;
use serde::Serialize;

use super::{
    console_reader::{ConsoleReader, PAGES, PageTimes},
    instances::Instances,
    load::{Load, SendRate},
    median::median,
    messages::{BenchRequest, RequestMaker},
    plan::BenchPlan,
    process,
    report::Machine,
    setup,
};
use crate::domain::WebService;

/// What a page may take at 99 of 100 loads, in milliseconds (docs/PERFORMANCE.md).
const TARGET_MS: f64 = 100.0;

/// What a run measures, and with what.
#[derive(Clone, Debug)]
pub struct ConsolePlan {
    /// The program to run as the service.
    pub program: PathBuf,
    /// An empty folder for all files of the run.
    pub folder: PathBuf,
    /// The URL of the store, which must be empty.
    pub store_url: String,
    /// How many Devices the store is filled with.
    pub devices: u64,
    /// The number of requests in each round.
    pub requests: usize,
    /// The number of connections that send them.
    pub connections: usize,
    /// How often SR 8.4 is measured with readers, and without.
    pub rounds: usize,
    /// How many pages the readers load a second.
    pub pages_per_second: f64,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct ConsoleReport {
    /// The machine it was measured on.
    pub machine: Machine,
    /// The kind of store: `sqlite` or `postgres`.
    pub store: String,
    /// How many Devices the store holds.
    pub devices: u64,
    /// How long the import of the Devices and their data took.
    pub filled: Duration,
    /// How often SR 8.4 was measured with readers, and without.
    pub rounds: usize,
    /// The number of connections that sent SR 8.4.
    pub connections: usize,
    /// How many pages were loaded a second.
    pub pages_per_second: f64,
    /// Each page, beside the load.
    pub pages: Vec<PageTime>,
    /// SR 8.4 a second without readers: the median.
    pub alone_per_second: f64,
    /// SR 8.4 a second beside readers: the median.
    pub beside_per_second: f64,
    /// The share of the rate that is left beside readers: the median of the rounds' ratios.
    pub ratio: f64,
    /// The lowest ratio of a round.
    pub ratio_low: f64,
    /// The highest ratio of a round.
    pub ratio_high: f64,
}

/// The result of one page.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PageTime {
    /// Its name.
    pub page: &'static str,
    /// How often it was loaded.
    pub loads: usize,
    /// The median time, in milliseconds.
    pub p50_ms: f64,
    /// The time that 99 of 100 loads keep to.
    pub p99_ms: f64,
    /// The longest time.
    pub longest_ms: f64,
    /// That time as a share of what a page may take.
    pub of_target: f64,
}

/// Measures pages and rate.
///
/// # Errors
/// When the store cannot be filled, the service does not run, or an answer is wrong.
pub fn console(plan: &ConsolePlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<ConsoleReport> {
    let load_plan = plan.load_plan();
    let setup = setup::prepare(&load_plan, progress)?;
    let instances = Instances::start(&load_plan, &plan.store_url)?;
    let management = instances.management().context("no service runs")?;
    let mut rounds = Rounds {
        maker: RequestMaker::new(setup.signer()?, setup.homes, 0),
        instances,
        plan,
        times: PageTimes::new(),
        next_page: 0,
        reader: ConsoleReader::sign_in(management, setup.homes)?,
    };
    progress("SR 8.4 to warm up");
    rounds.rate(false)?;
    let mut rates = Vec::new();
    for round in 1..=plan.rounds {
        let order = if round % 2 == 1 { [false, true] } else { [true, false] };
        let mut pair = [0.0; 2];
        for is_read in order {
            let beside = if is_read { "beside readers" } else { "alone" };
            progress(&format!("SR 8.4 {beside}, round {round} of {}", plan.rounds));
            let rate = rounds.rate(is_read)?;
            let [alone, beside] = &mut pair;
            *if is_read { beside } else { alone } = rate;
        }
        rates.push(pair);
    }
    let pages = PAGES.iter().filter_map(|page| PageTime::of(page.0, rounds.times.get(page.0)?)).collect();
    Ok(ConsoleReport::new(plan, setup.filled, pages, &rates))
}

impl ConsolePlan {
    fn load_plan(&self) -> BenchPlan {
        BenchPlan {
            program: self.program.clone(),
            folder: self.folder.clone(),
            store_url: self.store_url.clone(),
            devices: self.devices,
            requests: self.requests,
            connections: vec![self.connections],
            rounds: self.rounds,
            floor: Duration::ZERO,
            instances: 1,
            round_trip: None,
            peer: None,
        }
    }
}

/// The running service and its readers, and the times of pages so far.
struct Rounds<'a> {
    maker: RequestMaker<'a>,
    instances: Instances,
    plan: &'a ConsolePlan,
    reader: ConsoleReader,
    next_page: u32,
    times: PageTimes,
}

impl Rounds<'_> {
    /// Sends a round of SR 8.4, beside readers or not. Returns the answers a second.
    fn rate(&mut self, is_read: bool) -> anyhow::Result<f64> {
        let messages = self.maker.make(BenchRequest::Correct, self.plan.requests)?;
        let load = Load {
            at: WebService::NonDevice,
            messages: &messages,
            connections: self.plan.connections,
            rate: SendRate::ClosedLoop,
            expected: "<sr:ResponseCode>I99<",
        };
        let send = || load.send(&self.instances.addresses());
        let timings = if is_read {
            let (timings, times) =
                self.reader.read_beside(self.plan.pages_per_second, &mut self.next_page, send)?;
            for (page, times) in times {
                self.times.entry(page).or_default().extend(times);
            }
            timings
        } else {
            send()?
        };
        Ok(f64::from(u32::try_from(timings.sorted.len())?) / timings.whole.as_secs_f64())
    }
}

impl PageTime {
    fn of(page: &'static str, times: &[Duration]) -> Option<Self> {
        let mut sorted = times.iter().map(|time| time.as_secs_f64() * 1e3).collect::<Vec<_>>();
        sorted.sort_unstable_by(f64::total_cmp);
        let longest = *sorted.last()?;
        let within = |share: usize| sorted.get(sorted.len() * share / 100).copied().unwrap_or(longest);
        let p99 = within(99);
        Some(Self {
            page,
            loads: sorted.len(),
            p50_ms: within(50),
            p99_ms: p99,
            longest_ms: longest,
            of_target: p99 / TARGET_MS,
        })
    }
}

impl ConsoleReport {
    fn new(plan: &ConsolePlan, filled: Duration, pages: Vec<PageTime>, rates: &[[f64; 2]]) -> Self {
        let of = |pick: fn(&[f64; 2]) -> f64| rates.iter().map(pick).collect::<Vec<_>>();
        let ratios = of(|[alone, beside]| beside / alone);
        Self {
            machine: process::machine(),
            store: plan.store_url.split(':').next().unwrap_or_default().to_owned(),
            devices: plan.devices,
            filled,
            rounds: plan.rounds,
            connections: plan.connections,
            pages_per_second: plan.pages_per_second,
            pages,
            alone_per_second: median(&of(|[alone, _]| *alone)),
            beside_per_second: median(&of(|[_, beside]| *beside)),
            ratio: median(&ratios),
            ratio_low: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            ratio_high: ratios.iter().copied().fold(0.0, f64::max),
        }
    }
}

impl fmt::Display for ConsoleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        let Self { store, devices, filled, rounds, connections, pages_per_second, .. } = self;
        writeln!(f, "store: {store}, {devices} Devices, filled in {:.1} s", filled.as_secs_f64())?;
        writeln!(f, "{pages_per_second} pages a second beside SR 8.4 over {connections} connections\n")?;
        writeln!(
            f,
            "{:24}{:>10}{:>10}{:>10}{:>12}{:>12}",
            "page", "loads", "p50 ms", "p99 ms", "longest ms", "p99/100 ms"
        )?;
        for PageTime { page, loads, p50_ms, p99_ms, longest_ms, of_target } in &self.pages {
            writeln!(
                f,
                "{page:24}{loads:>10}{p50_ms:>10.1}{p99_ms:>10.1}{longest_ms:>12.1}{of_target:>12.2}"
            )?;
        }
        writeln!(f, "\nSR 8.4, medians of {rounds} rounds in turn")?;
        writeln!(f, "{:>10}{:>14}{:>10}{:>10}{:>10}", "alone/s", "with readers", "ratio", "low", "high")?;
        let Self { alone_per_second, beside_per_second, ratio, ratio_low, ratio_high, .. } = self;
        write!(f, "{alone_per_second:>10.0}{beside_per_second:>14.0}")?;
        writeln!(f, "{ratio:>10.3}{ratio_low:>10.3}{ratio_high:>10.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_summed_up_by_its_sorted_times() {
        let times = (1..=200).rev().map(Duration::from_millis).collect::<Vec<_>>();
        let of = PageTime::of("page", &times).unwrap();
        assert_eq!((of.loads, of.p50_ms, of.p99_ms, of.longest_ms), (200, 101.0, 199.0, 200.0));
        assert_eq!(of.of_target, 1.99);
        assert!(PageTime::of("page", &[]).is_none());
    }
}
