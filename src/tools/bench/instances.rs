//! The services that are measured: one, or several that share a database.

use std::{net::SocketAddr, time::Duration};

use super::{plan::BenchPlan, process::ServiceProcess};

/// The least of messages and connections at once that a service is set to. Health checks and connections that have just been closed
/// take a place too.
const LEAST_IN_FLIGHT: usize = 512;

/// The running services; dropping this kills them.
#[derive(Debug)]
pub(super) struct Instances(Vec<ServiceProcess>);

impl Instances {
    /// Starts as many as the plan says on the store of that URL, one after the other, each under a name of its own.
    pub(super) fn start(plan: &BenchPlan, store_url: &str) -> anyhow::Result<Self> {
        // All messages are one User's, who by default may have half of the places; a refusal for want of one is no measurement.
        let most = plan
            .connections
            .iter()
            .copied()
            .max()
            .map_or(0, |most| most * 2)
            .max(LEAST_IN_FLIGHT)
            .to_string();
        let environment = [
            ("SMI_STORE_URL", store_url),
            ("SMI_SERVER_MAX_IN_FLIGHT", &most),
            ("SMI_SERVER_MAX_IN_FLIGHT_PER_USER", &most),
            ("SMI_SERVER_MAX_CONNECTIONS", &most),
            // At half of the peak a connection may wait longer for its turn than a client that says nothing is borne with.
            ("SMI_SERVER_HEAD_SECONDS", "60"),
            ("SMI_SERVER_IDLE_SECONDS", "60"),
        ];
        let names = (1..=plan.instances).map(|number| format!("bench-{number}"));
        let start = |name: String| ServiceProcess::start(&plan.program, &plan.folder, &name, &environment);
        names.map(start).collect::<anyhow::Result<Vec<_>>>().map(Self)
    }

    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.0.iter().map(|service| service.address).collect()
    }

    /// The management listener of the first.
    pub(super) fn management(&self) -> Option<SocketAddr> {
        self.0.first().map(|service| service.management)
    }

    /// The longest time from a start until the service was ready.
    pub(super) fn start_time(&self) -> Duration {
        self.0.iter().map(|service| service.start).max().unwrap_or_default()
    }

    /// The processor time that they used so far.
    pub(super) fn cpu(&self) -> Duration {
        self.0.iter().map(ServiceProcess::cpu).sum()
    }

    /// The sum of their peaks of memory, in bytes.
    pub(super) fn peak_memory(&self) -> u64 {
        self.0.iter().map(ServiceProcess::peak_memory).sum()
    }
}
