//! The writer: one thread that commits waiting jobs together.
//!
//! A commit waits for the disk; a hundred jobs that share one wait once. Each job has a savepoint, so a job that
//! fails takes back only what is its own, and no caller hears of a success before the commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use diesel::{
    Connection as _,
    connection::{AnsiTransactionManager, TransactionManager},
};

use super::{
    Connection, OpenFault, StoreFault,
    bell::{self, Bell},
    connection::Location,
};
use crate::metrics::StoreMeter;

/// As many jobs as share one commit.
const GROUP: usize = 100;
/// As many jobs as may wait; above that the store says that it is busy.
const QUEUE: usize = 1_000;

/// The store, open; clones share it. The last one to go closes it.
#[derive(Clone)]
pub struct Store(Arc<Open>);

struct Open {
    location: Location,
    queue: RwLock<Option<SyncSender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    reader: Mutex<Connection>,
    bell: Bell,
    meter: StoreMeter,
}

impl Store {
    /// Opens the database, creates it if need be, and brings its tables to this version.
    ///
    /// # Errors
    /// When the URL is not supported, the database cannot be opened, or it is from a newer version of this program.
    pub fn open(url: &str) -> Result<Self, OpenFault> {
        let location = Location::parse(url)?;
        let connection = location.open_writer()?;
        let reader = Mutex::new(location.open_reader()?);
        let (sender, receiver) = sync_channel(QUEUE);
        let (bell, meter) = (Bell::default(), StoreMeter::new(QUEUE));
        let writer =
            Writer { location: location.clone(), connection, bell: bell.clone(), meter: meter.clone() };
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let thread = thread.spawn(move || writer.serve(&receiver)).map_err(OpenFault::Thread)?;
        let (queue, writer) = (RwLock::new(Some(sender)), Mutex::new(Some(thread)));
        Ok(Self(Arc::new(Open { location, queue, writer, reader, bell, meter })))
    }

    /// Does a job in a transaction of its own, and returns once it is on the disk.
    ///
    /// # Errors
    /// The job's own fault, after which nothing of it is kept; or that the store is busy, closed or failed to commit.
    pub fn transact<T, F, W>(&self, work: W) -> Result<T, F>
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        let (answer, outcome) = sync_channel(1);
        let call = Call { work: Some(work), outcome: None, answer };
        let queue = self.0.queue.read().unwrap_or_else(PoisonError::into_inner).clone();
        let queue = queue.ok_or(StoreFault::Closed)?;
        // Counted first: the writer may take it before this thread goes on.
        self.0.meter.enqueued();
        queue.try_send(Box::new(call)).map_err(|error| {
            self.0.meter.not_enqueued();
            match error {
                TrySendError::Full(_) => StoreFault::Busy,
                TrySendError::Disconnected(_) => StoreFault::Closed,
            }
        })?;
        outcome.recv().unwrap_or_else(|_| Err(StoreFault::Closed.into()))
    }

    /// Reads one consistent state of the database, without waiting for the writer; writing is refused.
    ///
    /// # Errors
    /// The work's own fault, or the database's.
    pub fn read<T, F: From<StoreFault>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, F>,
    ) -> Result<T, F> {
        let mut reader = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if is_unusable(&mut reader) {
            *reader = self.0.location.open_reader().map_err(StoreFault::from)?;
        }
        let mut outcome = None;
        let closed = reader.transaction(|connection| {
            outcome = Some(work(connection));
            Ok::<_, diesel::result::Error>(())
        });
        closed.map_err(StoreFault::from)?;
        outcome.unwrap_or_else(|| Err(StoreFault::Closed.into()))
    }

    /// Rung when a message was put into the outbox and committed.
    pub fn outbox_bell(&self) -> &Bell {
        &self.0.bell
    }

    /// What it counts: its queue, its groups, its faults.
    pub fn meter(&self) -> &StoreMeter {
        &self.0.meter
    }

    /// Finishes the jobs that were accepted, then closes. Later jobs are refused.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Open {
    fn close(&self) {
        drop(self.queue.write().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last clone may go in a job, on the writer's own thread: that one cannot wait for itself.
        if let Some(writer) = writer.filter(|writer| writer.thread().id() != std::thread::current().id())
            && writer.join().is_err()
        {
            tracing::error!("the store's writer panicked");
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.close();
    }
}

/// A job whose types only its caller knows.
trait Job: Send {
    /// Does the work in a savepoint and keeps the outcome.
    fn run(&mut self, connection: &mut Connection);
    /// Tells the caller, once it is known whether the group was committed.
    fn finish(self: Box<Self>, committed: Result<(), Arc<diesel::result::Error>>);
}

struct Call<T, F, W> {
    work: Option<W>,
    outcome: Option<Result<T, F>>,
    answer: SyncSender<Result<T, F>>,
}

impl<T, F, W> Job for Call<T, F, W>
where
    T: Send,
    F: From<StoreFault> + Send,
    W: FnOnce(&mut Connection) -> Result<T, F> + Send,
{
    fn run(&mut self, connection: &mut Connection) {
        self.outcome = self.work.take().map(|work| in_savepoint(connection, work));
    }

    fn finish(self: Box<Self>, committed: Result<(), Arc<diesel::result::Error>>) {
        let outcome = match (self.outcome, committed) {
            (Some(Err(fault)), _) => Err(fault),
            (_, Err(error)) => Err(StoreFault::Commit(error).into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreFault::Closed.into()),
        };
        // A caller that no longer waits does not need to know.
        drop(self.answer.send(outcome));
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
    work: impl FnOnce(&mut Connection) -> Result<T, F>,
) -> Result<T, F> {
    let done = connection.transaction(|connection| {
        let depth = depth(connection);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(connection)));
        let outcome = outcome.unwrap_or_else(|_| {
            roll_back_to(connection, depth);
            Err(StoreFault::Panicked.into())
        });
        outcome.map_err(RolledBack)
    });
    done.map_err(|RolledBack(fault)| fault)
}

fn depth(connection: &mut Connection) -> u32 {
    let status = AnsiTransactionManager::transaction_manager_status_mut(connection).transaction_depth();
    status.ok().flatten().map_or(0, std::num::NonZeroU32::get)
}

/// Closes the savepoints that a panic left open.
fn roll_back_to(connection: &mut Connection, outer: u32) {
    while depth(connection) > outer && AnsiTransactionManager::rollback_transaction(connection).is_ok() {}
}

/// Between transactions: whether one was left open or lost.
fn is_unusable(connection: &mut Connection) -> bool {
    AnsiTransactionManager::is_broken_transaction_manager(connection)
}

struct Writer {
    location: Location,
    connection: Connection,
    bell: Bell,
    meter: StoreMeter,
}

impl Writer {
    /// Ends when every sender is gone and the queue is empty.
    fn serve(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            let waiting = queue.try_iter().take(GROUP - 1);
            let group = std::iter::once(first).chain(waiting).collect::<Vec<_>>();
            self.meter.group(group.len());
            self.commit(group);
        }
    }

    fn commit(&mut self, mut group: Vec<Box<dyn Job>>) {
        let committed = self.connection.immediate_transaction(|connection| {
            group.iter_mut().for_each(|job| job.run(connection));
            Ok::<_, diesel::result::Error>(())
        });
        let committed = committed.map_err(Arc::new);
        for job in group {
            job.finish(committed.clone());
        }
        if bell::take_queued() {
            self.bell.ring();
        }
        if is_unusable(&mut self.connection) {
            self.reopen();
        }
    }

    fn reopen(&mut self) {
        match self.location.open_writer() {
            Ok(connection) => self.connection = connection,
            Err(fault) => tracing::error!(%fault, "the store lost its connection"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;
    use crate::store::{
        find_user,
        testing::{TempStore, user, user_id},
        user as users,
    };

    fn add(last: u8) -> impl FnOnce(&mut Connection) -> Result<(), StoreFault> + Send + 'static {
        move |connection| users::replace(connection, &[user(last)])
    }

    fn holds(store: &Store, last: u8) -> bool {
        store.read(|connection| find_user(connection, user_id(last))).unwrap().is_some()
    }

    type Job<T> = Box<dyn FnOnce(&mut Connection) -> Result<T, StoreFault> + Send>;

    /// Holds the writer back until all these jobs wait, in this order; then they are one group.
    fn as_one_group<T: Send + 'static>(store: &Store, jobs: Vec<Job<T>>) -> Vec<Result<T, StoreFault>> {
        let (release, gate) = mpsc::channel::<()>();
        let (entered, is_in) = mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(|| {
                store.transact(move |_| {
                    entered.send(()).unwrap();
                    gate.recv().map_err(|_| StoreFault::Closed)
                })
            });
            is_in.recv().unwrap();
            let queue = store.0.queue.read().unwrap().clone().unwrap();
            let outcomes = jobs.into_iter().map(|work| {
                let (answer, outcome) = sync_channel(1);
                let call = Call { work: Some(work), outcome: None, answer };
                assert!(queue.try_send(Box::new(call)).is_ok());
                outcome
            });
            let outcomes = outcomes.collect::<Vec<_>>();
            release.send(()).unwrap();
            outcomes.into_iter().map(|outcome| outcome.recv().unwrap()).collect()
        })
    }

    #[test]
    fn a_job_is_on_the_disk_before_its_caller_hears_of_it() {
        let temp = TempStore::new();
        temp.transact(add(1)).unwrap();
        assert!(holds(&temp.store, 1));
    }

    #[test]
    fn waiting_jobs_share_one_commit_and_run_in_order() {
        let temp = TempStore::new();
        let outside = temp.store.clone();
        let job = move |last: u8| {
            let outside = outside.clone();
            let job: Job<(usize, bool)> = Box::new(move |connection| {
                add(last)(connection)?;
                let inside = users::all(connection)?.len();
                Ok((inside, (1..=50).any(|any| holds(&outside, any))))
            });
            job
        };
        let seen = as_one_group(&temp.store, (1..=50).map(job).collect());
        let seen = seen.into_iter().map(Result::unwrap).collect::<Vec<_>>();
        let expected = (1..=50).map(|number| (number, false)).collect::<Vec<_>>();
        assert_eq!(seen, expected, "each sees the jobs before it; nobody outside sees any before the commit");
        assert!((1..=50).all(|last| holds(&temp.store, last)));
    }

    #[test]
    fn a_job_that_fails_takes_back_only_its_own() {
        let temp = TempStore::new();
        let fails: Job<()> = Box::new(|connection| {
            add(2)(connection)?;
            Err(StoreFault::NoDevice(user_id(9)))
        });
        let outcomes = as_one_group(&temp.store, vec![Box::new(add(1)), fails, Box::new(add(3))]);
        assert!(matches!(outcomes[..], [Ok(()), Err(StoreFault::NoDevice(_)), Ok(())]), "{outcomes:?}");
        assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [true, false, true]);
    }

    #[test]
    fn a_job_that_panics_takes_back_only_its_own() {
        let temp = TempStore::new();
        let panics: Job<()> = Box::new(|connection| {
            add(2)(connection)?;
            connection.transaction::<(), StoreFault, _>(|connection| {
                add(4)(connection)?;
                panic!("a job for the test")
            })
        });
        let outcomes = as_one_group(&temp.store, vec![Box::new(add(1)), panics, Box::new(add(3))]);
        assert!(matches!(outcomes[..], [Ok(()), Err(StoreFault::Panicked), Ok(())]), "{outcomes:?}");
        assert_eq!([1, 2, 3, 4].map(|last| holds(&temp.store, last)), [true, false, true, false]);
        temp.transact(add(5)).unwrap();
        assert!(holds(&temp.store, 5));
    }

    #[test]
    fn a_commit_that_fails_fails_the_whole_group() {
        use diesel::connection::SimpleConnection;
        let temp = TempStore::new();
        let orphanage = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
            CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)";
        temp.transact(move |connection| Ok(connection.batch_execute(orphanage)?)).unwrap();
        let orphan: Job<()> =
            Box::new(|connection| Ok(connection.batch_execute("INSERT INTO child VALUES (1)")?));
        let outcomes = as_one_group(&temp.store, vec![Box::new(add(1)), orphan]);
        assert!(matches!(outcomes[..], [Err(StoreFault::Commit(_)), Err(StoreFault::Commit(_))]));
        assert!(!holds(&temp.store, 1));
        temp.transact(add(2)).unwrap();
        assert!(holds(&temp.store, 2));
    }

    #[test]
    fn closing_finishes_what_was_accepted_and_refuses_the_rest() {
        let temp = TempStore::new();
        let closing = temp.store.clone();
        let close: Job<()> = Box::new(move |_| {
            drop(closing.0.queue.write().unwrap().take());
            Ok(())
        });
        let outcomes = as_one_group(&temp.store, vec![close, Box::new(add(1))]);
        assert!(matches!(outcomes[..], [Ok(()), Ok(())]));
        temp.store.close();
        temp.store.close();
        assert!(matches!(temp.transact(add(2)), Err(StoreFault::Closed)));
        assert_eq!([1, 2].map(|last| holds(&temp.store, last)), [true, false]);
    }

    #[test]
    fn a_full_queue_is_busy() {
        let temp = TempStore::new();
        let store = temp.store.clone();
        let fill: Job<bool> = Box::new(move |_| {
            let queue = store.0.queue.read().unwrap().clone().unwrap();
            let idle = || {
                let (answer, _) = sync_channel::<Result<(), StoreFault>>(1);
                Call { work: Some(|_: &mut Connection| Ok(())), outcome: None, answer }
            };
            while queue.try_send(Box::new(idle())).is_ok() {}
            Ok(matches!(store.transact::<(), _, _>(|_| Ok(())), Err(StoreFault::Busy)))
        });
        assert!(temp.store.transact(fill).unwrap());
        // The idle jobs had nobody waiting; the writer still serves.
        while matches!(temp.transact(add(1)), Err(StoreFault::Busy)) {}
        assert!(holds(&temp.store, 1));
    }

    #[test]
    fn a_reader_cannot_write_and_survives_a_panic() {
        let temp = TempStore::new();
        assert!(matches!(temp.store.read(add(1)), Err(StoreFault::Database(_))));
        let store = temp.store.clone();
        let panicked =
            thread::spawn(move || store.read::<(), StoreFault>(|_| panic!("a reader for the test")));
        assert!(panicked.join().is_err());
        assert!(!holds(&temp.store, 1));
    }
}
