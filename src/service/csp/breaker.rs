//! A circuit breaker: a CSP that failed several times in a row its breaker is open for a while, then tried once.

use std::{
    num::NonZero,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    domain::{Now, Timestamp},
    metrics::BreakerState,
};

/// One CSP's breaker. It reads no clock.
#[derive(Debug)]
pub(super) struct Breaker {
    failures: NonZero<u32>,
    rest: Duration,
    state: Mutex<Phase>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Everybody may ask; so many failed since one succeeded.
    Closed(u32),
    /// Nobody asks, since then.
    Open(Timestamp),
    /// One asks, since then; nobody else does.
    HalfOpen(Timestamp),
}

impl Breaker {
    /// It opens at so many failures in a row, and rests for so long.
    pub(super) const fn new(failures: NonZero<u32>, rest: Duration) -> Self {
        Self { failures, rest, state: Mutex::new(Phase::Closed(0)) }
    }

    /// Whether somebody may ask now. Whoever does says afterwards what came of it: after a rest, one alone may ask.
    pub(super) fn lets_ask(&self, now: Now) -> bool {
        let mut state = self.state();
        match *state {
            Phase::Closed(_) => true,
            Phase::Open(since) | Phase::HalfOpen(since) => {
                let rested = self.has_rested(since, now);
                if rested {
                    *state = Phase::HalfOpen(now.0);
                }
                rested
            }
        }
    }

    /// Whether nobody may ask now; nothing changes.
    pub(super) fn is_resting(&self, now: Now) -> bool {
        match *self.state() {
            Phase::Closed(_) => false,
            Phase::Open(since) | Phase::HalfOpen(since) => !self.has_rested(since, now),
        }
    }

    /// Whoever asked was answered.
    pub(super) fn answered(&self) {
        *self.state() = Phase::Closed(0);
    }

    /// As if nobody had asked yet.
    pub(super) fn forget(&self) {
        *self.state() = Phase::Closed(0);
    }

    /// Whoever asked was not.
    pub(super) fn failed(&self, now: Now) {
        let mut state = self.state();
        *state = match *state {
            Phase::Closed(before) if before.saturating_add(1) < self.failures.get() => {
                Phase::Closed(before.saturating_add(1))
            }
            Phase::Closed(_) | Phase::HalfOpen(_) => Phase::Open(now.0),
            // One that had begun before the others failed.
            Phase::Open(since) => Phase::Open(since),
        };
    }

    /// How it stands.
    pub(super) fn stands(&self) -> BreakerState {
        match *self.state() {
            Phase::Closed(_) => BreakerState::Closed,
            Phase::Open(_) => BreakerState::Open,
            Phase::HalfOpen(_) => BreakerState::HalfOpen,
        }
    }

    /// A clock that was put back ends a rest too: it must not last for ever.
    fn has_rested(&self, since: Timestamp, now: Now) -> bool {
        Duration::try_from(now.0.duration_since(since)).map_or(true, |rested| rested >= self.rest)
    }

    fn state(&self) -> MutexGuard<'_, Phase> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Now {
        Now(Timestamp::from_second(1_000_000 + second).unwrap())
    }

    fn breaker() -> Breaker {
        Breaker::new(NonZero::new(3).unwrap(), Duration::from_secs(30))
    }

    #[test]
    fn it_opens_at_the_last_failure_in_a_row_and_closes_at_a_success() {
        let breaker = breaker();
        for _ in 0..2 {
            assert!(breaker.lets_ask(at(0)));
            breaker.failed(at(0));
        }
        breaker.answered();
        for _ in 0..3 {
            assert!(breaker.lets_ask(at(1)));
            breaker.failed(at(1));
        }
        assert_eq!(breaker.stands(), BreakerState::Open);
        assert!(!breaker.lets_ask(at(30)) && breaker.is_resting(at(30)));
        assert!(!breaker.is_resting(at(31)));
        assert!(breaker.lets_ask(at(31)));
        assert_eq!(breaker.stands(), BreakerState::HalfOpen);
        assert!(!breaker.lets_ask(at(31)), "one alone tries");
        breaker.answered();
        assert_eq!(breaker.stands(), BreakerState::Closed);
        assert!(breaker.lets_ask(at(31)) && breaker.lets_ask(at(31)));
    }

    #[test]
    fn a_try_that_fails_begins_another_rest() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.failed(at(0)));
        assert!(breaker.lets_ask(at(30)));
        breaker.failed(at(31));
        assert!(!breaker.lets_ask(at(60)));
        assert!(breaker.lets_ask(at(61)));
    }

    #[test]
    fn failures_that_come_late_do_not_prolong_a_rest() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.failed(at(0)));
        breaker.failed(at(29));
        assert!(breaker.lets_ask(at(30)));
    }

    #[test]
    fn neither_a_try_that_is_lost_nor_a_clock_put_back_keeps_it_open_for_ever() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.failed(at(0)));
        assert!(breaker.lets_ask(at(30)));
        assert!(!breaker.lets_ask(at(59)));
        assert!(breaker.lets_ask(at(60)), "the first try never said what came of it");
        assert!(breaker.lets_ask(at(-1)));
    }
}
