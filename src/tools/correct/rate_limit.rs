//! The rate limiter: so many messages a second over all connections, and none while the service asks to wait.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::stop::StopSignal;
use crate::clock::Stopwatch;

/// The rate limit that all connections share.
#[derive(Debug)]
pub(super) struct RateLimiter {
    interval: Duration,
    begun: Stopwatch,
    schedule: Mutex<Schedule>,
}

/// When messages may be sent, counted from the limiter's start.
#[derive(Debug, Default)]
struct Schedule {
    /// Of the next message.
    next: Duration,
    /// The end of the latest pause.
    paused_until: Duration,
}

impl RateLimiter {
    /// A limit of so many messages a second; without a number, none.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let interval = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self { interval, begun: Stopwatch::start(), schedule: Mutex::default() }
    }

    /// Waits until one message may be sent; `false` where the run was stopped meanwhile.
    pub(super) fn acquire(&self, stop: &StopSignal) -> bool {
        loop {
            let now = self.begun.elapsed();
            let due = self.reserve(now);
            if !stop.sleep(due.saturating_sub(now)) {
                return false;
            }
            // A pause may have begun during the sleep: then this reservation is void.
            if self.schedule().paused_until <= due {
                return true;
            }
        }
    }

    /// Holds back all messages for that long, reserved ones too.
    pub(super) fn pause(&self, pause: Duration) {
        let until = self.begun.elapsed().saturating_add(pause);
        let mut schedule = self.schedule();
        schedule.paused_until = until.max(schedule.paused_until);
        schedule.next = until.max(schedule.next);
    }

    /// Reserves the next moment at which a message may be sent.
    fn reserve(&self, now: Duration) -> Duration {
        let mut schedule = self.schedule();
        let due = now.max(schedule.next);
        // Unused time is not saved up: a service that was down must not meet a burst when it is back.
        schedule.next = due.saturating_add(self.interval).max(schedule.next);
        due
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_keep_their_distance_and_unused_time_is_not_saved_up() {
        let rate = RateLimiter::new(Some(100.0));
        let due = [0, 0, 5, 1_000, 1_000].map(|now| rate.reserve(Duration::from_millis(now)).as_millis());
        assert_eq!(due, [0, 10, 20, 1_000, 1_010]);
    }

    #[test]
    fn a_pause_holds_every_message() {
        let rate = RateLimiter::new(None);
        assert_eq!(rate.reserve(Duration::from_secs(1)), Duration::from_secs(1));
        rate.pause(Duration::from_secs(600));
        assert!(rate.reserve(Duration::from_secs(2)) >= Duration::from_secs(600));
    }

    #[test]
    fn a_pause_holds_reserved_messages_too() {
        let (rate, stop) = (RateLimiter::new(Some(1.0)), StopSignal::default());
        assert!(rate.acquire(&stop));
        let second = rate.schedule().next;
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                assert!(rate.acquire(&stop));
                rate.begun.elapsed()
            });
            while rate.schedule().next == second {
                std::thread::yield_now();
            }
            rate.pause(Duration::from_millis(1_500));
            assert!(waiting.join().unwrap() >= Duration::from_millis(1_500));
        });
    }
}
