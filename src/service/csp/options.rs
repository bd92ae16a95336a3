//! The options of asking CSPs.

use std::{
    num::{NonZero, NonZeroUsize},
    time::Duration,
};

/// Timeout, limits, cache and circuit breaker; the same for every CSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CspOptions {
    /// The timeout of a question, waiting for a permit included.
    pub timeout: Duration,
    /// Limit of questions in flight to one CSP; as many more may wait for a permit.
    pub max_in_flight: NonZeroUsize,
    /// TTL of cached answers; zero turns the cache off.
    pub cache: Duration,
    /// The circuit breaker opens at so many failures in a row.
    pub breaker_failures: NonZero<u32>,
    /// How long an open circuit breaker stays open, before one question tries the CSP again.
    pub breaker_open_for: Duration,
}

impl Default for CspOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_millis(500),
            max_in_flight: NonZeroUsize::MIN.saturating_add(7),
            cache: Duration::from_secs(3600),
            breaker_failures: NonZero::<u32>::MIN.saturating_add(4),
            breaker_open_for: Duration::from_secs(30),
        }
    }
}
