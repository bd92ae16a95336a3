//! The only reader of the system's clocks: of the time, and of how long something took.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::domain::{Now, Timestamp};

/// Where the time comes from: the system, or a clock that stands until it is moved.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The real time.
    System,
    /// A test's time.
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that stands at that instant.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The time now, to the millisecond.
    pub fn now(&self) -> Now {
        let instant = match self {
            Self::System => system_now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        };
        Now(to_millisecond(instant))
    }

    /// Moves a fixed clock; the real time cannot be moved, and `false` says so.
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

/// How long something takes; no change of the system's time disturbs it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to count.
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
