//! A circuit breaker: opens when a CSP fails several times in a row, so that requests do not wait for it; after a while
//! one question tries the CSP again (half-open), and closes the breaker if it is answered.

use std::{
    num::NonZero,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    domain::{Now, Timestamp},
    metrics::BreakerState,
};

/// The circuit breaker of one CSP endpoint. The caller passes the time, so that tests move it.
#[derive(Debug)]
pub(in crate::service) struct CircuitBreaker {
    failures: NonZero<u32>,
    open_for: Duration,
    state: Mutex<CircuitState>,
}

#[derive(Clone, Copy, Debug)]
enum CircuitState {
    /// Questions pass; so many failed in a row.
    Closed(u32),
    /// Questions are rejected, since that instant.
    Open(Timestamp),
    /// One question is in flight as a trial, since that instant; others are rejected.
    HalfOpen(Timestamp),
}

impl CircuitBreaker {
    /// A breaker that opens at so many failures in a row, for so long.
    pub(in crate::service) const fn new(failures: NonZero<u32>, open_for: Duration) -> Self {
        Self { failures, open_for, state: Mutex::new(CircuitState::Closed(0)) }
    }

    /// Lets a question pass, or rejects it. Of an open breaker whose time is over, the first question becomes the trial.
    /// The caller must record its success or failure.
    pub(in crate::service) fn try_enter(&self, now: Now) -> bool {
        let mut state = self.lock();
        match *state {
            CircuitState::Closed(_) => true,
            CircuitState::Open(since) | CircuitState::HalfOpen(since) => {
                // A trial whose outcome was never recorded is given up after the same time.
                let may_try = self.may_try(since, now);
                if may_try {
                    *state = CircuitState::HalfOpen(now.0);
                }
                may_try
            }
        }
    }

    /// Whether questions are rejected now; does not start a trial.
    pub(in crate::service) fn is_open(&self, now: Now) -> bool {
        match *self.lock() {
            CircuitState::Closed(_) => false,
            CircuitState::Open(since) | CircuitState::HalfOpen(since) => !self.may_try(since, now),
        }
    }

    /// Closes the breaker: a question was answered.
    pub(in crate::service) fn record_success(&self) {
        *self.lock() = CircuitState::Closed(0);
    }

    /// Closes the breaker by hand.
    pub(in crate::service) fn reset(&self) {
        *self.lock() = CircuitState::Closed(0);
    }

    /// Counts a failure, and opens the breaker at the last one allowed or at a failed trial.
    pub(in crate::service) fn record_failure(&self, now: Now) {
        let mut state = self.lock();
        *state = match *state {
            CircuitState::Closed(before) if before.saturating_add(1) < self.failures.get() => {
                CircuitState::Closed(before.saturating_add(1))
            }
            CircuitState::Closed(_) | CircuitState::HalfOpen(_) => CircuitState::Open(now.0),
            // A late failure of a question that began before the breaker opened: it must not prolong the time.
            CircuitState::Open(since) => CircuitState::Open(since),
        };
    }

    /// The state, for the metric.
    pub(in crate::service) fn state(&self) -> BreakerState {
        match *self.lock() {
            CircuitState::Closed(_) => BreakerState::Closed,
            CircuitState::Open(_) => BreakerState::Open,
            CircuitState::HalfOpen(_) => BreakerState::HalfOpen,
        }
    }

    /// Whether the time is over. A clock that was put back counts as over too: else the breaker could stay open for ever.
    fn may_try(&self, since: Timestamp, now: Now) -> bool {
        Duration::try_from(now.0.duration_since(since)).map_or(true, |elapsed| elapsed >= self.open_for)
    }

    fn lock(&self) -> MutexGuard<'_, CircuitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Now {
        Now(Timestamp::from_second(1_000_000 + second).unwrap())
    }

    fn breaker() -> CircuitBreaker {
        CircuitBreaker::new(NonZero::new(3).unwrap(), Duration::from_secs(30))
    }

    #[test]
    fn it_opens_at_the_last_failure_in_a_row_and_closes_at_a_success() {
        let breaker = breaker();
        for _ in 0..2 {
            assert!(breaker.try_enter(at(0)));
            breaker.record_failure(at(0));
        }
        breaker.record_success();
        for _ in 0..3 {
            assert!(breaker.try_enter(at(1)));
            breaker.record_failure(at(1));
        }
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(!breaker.try_enter(at(30)) && breaker.is_open(at(30)));
        assert!(!breaker.is_open(at(31)));
        assert!(breaker.try_enter(at(31)));
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(!breaker.try_enter(at(31)), "one trial alone");
        breaker.record_success();
        assert_eq!(breaker.state(), BreakerState::Closed);
        assert!(breaker.try_enter(at(31)) && breaker.try_enter(at(31)));
    }

    #[test]
    fn a_failed_trial_opens_it_again() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.record_failure(at(0)));
        assert!(breaker.try_enter(at(30)));
        breaker.record_failure(at(31));
        assert!(!breaker.try_enter(at(60)));
        assert!(breaker.try_enter(at(61)));
    }

    #[test]
    fn late_failures_do_not_prolong_the_open_state() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.record_failure(at(0)));
        breaker.record_failure(at(29));
        assert!(breaker.try_enter(at(30)));
    }

    #[test]
    fn neither_a_lost_trial_nor_a_clock_put_back_keeps_it_open_for_ever() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.record_failure(at(0)));
        assert!(breaker.try_enter(at(30)));
        assert!(!breaker.try_enter(at(59)));
        assert!(breaker.try_enter(at(60)), "the outcome of the first trial was never recorded");
        assert!(breaker.try_enter(at(-1)));
    }
}
