//! Metrics of forwarding: the outcomes of requests that go to another endpoint.

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

use super::Labels;
use crate::domain::closed_set;

closed_set!(
    /// The outcome of a request that is to be forwarded.
    ForwardOutcome, "an outcome of forwarding", {
        // The other endpoint answered, whatever it said.
        Answered => "answered",
        // No whole answer before the timeout.
        Timeout => "timeout",
        // No connection, or no HTTP.
        Down => "down",
        // The answer is longer than what is read.
        TooLong => "too_long",
        // Not sent: the circuit breaker was open.
        BreakerOpen => "breaker_open",
        // Not sent: no permit before the timeout.
        Busy => "busy",
        // Not sent: this service forwarded it before.
        Loop => "loop",
    }
);

/// The metrics of forwarding; clones share the counters.
#[derive(Clone, Debug, Default)]
pub struct ForwardMeter {
    requests: Family<Labels<1>, Counter>,
}

impl ForwardMeter {
    /// Counts the outcome of a request.
    pub fn forwarded(&self, outcome: ForwardOutcome) {
        self.requests.get_or_create(&[("outcome", outcome.as_str())]).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let requests = "Requests for another endpoint by what became of them";
        registry.register("forwarded_requests", requests, self.requests.clone());
    }
}
