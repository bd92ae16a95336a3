//! All CSPs that can be asked.

use std::{collections::BTreeMap, sync::Arc, thread};

use super::{CspOptions, client::CspClient, endpoint::Endpoint, question::Question};
use crate::{
    clock::Clock,
    domain::{CspFailure, CspOutcome, CspRegion, LiveCoverage, PremisesKey},
    metrics::CspMeter,
    tls::ClientTls,
};

/// The CSPs that can be asked, by region. Clones are the same.
#[derive(Clone, Debug)]
pub struct Csps {
    csps: Arc<[CspClient]>,
    meter: CspMeter,
}

impl Csps {
    /// Those that stand at these addresses. Regions with the same address have the same CSP: they share its turns and
    /// its breaker.
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

    /// What they count.
    pub const fn meter(&self) -> &CspMeter {
        &self.meter
    }

    /// As if they had never been asked: nothing that they said is used again, and none its breaker is open.
    pub fn forget(&self) {
        self.csps.iter().for_each(CspClient::forget);
    }

    /// That they were not asked.
    pub fn not_asked(&self) -> LiveCoverage {
        LiveCoverage::new(self.csps.iter().map(|csp| (csp.region, CspOutcome::NotAsked)).collect())
    }

    /// Asks all of them at the same time what they say of a place; those of the regions in `silent` do not answer.
    /// It takes no longer than the timeout.
    pub fn ask(&self, place: &PremisesKey, silent: &[CspRegion]) -> LiveCoverage {
        let mut outcomes = Vec::new();
        let mut to_ask = Vec::new();
        for csp in self.csps.iter() {
            let question = Question { region: csp.region, place: place.clone() };
            if silent.contains(&csp.region) {
                outcomes.push((csp.region, CspOutcome::Failed(CspFailure::Simulated)));
            } else if let Some(outcome) = csp.remembered(&question) {
                outcomes.push((csp.region, outcome));
            } else {
                to_ask.push((csp, question));
            }
        }
        outcomes.extend(ask_at_once(to_ask));
        LiveCoverage::new(outcomes)
    }
}

/// Each in a thread of its own, the last one in this.
fn ask_at_once(mut to_ask: Vec<(&CspClient, Question)>) -> Vec<(CspRegion, CspOutcome)> {
    let last = to_ask.pop();
    let span = tracing::Span::current();
    thread::scope(|scope| {
        let others = to_ask.into_iter().map(|(csp, question)| {
            let span = span.clone();
            let ask = move || span.in_scope(|| csp.ask(&question));
            (csp.region, thread::Builder::new().name("csp".to_owned()).spawn_scoped(scope, ask))
        });
        let others = others.collect::<Vec<_>>();
        let mut outcomes = Vec::new();
        if let Some((csp, question)) = last {
            outcomes.push((csp.region, csp.ask(&question)));
        }
        for (region, thread) in others {
            // No thread, or one that broke off: that CSP was not heard.
            let outcome = thread.ok().and_then(|thread| thread.join().ok());
            outcomes.push((region, outcome.unwrap_or(CspOutcome::Failed(CspFailure::Busy))));
        }
        outcomes
    })
}
