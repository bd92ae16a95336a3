//! The clients of all CSPs in the settings, asked in parallel.

use std::{collections::BTreeMap, sync::Arc, thread};

use super::{client::CspClient, endpoint::Endpoint, options::CspOptions, question::CoverageQuestion};
use crate::{
    clock::Clock,
    domain::{CspFailure, CspOutcome, CspRegion, LiveCoverage, PremisesKey},
    metrics::CspMeter,
    tls::ClientTls,
};

/// A client for each region that has a CSP in the settings. Clones share the clients.
#[derive(Clone, Debug)]
pub struct Csps {
    csps: Arc<[CspClient]>,
    meter: CspMeter,
}

impl Csps {
    /// Clients of the CSPs at these URLs. Regions with the same URL have the same CSP, so their clients share its semaphore
    /// and circuit breaker.
    pub fn new(urls: &[(CspRegion, String)], options: CspOptions, tls: &ClientTls, clock: &Clock) -> Self {
        let meter = CspMeter::default();
        let mut regions_at = BTreeMap::<&str, Vec<CspRegion>>::new();
        for (region, url) in urls {
            regions_at.entry(url.trim_end_matches('/')).or_default().push(*region);
        }
        let of_endpoint = |(url, regions): (&str, Vec<CspRegion>)| {
            let endpoint = Arc::new(Endpoint::new(url, regions.clone(), options, tls));
            let csp =
                |region| CspClient::new(region, Arc::clone(&endpoint), options, clock.clone(), meter.clone());
            regions.into_iter().map(csp).collect::<Vec<_>>()
        };
        Self { csps: regions_at.into_iter().flat_map(of_endpoint).collect(), meter }
    }

    /// The clients' metrics.
    pub const fn meter(&self) -> &CspMeter {
        &self.meter
    }

    /// Empties the caches and closes the circuit breakers.
    pub fn reset(&self) {
        self.csps.iter().for_each(CspClient::reset);
    }

    /// Live coverage of a request for which no CSP is asked.
    pub fn not_asked(&self) -> LiveCoverage {
        LiveCoverage::new(self.csps.iter().map(|csp| (csp.region, CspOutcome::NotAsked)).collect())
    }

    /// Asks all CSPs in parallel about a place, within the timeout. Those of the regions in `silent` are simulated to be
    /// down.
    pub fn ask(&self, place: &PremisesKey, silent: &[CspRegion]) -> LiveCoverage {
        let mut outcomes = Vec::new();
        let mut to_ask = Vec::new();
        for csp in self.csps.iter() {
            let question = CoverageQuestion { region: csp.region, place: place.clone() };
            if silent.contains(&csp.region) {
                outcomes.push((csp.region, CspOutcome::Failed(CspFailure::Simulated)));
            } else if let Some(outcome) = csp.cached(&question) {
                outcomes.push((csp.region, outcome));
            } else {
                to_ask.push((csp, question));
            }
        }
        outcomes.extend(ask_in_parallel(to_ask));
        LiveCoverage::new(outcomes)
    }
}

/// Asks each CSP in a thread of its own, and the last one in this thread.
fn ask_in_parallel(mut to_ask: Vec<(&CspClient, CoverageQuestion)>) -> Vec<(CspRegion, CspOutcome)> {
    let last = to_ask.pop();
    let span = tracing::Span::current();
    thread::scope(|scope| {
        let others = to_ask.into_iter().map(|(csp, question)| {
            let span = span.clone();
            let ask = move || span.in_scope(|| csp.ask(&question));
            (csp.region, thread::Builder::new().name("csp".to_owned()).spawn_scoped(scope, ask))
        });
        // Collected, so that all threads start before this one asks.
        let others = others.collect::<Vec<_>>();
        let mut outcomes = Vec::new();
        if let Some((csp, question)) = last {
            outcomes.push((csp.region, csp.ask(&question)));
        }
        for (region, thread) in others {
            // Where the thread could not be started, or panicked, that CSP counts as busy.
            let outcome = thread.ok().and_then(|thread| thread.join().ok());
            outcomes.push((region, outcome.unwrap_or(CspOutcome::Failed(CspFailure::Busy))));
        }
        outcomes
    })
}
