//! A run of `smi bench`, from an empty store to the report.

use super::{
    floor, network::Network, peer, plan::BenchPlan, process, report::BenchReport, service, setup, stages,
};

/// Measures the floor, the stages, the peer and the service, in that order.
///
/// # Errors
/// When the store cannot be filled, the service or the signing tool does not run, or an answer is wrong.
pub fn run(plan: &BenchPlan, progress: &mut dyn FnMut(&str)) -> anyhow::Result<BenchReport> {
    // First of all: what the relay cannot do is told before minutes of filling.
    let network = Network::start(plan)?;
    let setup = setup::prepare(plan, progress)?;
    progress("the floor");
    let meter = floor::FloorMeter::new(&setup)?;
    let floor = meter.measure()?;
    progress("the stages");
    let stages = stages::measure(&setup)?;
    let peer = plan.peer.as_ref().map(|tool| peer::measure(&setup, tool, progress)).transpose()?;
    let (cases, start) = service::measure(plan, &setup, &meter, &network, progress)?;
    Ok(BenchReport {
        machine: process::machine(),
        store: plan.store_url.split(':').next().unwrap_or_default().to_owned(),
        devices: plan.devices,
        filled: setup.filled,
        rounds: plan.rounds,
        instances: plan.instances,
        round_trip: network.round_trip,
        start,
        floor,
        stages,
        peer,
        cases,
    })
}
