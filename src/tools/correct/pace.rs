//! How fast: so many messages a second at most, and none while the service asks everybody to wait.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::control::Control;
use crate::clock::Stopwatch;

/// The pace that all connections keep together.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    begun: Stopwatch,
    turns: Mutex<Turns>,
}

/// Counted from the beginning.
#[derive(Debug, Default)]
struct Turns {
    /// When the next message may go.
    next: Duration,
    /// Until when none may.
    paused_until: Duration,
}

impl Pace {
    /// So many a second; without a number, as fast as it goes.
    pub(super) fn new(rate: Option<f64>) -> Self {
        let interval = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self { interval, begun: Stopwatch::start(), turns: Mutex::default() }
    }

    /// Waits for the turn of one message; `false` where the run ended meanwhile.
    pub(super) fn turn(&self, control: &Control) -> bool {
        loop {
            let now = self.begun.elapsed();
            let turn = self.turn_at(now);
            if !control.sleep(turn.saturating_sub(now)) {
                return false;
            }
            // Somebody may have been asked to wait since this turn was given out.
            if self.turns().paused_until <= turn {
                return true;
            }
        }
    }

    /// Nobody's turn comes before that time is over.
    pub(super) fn pause(&self, pause: Duration) {
        let until = self.begun.elapsed().saturating_add(pause);
        let mut turns = self.turns();
        turns.paused_until = until.max(turns.paused_until);
        turns.next = until.max(turns.next);
    }

    fn turn_at(&self, now: Duration) -> Duration {
        let mut turns = self.turns();
        let turn = now.max(turns.next);
        // What was not used is not made up for: a service that was away is not met by a rush.
        turns.next = turn.saturating_add(self.interval).max(turns.next);
        turn
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_pause_holds_those_too_who_wait_for_their_turn_already() {
        let (pace, control) = (Pace::new(Some(1.0)), Control::default());
        assert!(pace.turn(&control));
        let second = pace.turns().next;
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                assert!(pace.turn(&control));
                pace.begun.elapsed()
            });
            while pace.turns().next == second {
                std::thread::yield_now();
            }
            pace.pause(Duration::from_millis(1_500));
            assert!(waiting.join().unwrap() >= Duration::from_millis(1_500));
        });
    }
}
