//! A CSP's endpoint: one URL for one CSP Region or several, with one connection pool, semaphore and circuit breaker.

use std::time::Duration;

use ureq::Agent;

use super::{circuit_breaker::CircuitBreaker, options::CspOptions, semaphore::Semaphore};
use crate::{
    domain::{CspRegion, Now},
    metrics::{BreakerState, CspMeter},
    tls::ClientTls,
};

/// One URL. Load and failures belong to the URL, so all its regions share the limits.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// The regions whose CSP is asked at this URL.
    pub(super) regions: Vec<CspRegion>,
    pub(super) url: String,
    pub(super) agent: Agent,
    pub(super) timeout: Duration,
    pub(super) semaphore: Semaphore,
    pub(super) breaker: CircuitBreaker,
}

impl Endpoint {
    pub(super) fn new(url: &str, regions: Vec<CspRegion>, options: CspOptions, tls: &ClientTls) -> Self {
        // No redirects and no proxy from the environment: questions hold addresses of premises, and go to the URL in the
        // settings alone.
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .max_idle_connections_per_host(options.max_in_flight.get())
            .tls_config(tls.config())
            .build();
        Self {
            regions,
            url: url.to_owned(),
            agent: agent.into(),
            timeout: options.timeout,
            semaphore: Semaphore::new(options.max_in_flight),
            breaker: CircuitBreaker::new(options.breaker_failures, options.breaker_open_for),
        }
    }

    /// Records a failure in the circuit breaker, and logs when that opens it.
    pub(super) fn record_failure(&self, now: Now) {
        let before = self.breaker.state();
        self.breaker.record_failure(now);
        if before != BreakerState::Open && self.breaker.state() == BreakerState::Open {
            let regions = self.regions.iter().map(|region| region.as_str()).collect::<Vec<_>>().join(", ");
            tracing::warn!(regions, "CSP circuit breaker opened");
        }
    }

    /// Sets the metric of the breaker's state, for each region.
    pub(super) fn show(&self, meter: &CspMeter) {
        let state = self.breaker.state();
        self.regions.iter().for_each(|region| meter.breaker(*region, state));
    }
}
