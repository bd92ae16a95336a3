//! Metrics of background jobs.

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

use super::Labels;

/// Counts the panics of background jobs; clones share the counters.
#[derive(Clone, Debug, Default)]
pub struct JobMeter(Family<Labels<1>, Counter>);

impl JobMeter {
    /// Counts a panic of that job.
    pub fn panicked(&self, job: &'static str) {
        self.0.get_or_create(&[("job", job)]).inc();
    }

    /// The number of panics of that job.
    pub fn panics(&self, job: &'static str) -> u64 {
        self.0.get_or_create(&[("job", job)]).get()
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("job_panics", "Background jobs that were restarted after a panic", self.0.clone());
    }
}
