//! The writer: one thread that commits waiting jobs as a batch.
//!
//! A commit waits for the disk; a hundred jobs that share one wait once (group commit). Each job of a batch has a savepoint, so
//! that one that fails is rolled back alone, and no caller gets a success before the commit.
//!
//! A batch that meets a transient fault, such as a lost connection, is rolled back whole and retried a few times. One
//! case cannot be retried: where the connection is lost during the commit itself, it may have been committed or not.

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

/// The largest batch.
const BATCH: usize = 100;
/// How often a batch is tried that meets transient faults.
const MAX_ATTEMPTS: u32 = 3;
/// The delay between two attempts.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// When the last batch was finished, if it was not committed; shared with the handle.
pub(super) type LastFailure = Arc<Mutex<Option<Stopwatch>>>;

/// How one attempt ended.
enum Attempt {
    Finished(Result<(), NotCommitted>),
    /// It was rolled back, and the next attempt may succeed: why.
    Retry(String),
}

/// The state of the writer's thread.
pub(super) struct Writer {
    location: Location,
    /// None after it was lost, until the next batch reconnects.
    connection: Option<Connection>,
    /// Of a file: replaced with the connection, as both must mean the same WAL. None where the connection itself checkpoints.
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

    /// The time of its last failure, to be read by others.
    pub(super) fn last_failure(&self) -> LastFailure {
        Arc::clone(&self.last_failure)
    }

    fn use_connection(&mut self, mut connection: Connection) {
        connection.set_instrumentation(self.transient_faults.clone());
        self.connection = Some(connection);
        self.checkpointer = self.location.start_checkpointer().unwrap_or_else(|fault| {
            tracing::warn!(%fault, "no WAL checkpointer: the store's writer checkpoints itself");
            None
        });
    }

    fn drop_connection(&mut self) {
        self.checkpointer = None;
        self.connection = None;
    }

    fn checkpoint(&mut self) {
        if let (Some(checkpointer), Some(Connection::Sqlite(connection))) =
            (&mut self.checkpointer, &mut self.connection)
        {
            checkpointer.committed(connection);
        }
    }

    /// Runs batches until every sender is dropped and the queue is empty. A panic, which is a fault of this program, ends neither this
    /// thread nor the callers' wait: without the thread nothing could be written any more.
    pub(super) fn serve(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            let waiting = queue.try_iter().take(BATCH - 1);
            let mut batch = std::iter::once(first).chain(waiting).collect::<Vec<_>>();
            self.meter.group(batch.len());
            // Where it broke off, nobody knows how far the commit came.
            let unknown = || NotCommitted::Unknown(Arc::new(diesel::result::Error::BrokenTransactionManager));
            let committed = self.caught(|writer| writer.commit(&mut batch)).unwrap_or_else(|| Err(unknown()));
            *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) =
                committed.is_err().then(Stopwatch::start);
            for job in batch {
                self.caught(|_| job.finish(committed.clone()));
            }
            if commit_signal::take_signal() && committed.is_ok() {
                self.signal.send();
            }
            // After the callers were answered: a checkpoint waits for the disk.
            self.caught(Self::checkpoint);
        }
    }

    /// Runs a step; after a panic, which is logged and counted, the connection is dropped, and the transaction with it, and the store
    /// counts as not writable until a batch succeeds.
    fn caught<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(|| step(self)));
        if done.is_err() {
            self.meter.fault("writer_panicked");
            tracing::error!("the store's writer panicked, and goes on with a new connection");
            self.drop_connection();
            *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stopwatch::start());
        }
        done.ok()
    }

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
                    std::thread::sleep(RETRY_DELAY);
                }
            }
        }
    }

    /// That no success is reported of what was written to a file that was moved away or replaced.
    fn check_not_replaced(&self) -> Result<(), NotCommitted> {
        self.location.check_wal_not_replaced().map_err(|fault| NotCommitted::RolledBack(fault.to_string()))
    }

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
            // A wait for the lock that timed out is not retried: the callers have waited for the whole timeout already.
            return if is_lost(&error) {
                Attempt::Retry(reason)
            } else {
                Attempt::Finished(Err(NotCommitted::RolledBack(reason)))
            };
        }
        commit_signal::take_signal();
        self.transient_faults.take_first();
        if let Some(ended) = run_all(connection, batch, &self.transient_faults) {
            return ended;
        }
        match connection.commit() {
            Ok(()) => Attempt::Finished(self.check_not_replaced()),
            Err(error) if is_transient(&error) && !is_lost(&error) => Attempt::Retry(error.to_string()),
            Err(error) => Attempt::Finished(Err(NotCommitted::Unknown(Arc::new(error)))),
        }
    }
}

/// Runs the jobs of a batch in the open transaction; says how the attempt ended where it is not to be committed.
fn run_all(
    connection: &mut Connection,
    batch: &mut [Box<dyn Job>],
    transient_faults: &TransientFaults,
) -> Option<Attempt> {
    let transaction = Transaction::of(batch.len(), connection);
    for job in batch {
        let succeeded = job.run(connection, transaction);
        // Whatever the job made of it: what comes after a transient fault was not decided on facts.
        if let Some(reason) = transient_faults.take_first() {
            // A connection that was lost has nothing to roll back; it is replaced.
            drop(connection.roll_back());
            return Some(Attempt::Retry(reason));
        }
        if !succeeded && transaction == Transaction::Own {
            // A connection that cannot even roll back is replaced. The job's own fault is the answer.
            drop(connection.roll_back());
            return Some(Attempt::Finished(Ok(())));
        }
    }
    None
}
