//! The services under load, end to end over HTTP.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{
    case::{CaseRound, LoadCase},
    cores::CoreTime,
    floor::FloorMeter,
    instances::Instances,
    load::{Load, SendRate, Timings},
    messages::{BenchRequest, RequestMaker},
    network::Network,
    plan::BenchPlan,
    process, relay,
    report::Floor,
    setup::BenchSetup,
};
use crate::domain::WebService;

/// The name of the case that sends at half of the peak.
const HALF: &str = "8.4 half";

/// Measures each kind of request at each number of connections. Also returns how long a service took to be ready.
///
/// Rounds go over all cases, so that a machine that is slow for a while does not make one case slow.
pub(super) fn measure(
    plan: &BenchPlan,
    setup: &BenchSetup,
    meter: &FloorMeter,
    network: &Network,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<(Vec<LoadCase>, Duration)> {
    let instances = Instances::start(plan, &network.store_url)?;
    let start = instances.start_time();
    let maker = RequestMaker::new(setup.signer()?, setup.homes, 0);
    let is_relayed = network.round_trip.is_some();
    let mut bench = ServiceBench { instances, maker, meter, floor: meter.measure()?, is_relayed };
    let specs = BenchRequest::ALL.iter().flat_map(|kind| {
        plan.connections.iter().map(|connections| LoadSpec::closed_loop(*kind, *connections))
    });
    let mut cases = specs.map(|spec| (spec, Vec::new())).collect::<Vec<_>>();
    let mut half = None;
    for round in 1..=plan.rounds {
        for (spec, rounds) in &mut cases {
            progress(&format!(
                "{} over {} connections, round {round} of {}",
                spec.request, spec.connections, plan.rounds
            ));
            rounds.push(bench.round(spec, plan.requests)?);
        }
        // At the peak, latency shows the length of the queue; at half of it, how long an answer takes.
        let Some(peak) = peak_of(&cases, half.as_ref().map(|(connections, _)| *connections)) else {
            continue;
        };
        progress(&format!("SR 8.4 at half of its peak, round {round} of {}", plan.rounds));
        let measured = bench.round(&LoadSpec { request: HALF, ..peak }, plan.requests)?;
        half.get_or_insert((peak.connections, Vec::new())).1.push(measured);
    }
    let cases = cases.into_iter().map(|(spec, rounds)| LoadCase::new(spec.request, spec.connections, rounds));
    let half = half.map(|(connections, rounds)| LoadCase::new(HALF, connections, rounds));
    Ok((cases.chain(half).collect(), start))
}

/// The load at half of the peak of SR 8.4 in the latest round: at the fastest number of connections, or at the one that the first
/// round chose.
fn peak_of(cases: &[(LoadSpec, Vec<CaseRound>)], connections: Option<usize>) -> Option<LoadSpec> {
    let corrections = cases.iter().filter(|(spec, _)| {
        spec.request == BenchRequest::Correct.as_str()
            && connections.is_none_or(|chosen| chosen == spec.connections)
    });
    let latest = corrections.filter_map(|(spec, rounds)| Some((*spec, rounds.last()?.per_second)));
    let (spec, peak) = latest.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some(LoadSpec { rate: SendRate::OpenLoop(peak / 2.0), ..spec })
}

/// The load of one case.
#[derive(Clone, Copy, Debug)]
struct LoadSpec {
    kind: BenchRequest,
    /// The request's name in the report.
    request: &'static str,
    connections: usize,
    rate: SendRate,
}

impl LoadSpec {
    const fn closed_loop(kind: BenchRequest, connections: usize) -> Self {
        Self { kind, request: kind.as_str(), connections, rate: SendRate::ClosedLoop }
    }
}

/// The running services, and the floor as it was measured after the latest round of a case.
struct ServiceBench<'a> {
    instances: Instances,
    maker: RequestMaker<'a>,
    meter: &'a FloorMeter,
    floor: Floor,
    is_relayed: bool,
}

impl ServiceBench<'_> {
    fn round(&mut self, spec: &LoadSpec, requests: usize) -> anyhow::Result<CaseRound> {
        let LoadSpec { kind, request, connections, rate } = *spec;
        let messages = self.maker.make(kind, requests)?;
        let load = Load {
            at: WebService::NonDevice,
            messages: &messages,
            connections,
            rate,
            expected: expected(kind),
        };
        let before = ProcessorTimes::now(&self.instances);
        let timings = load
            .send(&self.instances.addresses())
            .with_context(|| format!("{request} over {connections} connections"))?;
        let used = ProcessorTimes::now(&self.instances).since(&before);
        let floor = std::mem::replace(&mut self.floor, self.meter.measure()?);
        let floor_per_second = f64::midpoint(floor.per_second, self.floor.per_second);
        self.result(&timings, &used, floor_per_second)
    }

    fn result(
        &self,
        timings: &Timings,
        used: &ProcessorTimes,
        floor_per_second: f64,
    ) -> anyhow::Result<CaseRound> {
        let count = |number: usize| u32::try_from(number).map(f64::from);
        let (answers, cores) = (count(timings.sorted.len())?, count(process::cores())?);
        let per_second = answers / timings.whole.as_secs_f64();
        let ratio = per_second / floor_per_second;
        let cpu = |time: Duration| time.as_secs_f64() * 1e6 / answers;
        let latency = |share: usize| timings.within(share).as_secs_f64() * 1e6;
        let left = 1.0 - used.own.as_secs_f64() / (used.elapsed.as_secs_f64() * cores);
        let shares = timings.answered.iter().map(|answered| Ok(count(*answered)? / answers));
        Ok(CaseRound {
            per_second,
            ratio,
            floor_per_second,
            // Clock ticks are coarse: a round that is shorter than a few says nothing of what is left.
            net_ratio: if left > 0.0 { ratio / left } else { ratio },
            cores_idle: used.cores.idle_share(),
            p50_micros: latency(500),
            p99_micros: latency(990),
            p999_micros: latency(999),
            service_cpu_micros: cpu(used.services),
            service_cpu_floors: cpu(used.services) * floor_per_second / (cores * 1e6),
            load_cpu_micros: cpu(used.own.saturating_sub(used.relay)),
            relay_cpu_micros: self.is_relayed.then(|| cpu(used.relay)),
            rest_cpu_micros: cpu(used.cores.busy().saturating_sub(used.services + used.own)),
            peak_memory_bytes: self.instances.peak_memory(),
            shares: shares.collect::<anyhow::Result<_>>()?,
        })
    }
}

/// The processor time that everything took, up to a moment or between two.
struct ProcessorTimes {
    at: Instant,
    elapsed: Duration,
    services: Duration,
    /// The bench itself: load generator and relay.
    own: Duration,
    relay: Duration,
    cores: CoreTime,
}

impl ProcessorTimes {
    fn now(instances: &Instances) -> Self {
        Self {
            at: Instant::now(),
            elapsed: Duration::ZERO,
            services: instances.cpu(),
            own: process::own_cpu(),
            relay: relay::relay_cpu(),
            cores: CoreTime::now(),
        }
    }

    fn since(&self, then: &Self) -> Self {
        Self {
            at: self.at,
            elapsed: self.at.saturating_duration_since(then.at),
            services: self.services.saturating_sub(then.services),
            own: self.own.saturating_sub(then.own),
            relay: self.relay.saturating_sub(then.relay),
            cores: self.cores.since(then.cores),
        }
    }
}

/// A part that each successful answer contains.
const fn expected(kind: BenchRequest) -> &'static str {
    match kind {
        BenchRequest::Correct | BenchRequest::PreNotify => "<sr:ResponseCode>I99<",
        BenchRequest::Read | BenchRequest::Matrix => "<sr:ResponseCode>I0<",
    }
}
