//! The writer: one thread that commits the waiting jobs as one batch (group commit).
//!
//! A commit waits for the disk, and the jobs of a batch share that wait. Each job has a savepoint, so a job that fails is rolled
//! back alone. No caller gets a success before the commit.
//!
//! A batch that meets a transient fault, such as a lost connection, is rolled back as a whole and retried a few times. One
//! case is never retried: a connection that is lost during the commit itself. The batch may have been committed then, and
//! a retry could apply it twice.

mod job;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc::Receiver},
    time::Duration,
};

use diesel::Connection as _;

pub(super) use self::job::{Call, Job};
pub(super) use self::job::{NotCommitted, Transaction};
use super::{
    Connection,
    commit_signal::{self, CommitSignal},
    location::Location,
    transient::{TransientFaults, is_lost, is_transient},
    wal_checkpoint::WalCheckpointer,
};
use crate::{clock::Stopwatch, metrics::StoreMeter};

/// The most jobs of a batch.
const MAX_BATCH: usize = 100;
/// The most attempts at a batch that meets transient faults.
const MAX_ATTEMPTS: u32 = 3;
/// The delay between two attempts.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// When the last batch ended, if it was not committed; none if it was. Shared with the store's handle.
pub(super) type LastFailure = Arc<Mutex<Option<Stopwatch>>>;

/// How one attempt ended.
enum Attempt {
    Finished(Result<(), NotCommitted>),
    /// It was rolled back for this reason, and the next attempt may succeed.
    Retry(String),
}

/// The state of the writer's thread.
pub(super) struct Writer {
    location: Location,
    /// None after the connection was lost, until the next batch reconnects.
    connection: Option<Connection>,
    /// Replaced together with the connection, as both must use the same WAL. None on a server, and where its thread did not start:
    /// SQLite then checkpoints in the writer's commits.
    checkpointer: Option<WalCheckpointer>,
    transient_faults: TransientFaults,
    signal: CommitSignal,
    last_failure: LastFailure,
    meter: StoreMeter,
}

impl Writer {
    pub(super) fn new(
        location: Location,
        connection: Connection,
        signal: CommitSignal,
        meter: StoreMeter,
    ) -> Self {
        let mut writer = Self {
            location,
            connection: None,
            checkpointer: None,
            transient_faults: TransientFaults::default(),
            signal,
            last_failure: LastFailure::default(),
            meter,
        };
        writer.use_connection(connection);
        writer
    }

    /// The time of its last failure, for the store's handle to read.
    pub(super) fn last_failure(&self) -> LastFailure {
        Arc::clone(&self.last_failure)
    }

    fn use_connection(&mut self, mut connection: Connection) {
        connection.set_instrumentation(self.transient_faults.clone());
        self.connection = Some(connection);
        self.checkpointer = self.location.start_checkpointer().unwrap_or_else(|fault| {
            tracing::warn!(%fault, "WAL checkpointer not started: the store writer checkpoints itself");
            None
        });
    }

    fn drop_connection(&mut self) {
        // First: this joins the thread, which must not outlive the connection whose WAL it copies.
        self.checkpointer = None;
        self.connection = None;
    }

    fn checkpoint(&mut self) {
        if let (Some(checkpointer), Some(Connection::Sqlite(connection))) =
            (&mut self.checkpointer, &mut self.connection)
        {
            checkpointer.after_commit(connection);
        }
    }

    /// Runs batches until every sender is dropped and the queue is empty. A panic, which is a bug, ends neither this thread nor
    /// leaves a caller waiting: without the thread nothing could be written until the next start.
    pub(super) fn serve(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            // A batch is what waits now, without a delay to collect more: it grows with the load, and a lone job is not held up.
            let waiting = queue.try_iter().take(MAX_BATCH - 1);
            let mut batch = std::iter::once(first).chain(waiting).collect::<Vec<_>>();
            self.meter.group(batch.len());
            // After a panic it is unknown whether the commit was reached.
            let unknown = || NotCommitted::Unknown(Arc::new(diesel::result::Error::BrokenTransactionManager));
            let committed =
                self.catch_panic(|writer| writer.commit(&mut batch)).unwrap_or_else(|| Err(unknown()));
            // Before the callers hear of it, so that one that asks `is_writable` next gets the new state.
            *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) =
                committed.is_err().then(Stopwatch::start);
            for job in batch {
                // A callback that panics must not keep the other jobs from their outcome.
                self.catch_panic(|_| job.finish(committed.clone()));
            }
            if commit_signal::take_signal() && committed.is_ok() {
                self.signal.send();
            }
            // After the callers have their outcome: a checkpoint waits for the disk.
            self.catch_panic(Self::checkpoint);
        }
    }

    /// Runs a step and catches its panic, which is logged and counted. The connection is dropped then, with its transaction, and the
    /// store counts as not writable until a batch succeeds.
    fn catch_panic<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(|| step(self)));
        if done.is_err() {
            self.meter.fault("writer_panicked");
            tracing::error!("store writer panicked: it continues with a new connection");
            self.drop_connection();
            *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stopwatch::start());
        }
        done.ok()
    }

    /// Runs and commits a batch, with retries after transient faults.
    fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), NotCommitted> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let attempt = self.try_once(batch);
            if self.connection.as_mut().is_some_and(Connection::is_unusable) {
                self.drop_connection();
            }
            match attempt {
                Attempt::Finished(committed) => return committed,
                Attempt::Retry(reason) if attempts == MAX_ATTEMPTS => {
                    return Err(NotCommitted::RolledBack(reason));
                }
                Attempt::Retry(reason) => {
                    tracing::warn!(reason, attempts, "batch retried after a transient fault");
                    // All writes wait; without the delay they would probably meet the same fault.
                    std::thread::sleep(RETRY_DELAY);
                }
            }
        }
    }

    /// Checks that the file was not moved away or replaced, so that no success is reported of what was written to such a file.
    fn check_not_replaced(&self) -> Result<(), NotCommitted> {
        self.location.check_wal_not_replaced().map_err(|fault| NotCommitted::RolledBack(fault.to_string()))
    }

    /// One attempt at a batch: reconnects if need be, begins, runs the jobs, commits.
    fn try_once(&mut self, batch: &mut [Box<dyn Job>]) -> Attempt {
        if self.connection.is_some()
            && let Err(reason) = self.check_not_replaced()
        {
            return Attempt::Finished(Err(reason));
        }
        if self.connection.is_none() {
            match self.location.reopen_writer() {
                Ok(connection) => self.use_connection(connection),
                Err(fault) => return Attempt::Finished(Err(NotCommitted::RolledBack(fault.to_string()))),
            }
        }
        let Some(connection) = &mut self.connection else { return Attempt::Retry(String::new()) };
        if let Err(error) = connection.begin_writing() {
            self.drop_connection();
            let reason = error.to_string();
            // A timeout of the writers' lock is not retried: the callers have waited for all of it already.
            return if is_lost(&error) {
                Attempt::Retry(reason)
            } else {
                Attempt::Finished(Err(NotCommitted::RolledBack(reason)))
            };
        }
        // Clears what the attempt before left behind, which was rolled back.
        commit_signal::take_signal();
        self.transient_faults.take_first();
        if let Some(ended) = run_all(connection, batch, &self.transient_faults) {
            return ended;
        }
        match connection.commit() {
            // Checked again: the file may have been replaced while the jobs ran.
            Ok(()) => Attempt::Finished(self.check_not_replaced()),
            Err(error) if is_transient(&error) && !is_lost(&error) => Attempt::Retry(error.to_string()),
            Err(error) => Attempt::Finished(Err(NotCommitted::Unknown(Arc::new(error)))),
        }
    }
}

/// Runs the jobs of a batch in the open transaction. Returns none where it is to be committed, else how the attempt ended.
fn run_all(
    connection: &mut Connection,
    batch: &mut [Box<dyn Job>],
    transient_faults: &TransientFaults,
) -> Option<Attempt> {
    let transaction = Transaction::of(batch.len(), connection);
    for job in batch {
        let succeeded = job.run(connection, transaction);
        // Even where the job hid the fault: after it, jobs decide on incomplete facts, or in no transaction at all.
        if let Some(reason) = transient_faults.take_first() {
            // A connection that was lost has nothing to roll back; it is replaced.
            drop(connection.roll_back());
            return Some(Attempt::Retry(reason));
        }
        if !succeeded && transaction == Transaction::Own {
            // A failed rollback leaves the connection unusable, and it is replaced. The caller gets the job's own fault.
            drop(connection.roll_back());
            return Some(Attempt::Finished(Ok(())));
        }
    }
    None
}
