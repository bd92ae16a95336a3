//! The clients of all CSPs in the settings, asked in parallel.

use std::{collections::BTreeMap, sync::Arc, thread};

use super::{
    client::{CspClient, QuestionSlot},
    endpoint::Endpoint,
    options::CspOptions,
    question::CoverageQuestion,
};
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
        let (mut outcomes, entered) = self.enter(place, silent);
        outcomes.extend(ask_in_parallel(entered));
        LiveCoverage::new(outcomes)
    }

    /// The outcomes that need no question, and the questions that have a slot.
    fn enter(&self, place: &PremisesKey, silent: &[CspRegion]) -> (RegionOutcomes, Vec<Entered<'_>>) {
        let (mut outcomes, mut entered) = (Vec::new(), Vec::new());
        for csp in self.csps.iter() {
            let question = CoverageQuestion { region: csp.region, place: place.clone() };
            if silent.contains(&csp.region) {
                outcomes.push((csp.region, CspOutcome::Failed(CspFailure::Simulated)));
            } else if let Some(outcome) = csp.cached(&question) {
                outcomes.push((csp.region, outcome));
            } else {
                match csp.try_enter() {
                    Ok(slot) => entered.push(Entered { csp, slot, question }),
                    Err(outcome) => outcomes.push((csp.region, outcome)),
                }
            }
        }
        (outcomes, entered)
    }
}

/// The outcome in each region.
type RegionOutcomes = Vec<(CspRegion, CspOutcome)>;

/// A question that has its slot.
#[derive(Debug)]
struct Entered<'c> {
    csp: &'c CspClient,
    slot: QuestionSlot<'c>,
    question: CoverageQuestion,
}

/// Asks each CSP in a thread of its own, and the last one in this thread. A thread gives its slot back when it ends: so there
/// are never more of these threads than slots.
fn ask_in_parallel(mut entered: Vec<Entered<'_>>) -> RegionOutcomes {
    let last = entered.pop();
    let span = tracing::Span::current();
    thread::scope(|scope| {
        let others = entered.into_iter().map(|Entered { csp, slot, question }| {
            let span = span.clone();
            let ask = move || span.in_scope(|| csp.ask(slot, &question));
            (csp.region, thread::Builder::new().name("csp".to_owned()).spawn_scoped(scope, ask))
        });
        // Collected, so that all threads start before this one asks.
        let others = others.collect::<Vec<_>>();
        let mut outcomes = Vec::new();
        if let Some(Entered { csp, slot, question }) = last {
            outcomes.push((csp.region, csp.ask(slot, &question)));
        }
        for (region, thread) in others {
            // Where the thread could not be started, or panicked, that CSP counts as busy.
            let outcome = thread.ok().and_then(|thread| thread.join().ok());
            outcomes.push((region, outcome.unwrap_or(CspOutcome::Failed(CspFailure::Busy))));
        }
        outcomes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_without_a_slot_starts_no_thread() {
        let url = "http://127.0.0.1:1".to_owned();
        let regions = [CspRegion::North, CspRegion::Central, CspRegion::South];
        let urls = regions.map(|region| (region, url.clone()));
        let options = CspOptions { max_in_flight: std::num::NonZeroUsize::MIN, ..CspOptions::default() };
        let csps = Csps::new(&urls, options, &ClientTls::none(), &Clock::System);
        let place = PremisesKey::Uprn("1".parse().unwrap());
        let (refused, entered) = csps.enter(&place, &[]);
        // One permit and one seat in the queue: the third question is refused here, before there is a thread for it.
        assert_eq!((refused.len(), entered.len()), (1, 2));
        assert!(matches!(refused[..], [(_, CspOutcome::Failed(CspFailure::Busy))]));
        for _ in 0..100 {
            assert_eq!(csps.enter(&place, &[]).1.len(), 0, "however many ask");
        }
        drop(entered);
        assert_eq!(csps.enter(&place, &[]).1.len(), 2);
    }
}
