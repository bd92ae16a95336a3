//! `smi bench firmware`: activations of a large image by as many SMETS1 meters as a country has of one model, beside SR 8.4.
//!
//! Rounds of SR 8.4 lie between those of SR 11.3, so that a machine that is slow for a while, and a store that grows, slow both.

use std::{fmt, path::PathBuf, time::Duration};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::{
    firmware_meters,
    hub_files::watched,
    instances::Instances,
    load::{Load, SendRate},
    median::median,
    messages::{BenchRequest, RequestMaker},
    plan::BenchPlan,
    process,
    report::Machine,
    setup::{self, BenchSetup},
};
use crate::{
    clock::Clock,
    db::Store,
    domain::WebService,
    duis::signature::{TrustStore, ValidityCheck, pki},
    service::{App, Choices, Reply},
};

/// The Devices that SR 8.4 is about.
const CORRECTED: u64 = 40_000;
/// The least share of the rate of SR 8.4 (SERVICE.md 7), and the longest that an SR 11.1 holds the writer (SR11.1/c).
const BOUND_RATIO: f64 = 0.8;
const BOUND_HELD: f64 = 0.05;
/// As many Devices as an SR 11.1 may name.
const MOST_NAMED: u64 = 50_000;

/// What a run measures, and with what.
#[derive(Clone, Debug)]
pub struct FirmwarePlan {
    /// The program to run as the service.
    pub program: PathBuf,
    /// An empty folder for all files of the run.
    pub folder: PathBuf,
    /// The URL of the store, which must be empty.
    pub store_url: String,
    /// How many meters activate the image, one time each.
    pub activations: u64,
    /// How many are sent in each round; SR 8.4 as many.
    pub requests: u64,
    /// The number of connections that send them.
    pub connections: usize,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct FirmwareReport {
    /// The machine it was measured on.
    pub machine: Machine,
    /// The kind of store: `sqlite` or `postgres`.
    pub store: String,
    /// How many meters activated the image.
    pub activations: u64,
    /// How long all rounds of SR 11.3 took together.
    pub seconds: f64,
    /// The number of rounds of each.
    pub rounds: usize,
    /// SR 11.3 a second: the median.
    pub per_second: f64,
    /// SR 8.4 a second in the rounds between: the median.
    pub corrections_per_second: f64,
    /// The ratio of the two: the median of the rounds' ratios.
    pub ratio: f64,
    /// Of the first tenth of the rounds.
    pub ratio_first: f64,
    /// Of the last tenth.
    pub ratio_last: f64,
    /// The least that is allowed.
    pub bound_ratio: f64,
    /// The service's peak memory after the first tenth of the rounds.
    pub memory_first_bytes: u64,
    /// At the end.
    pub memory_last_bytes: u64,
    /// How many Devices an SR 11.1 named.
    pub named: u64,
    /// From its bytes to its answer.
    pub update_seconds: f64,
    /// The longest time that another change waited for the store's writer meanwhile.
    pub writer_held_seconds: f64,
    /// The longest that is allowed.
    pub bound_held_seconds: f64,
}

/// A round: SR 8.4 and then SR 11.3.
#[derive(Clone, Copy)]
struct Round {
    corrections: f64,
    activations: f64,
    seconds: f64,
    memory: u64,
}

/// Fills the store, and measures.
///
/// # Errors
/// When the store cannot be filled, the service does not run, or an answer is wrong.
pub fn firmware(plan: &FirmwarePlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<FirmwareReport> {
    let load_plan = plan.load_plan();
    let setup = setup::prepare(&load_plan, progress)?;
    progress(&format!("a store of {} SMETS1 meters more", plan.activations));
    let store = Store::open(&plan.store_url)?;
    firmware_meters::fill(&store, plan.activations, setup.clock.now())?;
    store.close();
    let rounds = measure(plan, &load_plan, &setup, progress)?;
    progress("SR 11.1");
    let named = MOST_NAMED.min(plan.activations);
    let held = update(plan, &setup, named)?;
    FirmwareReport::new(plan, &rounds, (named, held)).context("nothing was measured")
}

fn measure(
    plan: &FirmwarePlan,
    load_plan: &BenchPlan,
    setup: &BenchSetup,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<Vec<Round>> {
    let instances = Instances::start(load_plan, &plan.store_url)?;
    let (addresses, signer) = (instances.addresses(), setup.signer()?);
    let mut corrections = RequestMaker::new(signer, setup.homes, 0);
    let rate = |messages: &[Vec<u8>], at: WebService| {
        let load = Load {
            at,
            messages,
            connections: plan.connections,
            rate: SendRate::ClosedLoop,
            expected: "<sr:ResponseCode>I99<",
        };
        let timings = load.send(&addresses)?;
        let seconds = timings.whole.as_secs_f64();
        ensure!(timings.sorted.len() == messages.len(), "a round takes too long: fewer requests");
        anyhow::Ok((f64::from(u32::try_from(messages.len())?) / seconds, seconds))
    };
    let (mut rounds, mut first) = (Vec::new(), 0);
    while first < plan.activations {
        let meters = first..plan.activations.min(first + plan.requests);
        first = meters.end;
        progress(&format!("SR 8.4 and SR 11.3 until activation {first} of {}", plan.activations));
        let between = usize::try_from(meters.end - meters.start)?;
        let (of_corrections, _) =
            rate(&corrections.make(BenchRequest::Correct, between)?, WebService::NonDevice)?;
        let activations = firmware_meters::activations(signer, meters)?;
        let (of_activations, seconds) = rate(&activations, WebService::Transform)?;
        rounds.push(Round {
            corrections: of_corrections,
            activations: of_activations,
            seconds,
            memory: instances.peak_memory(),
        });
    }
    Ok(rounds)
}

/// Has an SR 11.1 decided that names so many meters: how long it takes, and how long another change waits for the writer.
fn update(plan: &FirmwarePlan, setup: &BenchSetup, named: u64) -> anyhow::Result<(f64, f64)> {
    // A counter above those of SR 8.4.
    let message = firmware_meters::update(setup.signer()?, 0..named, u64::MAX >> 1)?;
    let store = Store::open(&plan.store_url)?;
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(&plan.folder.join("pki"))?;
    let app = App::new(store, trust, Clock::System, Choices::of(pki::DCC));
    let held = watched(app.store(), || {
        let reply = app.answer(&message, WebService::NonDevice)?;
        let Reply::Answer(answer) = reply else { anyhow::bail!("SR 11.1 is not answered: {reply:?}") };
        let answer = String::from_utf8_lossy(&answer).into_owned();
        ensure!(answer.contains("<sr:ResponseCode>I99<"), "expected I99, got: {answer}");
        Ok(())
    })?;
    app.store().close();
    Ok((held.seconds, held.writer))
}

impl FirmwarePlan {
    fn load_plan(&self) -> BenchPlan {
        BenchPlan {
            program: self.program.clone(),
            folder: self.folder.clone(),
            store_url: self.store_url.clone(),
            devices: CORRECTED.min(self.activations.max(4)),
            requests: 0,
            connections: vec![self.connections],
            rounds: 1,
            floor: Duration::ZERO,
            instances: 1,
            round_trip: None,
            peer: None,
        }
    }
}

impl FirmwareReport {
    fn new(
        plan: &FirmwarePlan,
        rounds: &[Round],
        (named, (seconds, held)): (u64, (f64, f64)),
    ) -> Option<Self> {
        let tenth = rounds.len().div_ceil(10);
        let of = |rounds: &[Round], value: fn(&Round) -> f64| {
            median(&rounds.iter().map(value).collect::<Vec<_>>())
        };
        let ratio = |round: &Round| round.activations / round.corrections;
        let (first, last) = (rounds.get(..tenth)?, rounds.get(rounds.len() - tenth..)?);
        Some(Self {
            machine: process::machine(),
            store: plan.store_url.split(':').next().unwrap_or_default().to_owned(),
            activations: plan.activations,
            seconds: rounds.iter().map(|round| round.seconds).sum(),
            rounds: rounds.len(),
            per_second: of(rounds, |round| round.activations),
            corrections_per_second: of(rounds, |round| round.corrections),
            ratio: of(rounds, ratio),
            ratio_first: of(first, ratio),
            ratio_last: of(last, ratio),
            bound_ratio: BOUND_RATIO,
            memory_first_bytes: first.last()?.memory,
            memory_last_bytes: last.last()?.memory,
            named,
            update_seconds: seconds,
            writer_held_seconds: held,
            bound_held_seconds: BOUND_HELD,
        })
    }
}

impl fmt::Display for FirmwareReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, store, activations, seconds, rounds, per_second, corrections_per_second, .. } =
            self;
        writeln!(f, "{machine}")?;
        writeln!(
            f,
            "store: {store}; {activations} activations in {seconds:.0} s, {rounds} rounds in turn with SR 8.4\n"
        )?;
        let Self {
            ratio, ratio_first, ratio_last, bound_ratio, memory_first_bytes, memory_last_bytes, ..
        } = self;
        writeln!(
            f,
            "{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}{:>10}{:>9}",
            "11.3/s", "8.4/s", "ratio", "first", "last", "bound", "MB first", "MB last"
        )?;
        write!(f, "{per_second:>10.0}{corrections_per_second:>10.0}")?;
        for ratio in [ratio, ratio_first, ratio_last, bound_ratio] {
            write!(f, "{ratio:>8.3}")?;
        }
        writeln!(f, "{:>10}{:>9}\n", memory_first_bytes >> 20, memory_last_bytes >> 20)?;
        let Self { named, update_seconds, writer_held_seconds, bound_held_seconds, .. } = self;
        writeln!(
            f,
            "SR 11.1 of {named} Devices: {update_seconds:.2} s, the writer held for {writer_held_seconds:.3} s (at most {bound_held_seconds})"
        )
    }
}
