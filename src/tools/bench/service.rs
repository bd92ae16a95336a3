//! The service under load, end to end over HTTP.

use std::time::Duration;

use anyhow::Context as _;

use super::{
    floor::FloorMeter,
    load::{self, SendRate},
    messages::{BenchRequest, RequestMaker},
    plan::BenchPlan,
    process::{self, ServiceProcess},
    report::{Floor, LoadCase},
    setup::BenchSetup,
};

/// Measures each kind of request at each number of connections. Also returns how long the service took to be ready.
pub(super) fn measure(
    plan: &BenchPlan,
    setup: &BenchSetup,
    meter: &FloorMeter,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<(Vec<LoadCase>, Duration)> {
    let running = ServiceProcess::start(&plan.program, &plan.folder, &plan.store_url)?;
    let start = running.start;
    let mut bench = ServiceBench { running, meter, floor: meter.measure_briefly()? };
    let mut maker = RequestMaker::new(setup.signer()?, setup.homes, 0);
    let mut cases = Vec::new();
    for kind in BenchRequest::ALL {
        for connections in &plan.connections {
            progress(&format!("{} over {connections} connections", kind.as_str()));
            let messages = maker.make(*kind, plan.requests)?;
            let load =
                LoadSpec { request: kind.as_str(), connections: *connections, rate: SendRate::ClosedLoop };
            cases.push(bench.case(*kind, load, &messages)?);
        }
    }
    let corrections = cases.iter().filter(|case| case.request == BenchRequest::Correct.as_str());
    if let Some(peak) = corrections.max_by(|a, b| a.per_second.total_cmp(&b.per_second)).copied() {
        // At the peak, latency shows the length of the queue; at half of it, how long an answer takes.
        progress("SR 8.4 at half of its peak");
        let messages = maker.make(BenchRequest::Correct, plan.requests)?;
        let rate = SendRate::OpenLoop(peak.per_second / 2.0);
        let load = LoadSpec { request: "8.4 half", connections: peak.connections, rate };
        cases.push(bench.case(BenchRequest::Correct, load, &messages)?);
    }
    Ok((cases, start))
}

/// The load of one case.
struct LoadSpec {
    /// The request's name in the report.
    request: &'static str,
    connections: usize,
    rate: SendRate,
}

/// The running service, and the floor as it was measured after the latest case.
struct ServiceBench<'a> {
    running: ServiceProcess,
    meter: &'a FloorMeter,
    floor: Floor,
}

impl ServiceBench<'_> {
    fn case(&mut self, kind: BenchRequest, load: LoadSpec, messages: &[Vec<u8>]) -> anyhow::Result<LoadCase> {
        let (running, LoadSpec { request, connections, rate }) = (&self.running, load);
        let (service, own) = (running.cpu(), process::own_cpu());
        let timings = load::send(running.address, messages, connections, rate, expected(kind))
            .with_context(|| format!("{request} over {connections} connections"))?;
        let (service, own) = (running.cpu().saturating_sub(service), process::own_cpu().saturating_sub(own));
        let before = std::mem::replace(&mut self.floor, self.meter.measure_briefly()?);
        let floor_per_second = f64::midpoint(before.per_second, self.floor.per_second);
        let count = f64::from(u32::try_from(messages.len())?);
        let per_second = count / timings.whole.as_secs_f64();
        let micros = |share: usize| timings.within(share).as_secs_f64() * 1e6;
        Ok(LoadCase {
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

/// A part that each successful answer contains.
const fn expected(kind: BenchRequest) -> &'static str {
    match kind {
        BenchRequest::Correct | BenchRequest::PreNotify => "<sr:ResponseCode>I99<",
        BenchRequest::Read | BenchRequest::Matrix => "<sr:ResponseCode>I0<",
    }
}
