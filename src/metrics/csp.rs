//! What became of asking CSPs, and how their breakers stand.

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::Labels;
use crate::domain::{CspRegion, closed_set};

closed_set!(
    /// What became of asking a CSP.
    CspAsked, "an outcome of asking a CSP", {
        // It says how it covers the place.
        Covered => "covered",
        // It says that it does not.
        NotCovered => "not_covered",
        // It said so not long before.
        Cached => "cached",
        // It did not answer in time.
        Timeout => "timeout",
        // It cannot be reached, or says that it cannot answer.
        Down => "down",
        // It refused the question.
        Refused => "refused",
        // Its answer was refused.
        Nonsense => "nonsense",
        // It failed too often and was not asked.
        BreakerOpen => "breaker_open",
        // Too many others were asking it.
        Busy => "busy",
    }
);

closed_set!(
    /// How the breaker of a CSP stands.
    BreakerState, "a state of a breaker", {
        // Everybody may ask.
        Closed => "closed",
        // One asks, to see whether it is well again.
        HalfOpen => "half-open",
        // Nobody asks.
        Open => "open",
    }
);

/// Kept by those that ask; clones count together.
#[derive(Clone, Debug, Default)]
pub struct CspMeter {
    requests: Family<Labels<2>, Counter>,
    breakers: Family<Labels<2>, Gauge>,
}

impl CspMeter {
    /// A CSP was to be asked.
    pub fn asked(&self, region: CspRegion, outcome: CspAsked) {
        self.requests.get_or_create(&[("region", region.as_str()), ("outcome", outcome.as_str())]).inc();
    }

    /// A breaker stands so: that state is 1, the others are 0.
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
