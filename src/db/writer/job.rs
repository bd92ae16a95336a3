//! A job of the writer: work in a transaction, and whoever is told what came of it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use diesel::Connection as _;

use crate::db::{Connection, StoreFault};

/// Whose transaction a job works in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transaction {
    /// That of others too: it works behind a savepoint.
    Shared,
    /// Its own. SQLite would write what a page was before to a file, for a savepoint that nobody needs.
    Own,
}

impl Transaction {
    /// That of a group of so many. A server's transaction is shared even by one: where a job hides that a statement failed, the
    /// server answers the commit by rolling back, without an error; the end of a savepoint is refused.
    pub(super) const fn of(jobs: usize, connection: &Connection) -> Self {
        match connection {
            Connection::Sqlite(_) if jobs == 1 => Self::Own,
            Connection::Sqlite(_) | Connection::Postgres(_) => Self::Shared,
        }
    }
}

/// A job whose types only its caller knows.
pub(super) trait Job: Send {
    /// Does the work and keeps the outcome, in the place of an earlier one; whether it succeeded. What it did is taken back
    /// where it failed, if others share the transaction.
    fn run(&mut self, connection: &mut Connection, transaction: Transaction) -> bool;
    /// Tells the caller, once it is known whether the group was committed.
    fn finish(self: Box<Self>, committed: Result<(), NotCommitted>);
    /// Tells the caller that it was not even begun.
    fn refuse(self: Box<Self>, reason: StoreFault);
}

/// Why a group was not committed.
#[derive(Clone)]
pub(super) enum NotCommitted {
    /// It was taken back.
    TakenBack(String),
    /// The commit failed, or was not answered.
    Unknown(Arc<diesel::result::Error>),
}

impl From<NotCommitted> for StoreFault {
    fn from(reason: NotCommitted) -> Self {
        match reason {
            NotCommitted::TakenBack(reason) => Self::Unavailable(reason),
            NotCommitted::Unknown(error) => Self::Commit(error),
        }
    }
}

/// A job, and whom to tell.
pub(super) struct Call<T, F: From<StoreFault>, W, N: FnOnce(Result<T, F>)> {
    /// None once it is over: whatever the work holds is gone before anybody is told.
    work: Option<W>,
    outcome: Option<Result<T, F>>,
    /// None once it was told.
    then: Option<N>,
}

impl<T, F, W, N> Call<T, F, W, N>
where
    F: From<StoreFault>,
    N: FnOnce(Result<T, F>),
{
    pub(super) const fn new(work: W, then: N) -> Self {
        Self { work: Some(work), outcome: None, then: Some(then) }
    }

    fn tell(&mut self, outcome: Result<T, F>) {
        self.work = None;
        if let Some(then) = self.then.take() {
            then(outcome);
        }
    }
}

/// Whoever waits is told in any case: also where the writer's thread ended and nobody will do the job.
impl<T, F, W, N> Drop for Call<T, F, W, N>
where
    F: From<StoreFault>,
    N: FnOnce(Result<T, F>),
{
    fn drop(&mut self) {
        self.tell(Err(StoreFault::Closed.into()));
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
            Transaction::Own => caught(connection, work),
        };
        let succeeded = outcome.is_ok();
        self.outcome = Some(outcome);
        succeeded
    }

    fn finish(mut self: Box<Self>, committed: Result<(), NotCommitted>) {
        let outcome = match (self.outcome.take(), committed) {
            // What a job met in a group that was taken back may have been the group's fault.
            (Some(Err(fault)), Ok(()) | Err(NotCommitted::Unknown(_))) => Err(fault),
            (_, Err(reason)) => Err(StoreFault::from(reason).into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreFault::Closed.into()),
        };
        self.tell(outcome);
    }

    fn refuse(mut self: Box<Self>, reason: StoreFault) {
        self.tell(Err(reason.into()));
    }
}

/// Why a savepoint was rolled back: the job's fault, or the database's in its terms.
struct RolledBack<F>(F);

impl<F: From<StoreFault>> From<diesel::result::Error> for RolledBack<F> {
    fn from(error: diesel::result::Error) -> Self {
        Self(StoreFault::from(error).into())
    }
}

fn in_savepoint<T, F: From<StoreFault>>(
    connection: &mut Connection,
    work: &impl Fn(&mut Connection) -> Result<T, F>,
) -> Result<T, F> {
    let done = connection.transaction(|connection| caught(connection, work).map_err(RolledBack));
    done.map_err(|RolledBack(fault)| fault)
}

/// Does the work; a panic is a fault of it alone.
fn caught<T, F: From<StoreFault>>(
    connection: &mut Connection,
    work: &impl Fn(&mut Connection) -> Result<T, F>,
) -> Result<T, F> {
    let depth = connection.depth();
    let outcome = catch_unwind(AssertUnwindSafe(|| work(connection)));
    outcome.unwrap_or_else(|_| {
        roll_back_to(connection, depth);
        Err(StoreFault::Panicked.into())
    })
}

/// Closes the savepoints that a panic left open.
fn roll_back_to(connection: &mut Connection, outer: u32) {
    while connection.depth() > outer && connection.roll_back().is_ok() {}
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn the_caller_of_a_dropped_job_is_refused() {
        let (tell, told) = sync_channel(1);
        let work = |_: &mut Connection| Ok::<_, StoreFault>(());
        drop(Call::new(work, move |outcome: Result<(), StoreFault>| drop(tell.send(outcome))));
        assert!(matches!(told.recv().unwrap(), Err(StoreFault::Closed)));
    }
}
