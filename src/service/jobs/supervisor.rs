//! Supervision of background jobs: each runs in a thread of its own, and is restarted after a panic.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{clock::Stopwatch, service::JobWatch};

/// The delay before the first restart; it doubles with each, so that a job that panics at once does not fill the log.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// The longest delay before a restart.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// The signal to stop, shared by the jobs of a service.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<(Mutex<bool>, Condvar)>);

impl StopSignal {
    /// Tells every job to stop.
    pub fn set(&self) {
        let (stopping, changed) = &*self.0;
        *stopping.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Whether the jobs are to stop.
    pub fn is_set(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the signal, at most so long. Returns whether the jobs are to stop.
    pub fn wait(&self, at_most: Duration) -> bool {
        let (stopping, changed) = &*self.0;
        let stopping = stopping.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(stopping, at_most, |stopping| !*stopping);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Starts a job in a thread of that name. A panic is logged and counted, and the job restarted after a delay: its state is the
/// store's, so that it takes up what it left. The thread ends with the job, or with the signal. A job that does not stay up, or ends
/// without the signal, makes the service not ready.
///
/// # Errors
/// When the thread cannot be started.
pub(super) fn start<T: Send + 'static>(
    name: &'static str,
    stop: StopSignal,
    watch: JobWatch,
    mut job: impl FnMut() -> T + Send + 'static,
) -> io::Result<JoinHandle<Option<T>>> {
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        let mut delay = FIRST_DELAY;
        loop {
            // Whatever a panic leaves half done is dropped: a job keeps nothing between its rounds but what is behind a lock.
            let started = Stopwatch::start();
            if let Ok(ended) = catch_unwind(AssertUnwindSafe(&mut job)) {
                if !stop.is_set() {
                    watch.ended(name);
                }
                return Some(ended);
            }
            if watch.panicked(name, started.elapsed()) {
                delay = FIRST_DELAY;
            }
            tracing::error!(job = name, ?delay, "job panicked, will restart");
            if stop.wait(delay) {
                return None;
            }
            delay = (delay * 2).min(LONGEST_DELAY);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_panics_is_counted_and_restarted() {
        let (watch, mut rounds) = (JobWatch::default(), 0);
        let job = move || {
            rounds += 1;
            assert_ne!(rounds, 1, "the first round fails on purpose");
            rounds
        };
        let thread = start("test", StopSignal::default(), watch.clone(), job).unwrap();
        assert_eq!(thread.join().unwrap(), Some(2));
        assert_eq!(watch.meter().panics("test"), 1);
        assert!(!watch.is_up(), "it ended though it was not told to");
    }

    #[test]
    fn a_stop_ends_the_wait_for_a_restart() {
        let stop = StopSignal::default();
        stop.set();
        let thread = start("test", stop, JobWatch::default(), || panic!("on purpose")).unwrap();
        assert_eq!(thread.join().unwrap(), None);
    }
}
