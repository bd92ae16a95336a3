//! How fast: so many messages a second at most, and none while the service asks everybody to wait.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::control::Control;
use crate::clock::Stopwatch;

/// The pace that all connections keep together.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    begun: Stopwatch,
    /// When the next message may go, counted from the beginning.
    next: Mutex<Duration>,
}

impl Pace {
    /// So many a second; without a number, as fast as it goes.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let interval = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self { interval, begun: Stopwatch::start(), next: Mutex::default() }
    }

    /// Waits for the turn of one message; `false` where the run ended meanwhile.
    pub(super) fn turn(&self, control: &Control) -> bool {
        let now = self.begun.elapsed();
        control.sleep(self.turn_at(now).saturating_sub(now))
    }

    /// Nobody's turn comes before that time is over.
    pub(super) fn pause(&self, pause: Duration) {
        let until = self.begun.elapsed().saturating_add(pause);
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = until.max(*next);
    }

    fn turn_at(&self, now: Duration) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = now.max(*next);
        // What was not used is not made up for: a service that was away is not met by a rush.
        *next = turn.saturating_add(self.interval).max(*next);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_keep_their_distance_and_are_not_made_up_for() {
        let pace = Pace::new(Some(100.0));
        let turns = [0, 0, 5, 1_000, 1_000].map(|now| pace.turn_at(Duration::from_millis(now)).as_millis());
        assert_eq!(turns, [0, 10, 20, 1_000, 1_010]);
    }

    #[test]
    fn a_pause_is_for_everybody() {
        let pace = Pace::new(None);
        assert_eq!(pace.turn_at(Duration::from_secs(1)), Duration::from_secs(1));
        pace.pause(Duration::from_secs(600));
        assert!(pace.turn_at(Duration::from_secs(2)) >= Duration::from_secs(600));
    }
}
