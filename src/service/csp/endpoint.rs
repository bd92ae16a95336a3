//! Where a CSP stands, whichever CSP Regions it speaks for there: so many ask it at once, and nobody while it fails.

use std::time::Duration;

use ureq::Agent;

use super::{breaker::Breaker, options::CspOptions, slots::Slots};
use crate::{
    domain::{CspRegion, Now},
    metrics::{BreakerState, CspMeter},
    tls::ClientTls,
};

/// One address. What it bears is a matter of the address, and not of a region.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// The regions whose CSP is asked there.
    pub(super) regions: Vec<CspRegion>,
    pub(super) url: String,
    pub(super) agent: Agent,
    pub(super) timeout: Duration,
    pub(super) slots: Slots,
    pub(super) breaker: Breaker,
}

impl Endpoint {
    pub(super) fn new(url: &str, regions: Vec<CspRegion>, options: CspOptions, tls: &ClientTls) -> Self {
        // Redirects are not followed and no proxy is taken from the environment: a CSP is asked where the operator says.
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
            slots: Slots::new(options.max_in_flight),
            breaker: Breaker::new(options.breaker_failures, options.breaker_rest),
        }
    }

    /// Somebody asked and was not answered.
    pub(super) fn failed(&self, now: Now) {
        let before = self.breaker.stands();
        self.breaker.failed(now);
        if before != BreakerState::Open && self.breaker.stands() == BreakerState::Open {
            let regions = self.regions.iter().map(|region| region.as_str()).collect::<Vec<_>>().join(", ");
            tracing::warn!(regions, "a CSP failed too often and its breaker is open");
        }
    }

    /// Has the meter show how the breaker stands, for each region.
    pub(super) fn show(&self, meter: &CspMeter) {
        let state = self.breaker.stands();
        self.regions.iter().for_each(|region| meter.breaker(*region, state));
    }
}
