//! What the operator chose about asking CSPs.

use std::{
    num::{NonZero, NonZeroUsize},
    time::Duration,
};

/// How CSPs are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CspOptions {
    /// How long a question may take in all, waiting for its turn included.
    pub timeout: Duration,
    /// As many questions to one CSP are under way at once, and as many wait for their turn.
    pub max_in_flight: NonZeroUsize,
    /// How long an answer is used again; zero: never.
    pub cache: Duration,
    /// At so many failures in a row a CSP its breaker is open.
    pub breaker_failures: NonZero<u32>,
    /// For so long.
    pub breaker_rest: Duration,
}

impl Default for CspOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_millis(500),
            max_in_flight: NonZeroUsize::MIN.saturating_add(7),
            cache: Duration::from_secs(3600),
            breaker_failures: NonZero::<u32>::MIN.saturating_add(4),
            breaker_rest: Duration::from_secs(30),
        }
    }
}
