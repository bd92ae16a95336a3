//! A job of the console: long work that goes on when its page is left, and what came out of it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::{CheckResult, FileFaults, ImportResult, PersonName, VerificationResult};
use crate::{
    domain::{Timestamp, closed_set},
    service::{Activity, Evaluated},
};

closed_set!(
    /// What a job does.
    JobKind, "a kind of job", {
        Verification => "audit verification",
        ImportCheck => "import check",
        Import => "import",
        PrivacyActivity => "count of activity",
        PrivacyEvaluation => "evaluation of activity",
    }
);

impl JobKind {
    /// How many of the kind run at a time. What changes nothing may run beside others of its kind.
    pub(super) const fn most_at_a_time(self) -> usize {
        match self {
            Self::Verification | Self::Import | Self::PrivacyActivity | Self::PrivacyEvaluation => 1,
            Self::ImportCheck => 4,
        }
    }

    /// What its progress counts.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Verification => "records",
            Self::ImportCheck | Self::Import => "bytes",
            Self::PrivacyActivity | Self::PrivacyEvaluation => "decisions",
        }
    }
}

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
    /// Of a check of a file that may be imported then.
    ImportCheck(CheckResult),
    /// Of an import.
    Import(ImportResult),
    /// Of a count of the activity of Other Users.
    PrivacyActivity(Activity),
    /// Of an evaluation of it.
    PrivacyEvaluation(Evaluated),
}

/// Why a job failed.
#[derive(Clone, Debug)]
pub struct JobFailure {
    /// The reason, for a person.
    pub reason: String,
    /// What is wrong with the file, where that is the reason.
    pub faults: Option<FileFaults>,
}

impl JobFailure {
    pub(super) fn of(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), faults: None }
    }
}

/// Why a job was not started.
#[derive(Debug, thiserror::Error)]
pub enum JobRefused {
    /// As many of its kind run as may run at a time.
    #[error("job {number}, {kind} by {by}, runs already; of its kind {most} may run at a time")]
    Runs {
        /// The number of the one that runs.
        number: u64,
        /// The kind.
        kind: JobKind,
        /// Who started it.
        by: PersonName,
        /// How many of the kind may run at a time.
        most: usize,
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
