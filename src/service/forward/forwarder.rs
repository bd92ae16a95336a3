//! The client of the other endpoint: a timeout, bounded concurrency and a circuit breaker, as for CSPs.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher as _, Hasher as _},
    time::Duration,
};

use ureq::{Agent, http::header};

use super::options::ForwardOptions;
use crate::{
    clock::{Clock, Stopwatch},
    metrics::{ForwardMeter, ForwardOutcome},
    service::csp::{CircuitBreaker, Semaphore},
};

/// The longest answer.
const LONGEST_ANSWER: u64 = 20_000_000;
/// The header that names the services a request was forwarded by.
const FORWARDED_BY: &str = "x-smi-forwarded-by";

/// A request to be forwarded.
#[derive(Debug)]
pub struct ToForward<'a> {
    /// The path that it came to.
    pub path: &'a str,
    /// Its media type, as it came.
    pub content_type: &'a [u8],
    /// The services that it was forwarded by before.
    pub forwarded_by: Option<&'a str>,
    /// Its body, to the last byte.
    pub body: &'a [u8],
}

/// What the other endpoint answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Its media type, if it has one.
    pub content_type: Option<Vec<u8>>,
    /// Its Retry-After, if it has one.
    pub retry_after: Option<Vec<u8>>,
    /// Its body, to the last byte.
    pub body: Vec<u8>,
}

/// Why a request has no answer of the other endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForwardFault {
    /// This service forwarded it before.
    #[error("this service forwarded the request before, so `[forward] url` leads back to it")]
    Loop,
    /// The circuit breaker is open.
    #[error(
        "the endpoint that requests are forwarded to failed several times in a row, and is left alone for a while"
    )]
    BreakerOpen,
    /// No permit came free in time.
    #[error("as many requests as may be are being forwarded")]
    Busy,
    /// No whole answer within the timeout.
    #[error("the endpoint that the request was forwarded to did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// It cannot be reached, or what it says is no HTTP.
    #[error("the endpoint that the request was forwarded to cannot be reached, or does not speak HTTP")]
    Down,
    /// Its answer is too long.
    #[error("the answer to the forwarded request is longer than {LONGEST_ANSWER} bytes")]
    TooLong,
}

impl ForwardFault {
    /// What is counted.
    pub const fn outcome(&self) -> ForwardOutcome {
        match self {
            Self::Loop => ForwardOutcome::Loop,
            Self::BreakerOpen => ForwardOutcome::BreakerOpen,
            Self::Busy => ForwardOutcome::Busy,
            Self::Timeout(_) => ForwardOutcome::Timeout,
            Self::Down => ForwardOutcome::Down,
            Self::TooLong => ForwardOutcome::TooLong,
        }
    }
}

/// The client of the other endpoint.
#[derive(Debug)]
pub struct Forwarder {
    url: String,
    timeout: Duration,
    agent: Agent,
    semaphore: Semaphore,
    breaker: CircuitBreaker,
    clock: Clock,
    meter: ForwardMeter,
    /// What this service is called in [`FORWARDED_BY`]: another at each start.
    name: String,
}

impl Forwarder {
    /// A client with these options.
    pub(in crate::service) fn new(options: &ForwardOptions, clock: Clock, meter: ForwardMeter) -> Self {
        let ForwardOptions { url, timeout, max_in_flight, breaker_failures, breaker_open_for, tls } = options;
        // No redirects and no proxy from the environment: a request goes to the URL in the settings alone.
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .max_idle_connections_per_host(max_in_flight.get())
            .tls_config(tls.config())
            .build();
        Self {
            url: url.trim_end_matches('/').to_owned(),
            timeout: *timeout,
            agent: agent.into(),
            semaphore: Semaphore::new(*max_in_flight),
            breaker: CircuitBreaker::new(*breaker_failures, *breaker_open_for),
            clock,
            meter,
            name: format!("{:016x}", RandomState::new().build_hasher().finish()),
        }
    }

    /// The header that names the services a request was forwarded by.
    pub const fn header() -> &'static str {
        FORWARDED_BY
    }

    /// Sends a request on, waits for the answer, and counts the outcome.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub fn forward(&self, request: &ToForward<'_>) -> Result<OtherAnswer, ForwardFault> {
        let outcome = self.in_slot(request);
        let counted = outcome.as_ref().map_or_else(ForwardFault::outcome, |_| ForwardOutcome::Answered);
        self.meter.forwarded(counted);
        outcome
    }

    fn in_slot(&self, request: &ToForward<'_>) -> Result<OtherAnswer, ForwardFault> {
        if request.forwarded_by.is_some_and(|names| names.split(',').any(|name| name.trim() == self.name)) {
            return Err(ForwardFault::Loop);
        }
        let entered = Stopwatch::start();
        // Before the slot: a request that will be refused must not wait for one.
        if self.breaker.is_open(self.clock.now()) {
            return Err(ForwardFault::BreakerOpen);
        }
        let slot = self.semaphore.try_enter().ok_or(ForwardFault::Busy)?;
        let _permit = slot.wait(self.timeout).ok_or(ForwardFault::Busy)?;
        let left = self.timeout.saturating_sub(entered.elapsed());
        if left.is_zero() {
            return Err(ForwardFault::Busy);
        }
        if !self.breaker.try_enter(self.clock.now()) {
            return Err(ForwardFault::BreakerOpen);
        }
        let outcome = self.post(request, left);
        match &outcome {
            // Whatever it answers goes to the client, who judges it.
            Ok(_) | Err(ForwardFault::TooLong) => self.breaker.record_success(),
            Err(fault) => {
                self.breaker.record_failure(self.clock.now());
                tracing::warn!(%fault, "request not forwarded");
            }
        }
        outcome
    }

    fn post(&self, request: &ToForward<'_>, left: Duration) -> Result<OtherAnswer, ForwardFault> {
        let ToForward { path, content_type, forwarded_by, body } = request;
        let names = forwarded_by.map_or_else(|| self.name.clone(), |names| format!("{names},{}", self.name));
        let post = self.agent.post(format!("{}{path}", self.url)).header(FORWARDED_BY, names);
        let post = post.header(header::CONTENT_TYPE, *content_type);
        let post = post.config().timeout_global(Some(left)).build();
        let fault = |error| self.fault_of(&error);
        let mut reply = post.send(*body).map_err(fault)?;
        let value = |name| reply.headers().get(name).map(|value| value.as_bytes().to_vec());
        let (content_type, retry_after) = (value(header::CONTENT_TYPE), value(header::RETRY_AFTER));
        let status = reply.status().as_u16();
        let body = reply.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(fault)?;
        Ok(OtherAnswer { status, content_type, retry_after, body })
    }

    fn fault_of(&self, error: &ureq::Error) -> ForwardFault {
        if let ureq::Error::Timeout(_) = error {
            return ForwardFault::Timeout(self.timeout);
        }
        if let ureq::Error::BodyExceedsLimit(_) = error {
            return ForwardFault::TooLong;
        }
        // The cause may name the address, so it goes to nobody's answer.
        tracing::debug!(%error, "endpoint of forwarding failed");
        ForwardFault::Down
    }
}
