//! What is counted and timed on the way, and the page that shows it.

use super::{App, Fault};
use crate::{
    clock::Stopwatch,
    metrics::{CertificateExpiry, Metrics, Snapshot, Stage},
    store::{self, CoverageExtract},
};

impl App {
    /// What is counted and timed.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The work's result; how long it took is kept.
    pub(super) fn timed<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let stopwatch = Stopwatch::start();
        let done = work();
        self.0.metrics.observe(stage, stopwatch.elapsed());
        done
    }

    /// What is counted, and how things stand; what cannot be read now is left out.
    pub fn metrics_page(&self) -> String {
        let outbox = self.noted(self.0.store.read(|connection| Ok(store::count_outbox(connection)?))).ok();
        let dcc = self.0.choices.dcc;
        let trust = self.trust();
        let certificates = trust.certificates().map(|certificate| {
            let kind = if certificate.eui() == dcc { "signer" } else { "trusted" };
            let name = format!("{} {}", certificate.eui(), certificate.serial());
            CertificateExpiry { kind, name, not_after: certificate.not_after() }
        });
        let extracts = self.noted(self.coverage_extracts()).unwrap_or_default();
        let loaded = |extract: CoverageExtract| Some((extract.region, extract.file?.loaded_at));
        let coverage = extracts.into_iter().filter_map(loaded).collect();
        let snapshot = Snapshot { outbox, certificates: certificates.collect(), coverage };
        self.0.metrics.page(snapshot, self.0.clock.now())
    }

    /// The outcome; a fault of the store is counted.
    pub(super) fn noted<T>(&self, outcome: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(Fault::Store(fault)) = &outcome {
            self.0.store.meter().fault(fault.kind());
        }
        outcome
    }
}
