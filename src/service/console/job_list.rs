//! The jobs of one instance: those that run, each in a thread of its own, and the last ones that ended.

use std::{
    any::Any,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    PersonName,
    job::{Job, JobFailure, JobKind, JobProgress, JobRefused, JobResult, JobState},
};
use crate::clock::Clock;

/// The most jobs that are kept. Those that run are always among them: fewer may run at a time.
const MAX_KEPT: usize = 50;
/// The longest text of a panic that is shown.
const MAX_PANIC_CHARS: usize = 200;

/// The jobs; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct JobList(Arc<ListState>);

#[derive(Debug, Default)]
struct ListState {
    jobs: Mutex<Jobs>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Jobs {
    /// The oldest first.
    kept: VecDeque<Job>,
    last: u64,
    threads: Vec<JoinHandle<()>>,
    is_stopping: bool,
}

impl JobList {
    fn lock(&self) -> MutexGuard<'_, Jobs> {
        self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a job. Returns its number.
    pub(super) fn start(
        &self,
        kind: JobKind,
        by: PersonName,
        clock: Clock,
        work: impl FnOnce(&JobProgress) -> Result<JobResult, JobFailure> + Send + 'static,
    ) -> Result<u64, JobRefused> {
        let mut jobs = self.lock();
        if jobs.is_stopping {
            return Err(JobRefused::Stopping);
        }
        let is_in_the_way = |job: &&Job| job.kind == kind && matches!(job.state, JobState::Runs);
        let (most, mut running) = (kind.most_at_a_time(), jobs.kept.iter().filter(is_in_the_way));
        // The oldest of them, where they are so many.
        if let Some(Job { number, by, .. }) = running.next()
            && running.count() + 1 >= most
        {
            return Err(JobRefused::Runs { number: *number, kind, by: by.clone(), most });
        }
        let (number, progress) = (jobs.last + 1, JobProgress::default());
        let (list, working) = (self.clone(), progress.clone());
        let begun = clock.now().0;
        let span = tracing::info_span!("job", number, kind = kind.as_str());
        let run = move || {
            let _entered = span.entered();
            // What a panic leaves half done is dropped with the work.
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&working)));
            list.end(number, outcome.unwrap_or_else(|panic| Err(panicked(panic.as_ref()))), &clock);
        };
        // Under the lock, so that a job cannot end before it is in the list.
        let thread = thread::Builder::new().name(format!("console-job-{number}")).spawn(run)?;
        tracing::info!(number, kind = kind.as_str(), %by, "job started");
        jobs.threads.retain(|thread| !thread.is_finished());
        jobs.threads.push(thread);
        jobs.last = number;
        jobs.kept.push_back(Job { number, kind, by, begun, progress, state: JobState::Runs });
        if jobs.kept.len() > MAX_KEPT {
            let oldest = jobs.kept.iter().position(|job| !matches!(job.state, JobState::Runs));
            oldest.and_then(|oldest| jobs.kept.remove(oldest));
        }
        Ok(number)
    }

    /// Whether one runs.
    pub(super) fn is_running(&self) -> bool {
        self.lock().kept.iter().any(|job| matches!(job.state, JobState::Runs))
    }

    fn end(&self, number: u64, outcome: Result<JobResult, JobFailure>, clock: &Clock) {
        let at = clock.now().0;
        let mut jobs = self.lock();
        let is_stopping = jobs.is_stopping;
        if let Some(job) = jobs.kept.iter_mut().find(|job| job.number == number) {
            job.state = match outcome {
                Ok(result) => JobState::Done(at, Arc::new(result)),
                Err(_) if is_stopping => {
                    JobState::Failed(at, JobFailure::of("The service stopped before it was done."))
                }
                Err(failure) => JobState::Failed(at, failure),
            };
            match &job.state {
                JobState::Failed(_, failure) => tracing::warn!(reason = failure.reason, "job failed"),
                JobState::Done(..) | JobState::Runs => tracing::info!("job done"),
            }
        }
        drop(jobs);
        self.0.ended.notify_all();
    }

    /// All that are kept, the newest first.
    pub(super) fn all(&self) -> Vec<Job> {
        self.lock().kept.iter().rev().cloned().collect()
    }

    pub(super) fn find(&self, number: u64) -> Option<Job> {
        self.lock().kept.iter().find(|job| job.number == number).cloned()
    }

    /// Waits for the end of a job, at most so long.
    pub(super) fn wait(&self, number: u64, at_most: Duration) {
        let runs = |jobs: &mut Jobs| {
            jobs.kept.iter().any(|job| job.number == number && matches!(job.state, JobState::Runs))
        };
        drop(self.0.ended.wait_timeout_while(self.lock(), at_most, runs));
    }

    /// Tells every job to end, and waits for them. None is started any more.
    pub(super) fn stop(&self) {
        let mut jobs = self.lock();
        jobs.is_stopping = true;
        jobs.kept.iter().for_each(|job| job.progress.stop());
        let threads = std::mem::take(&mut jobs.threads);
        // A job takes the lock when it ends.
        drop(jobs);
        for thread in threads {
            drop(thread.join());
        }
    }
}

fn panicked(panic: &(dyn Any + Send)) -> JobFailure {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("without a text").chars().take(MAX_PANIC_CHARS).collect::<String>();
    JobFailure::of(format!("A fault of the program, a panic: {text}. The service's log has its place."))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::service::console::VerificationResult;

    const LONG: Duration = Duration::from_secs(60);

    fn by() -> PersonName {
        "Olga".parse().unwrap()
    }

    fn start(
        list: &JobList,
        work: impl FnOnce(&JobProgress) -> Result<JobResult, JobFailure> + Send + 'static,
    ) -> Result<u64, JobRefused> {
        list.start(JobKind::Verification, by(), Clock::System, work)
    }

    fn done(_: &JobProgress) -> Result<JobResult, JobFailure> {
        Ok(JobResult::Verification(VerificationResult::default()))
    }

    fn reason(list: &JobList, number: u64) -> String {
        match list.find(number).unwrap().state {
            JobState::Failed(_, failure) => failure.reason,
            state @ (JobState::Runs | JobState::Done(..)) => panic!("{state:?}"),
        }
    }

    #[test]
    fn one_of_a_kind_runs_at_a_time_and_tells_how_far_it_is() {
        let list = JobList::default();
        let (begin, begun) = mpsc::channel::<()>();
        let work = move |progress: &JobProgress| {
            progress.expect(10);
            progress.add(4);
            begun.recv().unwrap();
            done(progress)
        };
        assert_eq!(start(&list, work).unwrap(), 1);
        let refused = start(&list, done).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "job 1, audit verification by Olga, runs already; of its kind 1 may run at a time"
        );
        let job = list.find(1).unwrap();
        assert!(matches!(job.state, JobState::Runs));
        begin.send(()).unwrap();
        list.wait(1, LONG);
        let job = list.find(1).unwrap();
        assert!(matches!(job.state, JobState::Done(..)));
        assert_eq!((job.progress.done(), job.progress.of()), (4, 10));
        assert_eq!(start(&list, done).unwrap(), 2);
    }

    #[test]
    fn what_changes_nothing_runs_beside_others_of_its_kind() {
        let list = JobList::default();
        let start = |work: fn(&JobProgress) -> Result<JobResult, JobFailure>| {
            list.start(JobKind::ImportCheck, by(), Clock::System, work)
        };
        let wait = |progress: &JobProgress| {
            while !progress.is_stopping() {
                thread::yield_now();
            }
            done(progress)
        };
        let numbers = (0..JobKind::ImportCheck.most_at_a_time()).map(|_| start(wait).unwrap());
        assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert!(matches!(start(done), Err(JobRefused::Runs { number: 1, most: 4, .. })));
        list.stop();
    }

    #[test]
    fn a_job_that_panics_has_failed_with_a_reason() {
        let list = JobList::default();
        let number = start(&list, |_| panic!("on purpose")).unwrap();
        list.wait(number, LONG);
        assert!(reason(&list, number).contains("a panic: on purpose."), "{}", reason(&list, number));
        assert_eq!(start(&list, done).unwrap(), 2, "the next one runs");
    }

    #[test]
    fn the_last_ones_are_kept() {
        let list = JobList::default();
        for _ in 0..MAX_KEPT + 2 {
            let number = start(&list, done).unwrap();
            list.wait(number, LONG);
        }
        let kept = list.all().iter().map(|job| job.number).collect::<Vec<_>>();
        assert_eq!((kept.len(), kept[0], kept[MAX_KEPT - 1]), (MAX_KEPT, 52, 3));
    }

    #[test]
    fn a_stop_ends_those_that_run_and_starts_no_other() {
        let list = JobList::default();
        let work = |progress: &JobProgress| {
            while !progress.is_stopping() {
                thread::yield_now();
            }
            Err(JobFailure::of("told to stop"))
        };
        let number = start(&list, work).unwrap();
        list.stop();
        assert_eq!(reason(&list, number), "The service stopped before it was done.");
        assert!(matches!(start(&list, done), Err(JobRefused::Stopping)));
    }
}
