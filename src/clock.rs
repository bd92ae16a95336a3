//! The clocks: [`Clock`] for the time of day, [`Stopwatch`] for durations. Nothing else reads the system's clocks.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::domain::{Now, Timestamp};

/// A source of time: the system's clock, or a test clock that stands still until it is moved. Clones share the clock.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A test clock.
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A test clock that is set to that instant.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The time now, to the millisecond.
    pub fn now(&self) -> Now {
        let instant = match self {
            Self::System => system_now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        };
        // The store keeps milliseconds. A finer time would not compare equal to itself after it was stored and read.
        Now(to_millisecond(instant))
    }

    /// Moves a test clock. Returns false for the system's clock, which cannot be moved.
    pub fn set(&self, to: Timestamp) -> bool {
        match self {
            Self::System => false,
            Self::Fixed(at) => {
                *at.lock().unwrap_or_else(PoisonError::into_inner) = to;
                true
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that may read the clock")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

fn to_millisecond(instant: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(instant.as_millisecond()).unwrap_or(instant)
}

/// A timer of durations, on the monotonic clock: a change of the system's time does not disturb it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts the timer.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// The time since the start in milliseconds, as logs show it.
    pub fn milliseconds(&self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_until_it_is_moved() {
        let (first, second) = (Timestamp::UNIX_EPOCH, Timestamp::from_millisecond(5).unwrap());
        let clock = Clock::fixed(first);
        assert_eq!(clock.now(), Now(first));
        assert!(clock.set(second));
        assert_eq!(clock.clone().now(), Now(second));
        assert!(!Clock::System.set(second));
    }
}
