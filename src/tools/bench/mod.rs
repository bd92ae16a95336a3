//! `smi bench`: what this machine can do at most, and what the service makes of it.
//!
//! Everything is measured in one run, so that the ratios hold although a machine's speed does not. The floor is what
//! no service of this kind can do without: one ECDSA verification and one signature a request, on every core. It is measured
//! again before and after each case of the service, whose ratio is to the mean of the two.

// What is measured with.
mod load;
mod messages;
mod population;
mod process;

// What is measured.
mod floor;
mod stages;

mod service;

mod peer;

mod coverage;

// What came of it.
mod report;

use std::path::PathBuf;

pub use coverage::{CoveragePlan, CoverageReport, Size, coverage};
pub use peer::Tool;
pub use report::{Case, Floor, Machine, Peer, Report, Stage, Way};

/// What a run is asked to measure.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program that is run as the service.
    pub program: PathBuf,
    /// A folder for all that the run writes; it is there, and empty.
    pub folder: PathBuf,
    /// Where the store is, which must be empty.
    pub store_url: String,
    /// How many Devices it gets.
    pub devices: u64,
    /// How many requests a case sends.
    pub requests: usize,
    /// The numbers of connections.
    pub connections: Vec<usize>,
    /// Whose signatures are measured beside ours.
    pub peer: Option<Tool>,
}

/// Measures the floor, the stages, the peer and the service, in that order.
///
/// # Errors
/// When the store cannot be filled, or the service or the peer does not run or answers otherwise than it must.
pub fn run(plan: &Plan, told: &mut dyn FnMut(&str)) -> anyhow::Result<Report> {
    let bench = service::prepare(plan, told)?;
    told("the floor");
    let meter = floor::Meter::new(bench.sample()?)?;
    let floor = meter.measure()?;
    told("the stages");
    let stages = stages::measure(&bench)?;
    let peer = plan.peer.as_ref().map(|tool| peer::measure(&bench, tool, told)).transpose()?;
    let (cases, start) = service::measure(plan, &bench, &meter, told)?;
    Ok(Report {
        machine: process::machine(),
        store: plan.store_url.split(':').next().unwrap_or_default().to_owned(),
        devices: plan.devices,
        filled: bench.filled,
        start,
        floor,
        stages,
        peer,
        cases,
    })
}
