//! Metrics of the CSP clients: outcomes of questions, and states of circuit breakers.

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::Labels;
use crate::domain::{CspRegion, closed_set};

closed_set!(
    /// The outcome of a question to a CSP.
    CspAsked, "an outcome of asking a CSP", {
        // It covers the place.
        Covered => "covered",
        // It does not cover the place.
        NotCovered => "not_covered",
        // The answer came from the cache.
        Cached => "cached",
        // No answer before the timeout.
        Timeout => "timeout",
        // No connection, or an HTTP status of a transient fault.
        Down => "down",
        // An HTTP status 4xx.
        Refused => "refused",
        // An invalid answer.
        Nonsense => "nonsense",
        // Not asked: the circuit breaker was open.
        BreakerOpen => "breaker_open",
        // Not asked: no permit before the timeout.
        Busy => "busy",
    }
);

closed_set!(
    /// The state of a CSP's circuit breaker.
    BreakerState, "a state of a breaker", {
        // Questions pass.
        Closed => "closed",
        // One question is in flight as a trial.
        HalfOpen => "half-open",
        // Questions are rejected.
        Open => "open",
    }
);

/// The metrics of the CSP clients; clones share the counters.
#[derive(Clone, Debug, Default)]
pub struct CspMeter {
    requests: Family<Labels<2>, Counter>,
    breakers: Family<Labels<2>, Gauge>,
}

impl CspMeter {
    /// Counts the outcome of a question.
    pub fn asked(&self, region: CspRegion, outcome: CspAsked) {
        self.requests.get_or_create(&[("region", region.as_str()), ("outcome", outcome.as_str())]).inc();
    }

    /// Sets a breaker's state: its gauge is 1, those of the other states are 0.
    pub fn breaker(&self, region: CspRegion, state: BreakerState) {
        for known in BreakerState::ALL {
            let labels = [("region", region.as_str()), ("state", known.as_str())];
            self.breakers.get_or_create(&labels).set(i64::from(*known == state));
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let requests = "CSPs to be asked for coverage by region and what became of it";
        registry.register("csp_requests", requests, self.requests.clone());
        let breakers = "How the breaker of each CSP stands: 1 for its state";
        registry.register("csp_breaker", breakers, self.breakers.clone());
    }
}
