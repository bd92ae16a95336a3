//! The metrics of the service: stage timings, fault counts, and the page for Prometheus.

use super::{App, Fault};
use crate::{
    clock::Stopwatch,
    metrics::{CertificateExpiry, Metrics, Snapshot, Stage},
    store::{self, CoverageExtract},
};

impl App {
    /// The metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Runs the work and observes its time as that of the stage.
    pub(super) fn timed<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let stopwatch = Stopwatch::start();
        let result = work();
        self.0.metrics.observe(stage, stopwatch.elapsed());
        result
    }

    /// The page for Prometheus: counters, histograms, and gauges that are read now.
    pub fn metrics_page(&self) -> String {
        // A gauge that cannot be read is left out. The page must work when the store does not: that is when it is needed.
        let outbox =
            self.count_fault(self.0.store.read(|connection| Ok(store::count_outbox(connection)?))).ok();
        let dcc = self.0.choices.dcc;
        let trust = self.trust();
        let certificates = trust.certificates().map(|certificate| {
            let kind = if certificate.eui() == dcc { "signer" } else { "trusted" };
            let name = format!("{} {}", certificate.eui(), certificate.serial());
            CertificateExpiry { kind, name, not_after: certificate.not_after() }
        });
        let extracts = self.count_fault(self.coverage_extracts()).unwrap_or_default();
        let loaded = |extract: CoverageExtract| Some((extract.region, extract.file?.loaded_at));
        let coverage = extracts.into_iter().filter_map(loaded).collect();
        let now = self.0.clock.now();
        let maintenance_in_force = self.0.maintenance.in_force(now);
        let notices = self.0.store.read(|connection| Ok(store::count_notices(connection)?));
        let notices = self.count_fault(notices).unwrap_or_default();
        let snapshot = Snapshot {
            outbox,
            certificates: certificates.collect(),
            coverage,
            notices,
            maintenance_in_force,
        };
        self.0.metrics.page(snapshot, now)
    }

    /// Returns the outcome, and counts it if it is a fault of the store.
    pub(super) fn count_fault<T>(&self, outcome: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(Fault::Store(fault)) = &outcome {
            self.0.store.meter().fault(fault.kind());
        }
        outcome
    }
}
