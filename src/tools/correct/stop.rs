//! The stop signal of a run: set by an operator's interrupt, or by a thread that finds that going on makes no sense. It
//! wakes every thread that sleeps between retries.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::clock::Stopwatch;

/// Why a run ended before its last line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StopReason {
    /// SIGINT or SIGTERM.
    #[error("interrupted")]
    Interrupted,
    /// The service did not answer within the retry timeout: its last reply, or why it was not reached.
    #[error("{0}")]
    GaveUp(String),
    /// A permanent fault: a reply that cannot be trusted, or a service that refuses to read the message.
    #[error("{0}")]
    Refused(String),
    /// The journal could not be written.
    #[error("{0}")]
    Journal(String),
}

/// Shared by all threads of a run.
#[derive(Debug, Default)]
pub struct StopSignal {
    reason: Mutex<Option<StopReason>>,
    changed: Condvar,
}

impl StopSignal {
    /// Stops the run; the first reason counts.
    pub fn stop(&self, why: StopReason) {
        self.lock().get_or_insert(why);
        self.changed.notify_all();
    }

    /// Why the run is stopping, if it is.
    pub fn reason(&self) -> Option<StopReason> {
        self.lock().clone()
    }

    /// Whether the run is stopping.
    pub(super) fn is_stopped(&self) -> bool {
        self.lock().is_some()
    }

    /// Sleeps; `false` where the run was stopped meanwhile.
    pub(super) fn sleep(&self, pause: Duration) -> bool {
        let slept = Stopwatch::start();
        let mut reason = self.lock();
        loop {
            let left = pause.saturating_sub(slept.elapsed());
            if reason.is_some() || left.is_zero() {
                return reason.is_none();
            }
            let woken = self.changed.wait_timeout(reason, left);
            reason = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<StopReason>> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_wakes_sleepers_and_the_first_reason_counts() {
        let stop = StopSignal::default();
        assert!(stop.sleep(Duration::from_millis(1)));
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| stop.sleep(Duration::from_secs(600)));
            stop.stop(StopReason::Interrupted);
            assert!(!sleeper.join().unwrap());
        });
        stop.stop(StopReason::GaveUp(String::new()));
        assert_eq!(stop.reason(), Some(StopReason::Interrupted));
        assert!(!stop.sleep(Duration::ZERO));
    }
}
