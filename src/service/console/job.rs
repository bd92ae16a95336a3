//! A job of the console: long work that goes on when its page is left, and what came out of it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::{PersonName, VerificationResult};
use crate::domain::{Timestamp, closed_set};

closed_set!(
    /// What a job does. Of each kind one runs at a time.
    JobKind, "a kind of job", {
        Verification => "audit verification",
    }
);

/// A job as it stands.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its number, counted from 1 since the instance started.
    pub number: u64,
    /// What it does.
    pub kind: JobKind,
    /// Who started it.
    pub by: PersonName,
    /// When it was started.
    pub begun: Timestamp,
    /// How much of it is done.
    pub progress: JobProgress,
    /// Whether it runs, and what came out.
    pub state: JobState,
}

/// The state of a job.
#[derive(Clone, Debug)]
pub enum JobState {
    /// It runs.
    Runs,
    /// It was done at that instant.
    Done(Timestamp, Arc<JobResult>),
    /// It failed at that instant.
    Failed(Timestamp, JobFailure),
}

/// The result of a job.
#[derive(Clone, Debug)]
pub enum JobResult {
    /// Of a verification of the audit chains.
    Verification(VerificationResult),
}

/// Why a job failed.
#[derive(Clone, Debug)]
pub struct JobFailure {
    /// The reason, for a person.
    pub reason: String,
}

impl JobFailure {
    pub(super) fn of(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Why a job was not started.
#[derive(Debug, thiserror::Error)]
pub enum JobRefused {
    /// One of its kind runs.
    #[error("job {number}, {kind}, runs already; of each kind one runs at a time")]
    Runs {
        /// The number of the one that runs.
        number: u64,
        /// The kind.
        kind: JobKind,
    },
    /// The service stops.
    #[error("the service is stopping")]
    Stopping,
    /// The system gives no thread.
    #[error("no thread can be started: {0}")]
    NoThread(#[from] std::io::Error),
}

/// How much of a job is done; clones share it.
#[derive(Clone, Debug, Default)]
pub struct JobProgress(Arc<ProgressState>);

#[derive(Debug, Default)]
struct ProgressState {
    done: AtomicU64,
    of: AtomicU64,
    is_stopping: AtomicBool,
}

impl JobProgress {
    /// How much is done.
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// Of how much; 0 where it is not known.
    pub fn of(&self) -> u64 {
        self.0.of.load(Ordering::Relaxed)
    }

    /// Whether the job is to end early, as the service stops.
    pub fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::Relaxed)
    }

    pub(super) fn expect(&self, of: u64) {
        self.0.of.store(of, Ordering::Relaxed);
    }

    pub(super) fn add(&self, done: u64) {
        self.0.done.fetch_add(done, Ordering::Relaxed);
    }

    pub(super) fn stop(&self) {
        self.0.is_stopping.store(true, Ordering::Relaxed);
    }
}
