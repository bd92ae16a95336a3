//! A watch over background jobs: counts their panics, and tells which job does not stay up.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{clock::Stopwatch, metrics::JobMeter};

/// A job that ran so long since its last panic stays up. Longer than the longest delay before a restart.
const STEADY: Duration = Duration::from_secs(120);
/// A job that panicked so often in a row does not stay up.
const IN_A_ROW: u32 = 3;

/// The watch over the jobs of a service; clones share it.
#[derive(Clone, Debug, Default)]
pub struct JobWatch {
    meter: JobMeter,
    jobs: Arc<Mutex<BTreeMap<&'static str, JobState>>>,
}

#[derive(Clone, Copy, Debug)]
enum JobState {
    /// It panicked so often in a row, the last time then.
    Panicked(u32, Stopwatch),
    /// It ended though it was not told to.
    Ended,
}

impl JobWatch {
    /// A watch that counts panics there.
    pub fn new(meter: JobMeter) -> Self {
        Self { meter, jobs: Arc::default() }
    }

    /// The counters of panics.
    pub const fn meter(&self) -> &JobMeter {
        &self.meter
    }

    /// Notes that a job panicked after it ran so long. Returns whether it had stayed up until then.
    pub fn panicked(&self, job: &'static str, after: Duration) -> bool {
        self.meter.panicked(job);
        let stayed_up = after >= STEADY;
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match jobs.get(job) {
            Some(JobState::Panicked(times, _)) if !stayed_up => *times,
            _ => 0,
        };
        jobs.insert(job, JobState::Panicked(before.saturating_add(1), Stopwatch::start()));
        stayed_up
    }

    /// Notes that a job ended though it was not told to.
    pub fn ended(&self, job: &'static str) {
        tracing::error!(job, "job ended though it was not told to");
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(job, JobState::Ended);
    }

    /// Whether every job stays up.
    pub fn is_up(&self) -> bool {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.values().all(|state| match state {
            JobState::Panicked(times, last) => *times < IN_A_ROW || last.elapsed() > STEADY,
            JobState::Ended => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_panics_again_and_again_or_ends_does_not_stay_up() {
        let watch = JobWatch::default();
        assert!(!watch.panicked("a", Duration::ZERO) && !watch.panicked("a", Duration::ZERO));
        assert!(!watch.panicked("b", Duration::ZERO) && watch.is_up());
        assert!(watch.panicked("a", STEADY), "it had stayed up");
        assert!(watch.is_up());
        watch.panicked("a", Duration::ZERO);
        watch.panicked("a", Duration::ZERO);
        assert!(!watch.is_up());
        assert_eq!((watch.meter().panics("a"), watch.meter().panics("b")), (5, 1));
        let watch = JobWatch::default();
        watch.ended("a");
        assert!(!watch.is_up());
    }
}
