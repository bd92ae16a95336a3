//! A job of the writer: work in a transaction, and a callback for its outcome.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use diesel::Connection as _;

use crate::db::{Connection, StoreFault, WritersLock};

/// Whether a job shares its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Transaction {
    /// It runs in a savepoint of its batch's transaction.
    Shared,
    /// It has the transaction to itself, without a savepoint. In a savepoint SQLite would journal every page that changes, and
    /// rolling back the transaction does as well.
    Own,
}

impl Transaction {
    /// How the jobs of a batch of this size run. On a server even a lone job has a savepoint, as jobs of any kind come there: where one
    /// hides that a statement failed, the server answers COMMIT by rolling back, without an error, but refuses RELEASE SAVEPOINT. Only
    /// a batch of requests has none, as a savepoint is two round trips.
    pub(super) const fn of(jobs: usize, connection: &Connection, lock: WritersLock) -> Self {
        match (connection, lock) {
            (Connection::Sqlite(_), _) | (Connection::Postgres(_), WritersLock::Shared) if jobs == 1 => {
                Self::Own
            }
            (Connection::Sqlite(_) | Connection::Postgres(_), _) => Self::Shared,
        }
    }
}

/// A job in the queue, its types erased: only its caller knows them.
pub(in crate::db) trait Job: Send {
    /// Runs the work and stores its outcome in place of an earlier attempt's. Returns whether it succeeded. A failed job in a
    /// shared transaction is rolled back to its savepoint.
    fn run(&mut self, connection: &mut Connection, transaction: Transaction) -> bool;
    /// Calls back with the outcome, after the end of the batch is known.
    fn finish(self: Box<Self>, committed: Result<(), NotCommitted>);
    /// Calls back with the reason why the job was not begun.
    fn refuse(self: Box<Self>, reason: StoreFault);
}

/// Why a batch was not committed.
#[derive(Clone)]
pub(in crate::db) enum NotCommitted {
    /// It was rolled back.
    RolledBack(String),
    /// It was rolled back, as a lock was not given in time.
    LockTimeout(String),
    /// The commit failed or had no answer: the batch may have been committed or not.
    Unknown(Arc<diesel::result::Error>),
}

impl From<NotCommitted> for StoreFault {
    fn from(reason: NotCommitted) -> Self {
        match reason {
            NotCommitted::RolledBack(reason) => Self::Unavailable(reason),
            NotCommitted::LockTimeout(reason) => Self::LockTimeout(reason),
            NotCommitted::Unknown(error) => Self::Commit(error),
        }
    }
}

/// A job with its callback.
pub(in crate::db) struct Call<T, F: From<StoreFault>, W, N: FnOnce(Result<T, F>)> {
    /// None after the job has ended: what the work owns is dropped before the callback runs.
    work: Option<W>,
    outcome: Option<Result<T, F>>,
    /// None after it was called.
    callback: Option<N>,
}

impl<T, F, W, N> Call<T, F, W, N>
where
    F: From<StoreFault>,
    N: FnOnce(Result<T, F>),
{
    pub(in crate::db) const fn new(work: W, callback: N) -> Self {
        Self { work: Some(work), outcome: None, callback: Some(callback) }
    }

    fn call_back(&mut self, outcome: Result<T, F>) {
        // First, as the callback may rely on it that what the work owns was released.
        self.work = None;
        if let Some(callback) = self.callback.take() {
            callback(outcome);
        }
    }
}

/// A job that is dropped before it ran, as after the end of the writer's thread, is refused, so that its caller does not wait forever.
impl<T, F, W, N> Drop for Call<T, F, W, N>
where
    F: From<StoreFault>,
    N: FnOnce(Result<T, F>),
{
    fn drop(&mut self) {
        self.call_back(Err(StoreFault::Closed.into()));
    }
}

impl<T, F, W, N> Job for Call<T, F, W, N>
where
    T: Send,
    F: From<StoreFault> + Send,
    W: Fn(&mut Connection) -> Result<T, F> + Send,
    N: FnOnce(Result<T, F>) + Send,
{
    fn run(&mut self, connection: &mut Connection, transaction: Transaction) -> bool {
        let Some(work) = &self.work else { return false };
        let outcome = match transaction {
            Transaction::Shared => in_savepoint(connection, work),
            Transaction::Own => run_caught(connection, work),
        };
        let succeeded = outcome.is_ok();
        self.outcome = Some(outcome);
        succeeded
    }

    fn finish(mut self: Box<Self>, committed: Result<(), NotCommitted>) {
        let outcome = match (self.outcome.take(), committed) {
            // The job's own fault stands unless the batch was rolled back: the job may have met the batch's fault then.
            (Some(Err(fault)), Ok(()) | Err(NotCommitted::Unknown(_))) => Err(fault),
            (_, Err(reason)) => Err(StoreFault::from(reason).into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreFault::Closed.into()),
        };
        self.call_back(outcome);
    }

    fn refuse(mut self: Box<Self>, reason: StoreFault) {
        self.call_back(Err(reason.into()));
    }
}

/// Why a savepoint was rolled back: the job's fault, or the database's as the job's type of fault. diesel's `transaction` asks for
/// this conversion from its own error, which `F` does not have.
struct SavepointFault<F>(F);

impl<F: From<StoreFault>> From<diesel::result::Error> for SavepointFault<F> {
    fn from(error: diesel::result::Error) -> Self {
        Self(StoreFault::from(error).into())
    }
}

fn in_savepoint<T, F: From<StoreFault>>(
    connection: &mut Connection,
    work: &impl Fn(&mut Connection) -> Result<T, F>,
) -> Result<T, F> {
    let done = connection.transaction(|connection| run_caught(connection, work).map_err(SavepointFault));
    done.map_err(|SavepointFault(fault)| fault)
}

/// Runs the work and catches its panic, which is a fault of this job alone.
fn run_caught<T, F: From<StoreFault>>(
    connection: &mut Connection,
    work: &impl Fn(&mut Connection) -> Result<T, F>,
) -> Result<T, F> {
    // The panic may leave savepoints of the work itself open. The writer's own, below this depth, must stay.
    let depth = connection.depth();
    let outcome = catch_unwind(AssertUnwindSafe(|| work(connection)));
    outcome.unwrap_or_else(|_| {
        roll_back_to(connection, depth);
        Err(StoreFault::Panicked.into())
    })
}

/// Rolls back the savepoints that a panic left open.
fn roll_back_to(connection: &mut Connection, outer: u32) {
    while connection.depth() > outer && connection.roll_back().is_ok() {}
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn the_caller_of_a_dropped_job_is_refused() {
        let (sender, receiver) = sync_channel(1);
        let work = |_: &mut Connection| Ok::<_, StoreFault>(());
        drop(Call::new(work, move |outcome: Result<(), StoreFault>| drop(sender.send(outcome))));
        assert!(matches!(receiver.recv().unwrap(), Err(StoreFault::Closed)));
    }
}
