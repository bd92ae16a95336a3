//! The service, end to end over HTTP.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{
    Plan,
    floor::Meter,
    load::{self, Pace},
    messages::{Kind, Maker},
    population::{self, SUPPLIER},
    process::{self, Running},
    report::{Case, Floor},
};
use crate::{
    clock::Clock,
    db::Store,
    duis::signature::{Signer, TrustStore, ValidityCheck, pki},
};

/// What is measured on: keys, and a store that holds the country.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) trust: TrustStore,
    pub(super) clock: Clock,
    pub(super) homes: u64,
    pub(super) filled: Duration,
    pub(super) plan: Plan,
}

impl Bench {
    pub(super) fn signer(&self) -> anyhow::Result<&Signer> {
        self.trust.signer_for(SUPPLIER, self.clock.now().0).context("the test PKI has no Supplier")
    }

    /// A signed SR 8.4 as the stages and the floor take it.
    pub(super) fn sample(&self) -> anyhow::Result<Vec<u8>> {
        let mut made = Maker::new(self.signer()?, self.homes, 0).make(Kind::Correct, 1)?;
        made.pop().context("no message was made")
    }
}

/// Makes the keys and fills the store.
pub(super) fn prepare(plan: &Plan, told: &mut dyn FnMut(&str)) -> anyhow::Result<Bench> {
    let clock = Clock::System;
    let folder = plan.folder.join("pki");
    pki::init(&folder, clock.now().0)?;
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(&folder)?;
    told(&format!("a store of {} Devices", plan.devices));
    let begin = Instant::now();
    let store = Store::open(&plan.store_url)?;
    population::fill(&store, plan.devices, clock.now())?;
    store.close();
    let filled = begin.elapsed();
    Ok(Bench { trust, clock, homes: population::homes(plan.devices), filled, plan: plan.clone() })
}

/// Measures each kind of request at each number of connections; and how long the service took to be ready.
pub(super) fn measure(
    plan: &Plan,
    bench: &Bench,
    meter: &Meter,
    told: &mut dyn FnMut(&str),
) -> anyhow::Result<(Vec<Case>, Duration)> {
    let running = Running::start(&plan.program, &plan.folder, &plan.store_url)?;
    let start = running.start;
    let mut rig = Rig { running, meter, floor: meter.glance()? };
    let mut maker = Maker::new(bench.signer()?, bench.homes, 0);
    let mut cases = Vec::new();
    for kind in Kind::ALL {
        for connections in &plan.connections {
            told(&format!("{} over {connections} connections", kind.as_str()));
            let messages = maker.make(*kind, plan.requests)?;
            let load = Load { request: kind.as_str(), connections: *connections, pace: Pace::AsAnswered };
            cases.push(rig.case(*kind, load, &messages)?);
        }
    }
    let corrections = cases.iter().filter(|case| case.request == Kind::Correct.as_str());
    if let Some(peak) = corrections.max_by(|a, b| a.per_second.total_cmp(&b.per_second)).copied() {
        told("SR 8.4 at half of its peak");
        let messages = maker.make(Kind::Correct, plan.requests)?;
        let pace = Pace::PerSecond(peak.per_second / 2.0);
        let load = Load { request: "8.4 half", connections: peak.connections, pace };
        cases.push(rig.case(Kind::Correct, load, &messages)?);
    }
    Ok((cases, start))
}

/// How a case is sent.
struct Load {
    /// As the report names it.
    request: &'static str,
    connections: usize,
    pace: Pace,
}

/// The service as it runs, and the floor as it was after the last case.
struct Rig<'a> {
    running: Running,
    meter: &'a Meter,
    floor: Floor,
}

impl Rig<'_> {
    fn case(&mut self, kind: Kind, load: Load, messages: &[Vec<u8>]) -> anyhow::Result<Case> {
        let (running, Load { request, connections, pace }) = (&self.running, load);
        let (service, own) = (running.cpu(), process::own_cpu());
        let timings = load::send(running.address, messages, connections, pace, expected(kind))
            .with_context(|| format!("{request} over {connections} connections"))?;
        let (service, own) = (running.cpu().saturating_sub(service), process::own_cpu().saturating_sub(own));
        let before = std::mem::replace(&mut self.floor, self.meter.glance()?);
        let floor_per_second = f64::midpoint(before.per_second, self.floor.per_second);
        let count = f64::from(u32::try_from(messages.len())?);
        let per_second = count / timings.whole.as_secs_f64();
        let micros = |share: usize| timings.within(share).as_secs_f64() * 1e6;
        Ok(Case {
            request,
            connections,
            per_second,
            ratio: per_second / floor_per_second,
            floor_per_second,
            p50_micros: micros(500),
            p99_micros: micros(990),
            p999_micros: micros(999),
            service_cpu_micros: service.as_secs_f64() * 1e6 / count,
            load_cpu_micros: own.as_secs_f64() * 1e6 / count,
            peak_memory_bytes: self.running.peak_memory(),
        })
    }
}

/// What an answer of success holds.
const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Correct | Kind::PreNotify => "<sr:ResponseCode>I99<",
        Kind::Read | Kind::Matrix => "<sr:ResponseCode>I0<",
    }
}
