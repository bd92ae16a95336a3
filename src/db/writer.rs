//! The writer: one thread that commits the waiting jobs as one batch (group commit). On a server there are further ones, for
//! batches of requests: each commits one such job at a time, beside the others, so that their round trips overlap.
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
    sync::{Arc, Mutex, PoisonError, RwLock, mpsc::Receiver},
    time::Duration,
};

use diesel::Connection as _;

pub(super) use self::job::{Call, Job};
pub(super) use self::job::{NotCommitted, Transaction};
use super::{
    Connection, WritersLock,
    commit_signal::{self, CommitSignal},
    location::Location,
    transient::{StatementFaults, StatementWatch, TransientFault, is_lost, is_transient},
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
    lock: WritersLock,
    /// The writers' lock within this process. It has no timeout: a batch waits for an import of its own instance, as it would in one queue.
    process_lock: Arc<RwLock<()>>,
    /// None after the connection was lost, until the next batch reconnects.
    connection: Option<Connection>,
    /// Replaced together with the connection, as both must use the same WAL. None on a server, and where its thread did not start:
    /// SQLite then checkpoints in the writer's commits.
    checkpointer: Option<WalCheckpointer>,
    watch: StatementWatch,
    signal: CommitSignal,
    last_failure: LastFailure,
    meter: StoreMeter,
}

impl Writer {
    /// A writer that holds the writers' lock alone, with its connection.
    pub(super) fn new(
        location: Location,
        connection: Connection,
        signal: CommitSignal,
        meter: StoreMeter,
    ) -> Self {
        let watch = StatementWatch::new(meter.clone());
        let (lock, last_failure) = (WritersLock::Exclusive, LastFailure::default());
        let mut writer = Self {
            location,
            lock,
            process_lock: Arc::default(),
            connection: None,
            checkpointer: None,
            watch,
            signal,
            last_failure,
            meter,
        };
        writer.use_connection(connection);
        writer
    }

    /// Another writer of the same server, which shares the writers' lock. It connects when its first job comes.
    pub(super) fn beside(&self) -> Self {
        Self {
            location: self.location.clone(),
            lock: WritersLock::Shared,
            process_lock: Arc::clone(&self.process_lock),
            connection: None,
            checkpointer: None,
            watch: StatementWatch::new(self.meter.clone()),
            signal: self.signal.clone(),
            last_failure: LastFailure::clone(&self.last_failure),
            meter: self.meter.clone(),
        }
    }

    /// The time of its last failure, for the store's handle to read.
    pub(super) fn last_failure(&self) -> LastFailure {
        Arc::clone(&self.last_failure)
    }

    fn use_connection(&mut self, mut connection: Connection) {
        connection.set_instrumentation(self.watch.clone());
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

    /// Runs batches until every sender is dropped and the queue is empty.
    pub(super) fn serve(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            // A batch is what waits now, without a delay to collect more: it grows with the load, and a lone job is not held up.
            let waiting = queue.try_iter().take(MAX_BATCH - 1);
            self.run(std::iter::once(first).chain(waiting).collect());
        }
    }

    /// Runs jobs one by one, until every sender is dropped and the queue is empty. Other writers take theirs from the same queue.
    pub(super) fn serve_one_by_one(mut self, queue: &Mutex<Receiver<Box<dyn Job>>>) {
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        while let Ok(job) = next() {
            self.run(vec![job]);
        }
    }

    /// Runs a batch and calls its callers back. A panic, which is a bug, ends neither this thread nor leaves a caller waiting: without
    /// the thread nothing could be written until the next start.
    fn run(&mut self, mut batch: Vec<Box<dyn Job>>) {
        self.meter.group(batch.len());
        let committed = self.commit_alone_or_beside(&mut batch);
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

    /// Commits a batch under the writers' lock of this process.
    fn commit_alone_or_beside(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), NotCommitted> {
        let process_lock = Arc::clone(&self.process_lock);
        // The lock guards the database: a panic under it left nothing half done in memory.
        let (_alone, _beside) = match self.lock {
            WritersLock::Exclusive => {
                (Some(process_lock.write().unwrap_or_else(PoisonError::into_inner)), None)
            }
            WritersLock::Shared => (None, Some(process_lock.read().unwrap_or_else(PoisonError::into_inner))),
        };
        // After a panic it is unknown whether the commit was reached.
        let unknown = || NotCommitted::Unknown(Arc::new(diesel::result::Error::BrokenTransactionManager));
        self.catch_panic(|writer| writer.commit(batch)).unwrap_or_else(|| Err(unknown()))
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
                    self.meter.fault("retried");
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
        if let Err(error) = connection.begin_writing(self.lock) {
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
        self.watch.take();
        if let Some(ended) = run_all(connection, batch, self.lock, &self.watch) {
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
    lock: WritersLock,
    watch: &StatementWatch,
) -> Option<Attempt> {
    let transaction = Transaction::of(batch.len(), connection, lock);
    for job in batch {
        let succeeded = job.run(connection, transaction);
        // Even where the job hid the fault: after it, jobs decide on incomplete facts, or in no transaction at all.
        let StatementFaults { transient, first } = watch.take();
        if let Some(fault) = transient {
            // A connection that was lost has nothing to roll back; it is replaced.
            drop(connection.roll_back());
            let TransientFault { reason, is_lock_timeout } = fault;
            // A lock timeout is not retried: those that wait for the batch have waited for all of it.
            return Some(if is_lock_timeout {
                Attempt::Finished(Err(NotCommitted::LockTimeout(reason)))
            } else {
                Attempt::Retry(reason)
            });
        }
        if transaction == Transaction::Own {
            // Without a savepoint a server would answer the COMMIT of a transaction with a failed statement by rolling back, and no
            // error would tell.
            let hidden = first.filter(|_| succeeded && matches!(connection, Connection::Postgres(_)));
            if let Some(reason) = hidden {
                drop(connection.roll_back());
                return Some(Attempt::Finished(Err(NotCommitted::RolledBack(reason))));
            }
            if !succeeded {
                // A failed rollback leaves the connection unusable, and it is replaced. The caller gets the job's own fault.
                drop(connection.roll_back());
                return Some(Attempt::Finished(Ok(())));
            }
        }
    }
    None
}
