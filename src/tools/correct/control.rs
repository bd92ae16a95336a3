//! Stopping: by whoever runs it, or because going on would make no sense. Whoever sleeps is woken.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::clock::Stopwatch;

/// Why a run ended before its last line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ending {
    /// It was told to.
    #[error("interrupted")]
    Interrupted,
    /// The service did not answer in time; what it said, or why it was not reached.
    #[error("{0}")]
    GaveUp(String),
    /// What came back was no answer that can be believed, or the service refuses to read anything.
    #[error("{0}")]
    Refused(String),
    /// What is sent could not be kept.
    #[error("{0}")]
    Journal(String),
}

/// What all threads of a run look at.
#[derive(Debug, Default)]
pub struct Control {
    ending: Mutex<Option<Ending>>,
    changed: Condvar,
}

impl Control {
    /// Lets the run end; the first reason counts.
    pub fn stop(&self, why: Ending) {
        self.lock().get_or_insert(why);
        self.changed.notify_all();
    }

    /// Why the run is ending, where it is.
    pub fn ending(&self) -> Option<Ending> {
        self.lock().clone()
    }

    /// Whether the run is ending.
    pub(super) fn is_stopped(&self) -> bool {
        self.lock().is_some()
    }

    /// Waits; `false` where the run ended meanwhile.
    pub(super) fn sleep(&self, pause: Duration) -> bool {
        let slept = Stopwatch::start();
        let mut ending = self.lock();
        loop {
            let left = pause.saturating_sub(slept.elapsed());
            if ending.is_some() || left.is_zero() {
                return ending.is_none();
            }
            let woken = self.changed.wait_timeout(ending, left);
            ending = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Ending>> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sleeps_is_woken_and_the_first_reason_counts() {
        let control = Control::default();
        assert!(control.sleep(Duration::from_millis(1)));
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| control.sleep(Duration::from_secs(600)));
            control.stop(Ending::Interrupted);
            assert!(!sleeper.join().unwrap());
        });
        control.stop(Ending::GaveUp(String::new()));
        assert_eq!(control.ending(), Some(Ending::Interrupted));
        assert!(!control.sleep(Duration::ZERO));
    }
}
