//! The writer: one thread that commits waiting jobs together.
//!
//! A commit waits for the disk; a hundred jobs that share one wait once. Each job has a savepoint, so a job that
//! fails takes back only what is its own, and no caller hears of a success before the commit.
//!
//! A group that meets a passing fault, such as a connection that was lost, is taken back whole and done again, a few
//! times. Only where the connection is lost while the commit is on its way does nobody know whether it came about.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use diesel::Connection as _;

use super::{
    Connection, OpenFault, StoreFault,
    bell::{self, Bell},
    connection::{Location, StoreOptions},
    passing::{Watch, is_lost, may_pass},
    readers::Readers,
};
use crate::{clock::Stopwatch, metrics::StoreMeter};

/// As many jobs as share one commit.
const GROUP: usize = 100;
/// As many jobs as may wait; above that the store says that it is busy.
const QUEUE: usize = 1_000;
/// How often a group is tried that meets passing faults.
const TRIES: u32 = 3;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// So long after a group that was not committed it is doubted that the next will be.
const DOUBT: Duration = Duration::from_secs(5);

/// When the last group was done, if it was not committed.
type Failed = Arc<Mutex<Option<Stopwatch>>>;

/// The store, open; clones share it. The last one to go closes it.
#[derive(Clone)]
pub struct Store(Arc<Open>);

struct Open {
    location: Location,
    queue: RwLock<Option<SyncSender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    bell: Bell,
    failed: Failed,
    meter: StoreMeter,
}

impl Store {
    /// Opens the database, creates it if need be, and brings its tables to this version.
    ///
    /// # Errors
    /// When the URL is not supported, the database cannot be opened, or it is from a newer version of this program.
    pub fn open(url: &str) -> Result<Self, OpenFault> {
        Self::open_with(url, StoreOptions::default())
    }

    /// The same, with other readers and another timeout.
    ///
    /// # Errors
    /// The same.
    pub fn open_with(url: &str, options: StoreOptions) -> Result<Self, OpenFault> {
        let location = Location::parse(url, options.timeout)?;
        let connection = location.open_writer()?;
        let readers = Readers::open(location.clone(), options)?;
        let (sender, receiver) = sync_channel(QUEUE);
        let (bell, meter) = (Bell::default(), StoreMeter::new(QUEUE));
        let writer = Writer::new(location.clone(), connection, bell.clone(), meter.clone());
        let failed = writer.failed.clone();
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let thread = thread.spawn(move || writer.serve(&receiver)).map_err(OpenFault::Thread)?;
        let (queue, writer) = (RwLock::new(Some(sender)), Mutex::new(Some(thread)));
        Ok(Self(Arc::new(Open { location, queue, writer, readers, bell, failed, meter })))
    }

    /// Does a job in a transaction of its own, and returns once it is on the disk. It may be done several times until
    /// then, each time as if it were the first.
    ///
    /// # Errors
    /// The job's own fault, after which nothing of it is kept; or that the store is busy, closed or failed to commit.
    pub fn transact<T, F, W>(&self, work: W) -> Result<T, F>
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        let (tell, outcome) = sync_channel(1);
        // A caller that no longer waits does not need to know.
        self.submit(work, move |outcome| drop(tell.send(outcome)));
        outcome.recv().unwrap_or_else(|_| Err(StoreFault::Closed.into()))
    }

    /// Has such a job done without waiting for it. `then` is told what `transact` would return, once, mostly by the
    /// writer's thread: it must not block. Whatever `work` holds is gone by then.
    pub fn submit<T, F, W>(&self, work: W, then: impl FnOnce(Result<T, F>) + Send + 'static)
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        let call = Box::new(Call { work, outcome: None, then });
        let queue = self.0.queue.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(queue) = queue else { return call.refuse(StoreFault::Closed) };
        // Counted first: the writer may take it before this thread goes on.
        self.0.meter.enqueued();
        if let Err(error) = queue.try_send(call) {
            self.0.meter.not_enqueued();
            match error {
                TrySendError::Full(call) => call.refuse(StoreFault::Busy),
                TrySendError::Disconnected(call) => call.refuse(StoreFault::Closed),
            }
        }
    }

    /// Reads one consistent state of the database, without waiting for the writer; writing is refused.
    ///
    /// # Errors
    /// The work's own fault, or the database's.
    pub fn read<T, F: From<StoreFault>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, F>,
    ) -> Result<T, F> {
        self.0.location.stands().map_err(StoreFault::from)?;
        let mut reader = self.0.readers.take()?;
        reader.begin_reading().map_err(StoreFault::from)?;
        let outcome = work(&mut reader)?;
        reader.roll_back().map_err(StoreFault::from)?;
        Ok(outcome)
    }

    /// Whether it takes what is written, as far as is known: a disk that is full can be read, but nobody can be answered.
    pub fn is_writable(&self) -> bool {
        let failed = *self.0.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_none_or(|at| at.elapsed() > DOUBT)
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

    pub(super) fn location(&self) -> &Location {
        &self.0.location
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

/// Whose transaction a job works in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transaction {
    /// That of others too: it works behind a savepoint.
    Shared,
    /// Its own. SQLite would write what a page was before to a file, for a savepoint that nobody needs.
    Own,
}

/// A job whose types only its caller knows.
trait Job: Send {
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
enum NotCommitted {
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

struct Call<T, F, W, N> {
    work: W,
    outcome: Option<Result<T, F>>,
    then: N,
}

impl<T, F, W, N> Job for Call<T, F, W, N>
where
    T: Send,
    F: From<StoreFault> + Send,
    W: Fn(&mut Connection) -> Result<T, F> + Send,
    N: FnOnce(Result<T, F>) + Send,
{
    fn run(&mut self, connection: &mut Connection, transaction: Transaction) -> bool {
        let outcome = match transaction {
            Transaction::Shared => in_savepoint(connection, &self.work),
            Transaction::Own => caught(connection, &self.work),
        };
        let succeeded = outcome.is_ok();
        self.outcome = Some(outcome);
        succeeded
    }

    fn finish(self: Box<Self>, committed: Result<(), NotCommitted>) {
        let Self { work, outcome, then } = *self;
        drop(work);
        then(match (outcome, committed) {
            // What a job met in a group that was taken back may have been the group's fault.
            (Some(Err(fault)), Ok(()) | Err(NotCommitted::Unknown(_))) => Err(fault),
            (_, Err(reason)) => Err(StoreFault::from(reason).into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreFault::Closed.into()),
        });
    }

    fn refuse(self: Box<Self>, reason: StoreFault) {
        let Self { work, outcome: _, then } = *self;
        drop(work);
        then(Err(reason.into()));
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
    work: impl Fn(&mut Connection) -> Result<T, F>,
) -> Result<T, F> {
    let done = connection.transaction(|connection| caught(connection, &work).map_err(RolledBack));
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

/// What came of one try.
enum Tried {
    Done(Result<(), NotCommitted>),
    /// It was taken back, and the next try may succeed: why.
    Again(String),
}

struct Writer {
    location: Location,
    /// None after it was lost.
    connection: Option<Connection>,
    watch: Watch,
    bell: Bell,
    failed: Failed,
    meter: StoreMeter,
}

impl Writer {
    fn new(location: Location, connection: Connection, bell: Bell, meter: StoreMeter) -> Self {
        let mut writer = Self {
            location,
            connection: None,
            watch: Watch::default(),
            bell,
            failed: Failed::default(),
            meter,
        };
        writer.keep(connection);
        writer
    }

    fn keep(&mut self, mut connection: Connection) {
        connection.set_instrumentation(self.watch.clone());
        self.connection = Some(connection);
    }

    /// Ends when every sender is gone and the queue is empty.
    fn serve(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            let waiting = queue.try_iter().take(GROUP - 1);
            let mut group = std::iter::once(first).chain(waiting).collect::<Vec<_>>();
            self.meter.group(group.len());
            let committed = self.commit(&mut group);
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) =
                committed.is_err().then(Stopwatch::start);
            for job in group {
                job.finish(committed.clone());
            }
            if bell::take_queued() && committed.is_ok() {
                self.bell.ring();
            }
        }
    }

    fn commit(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), NotCommitted> {
        let mut tries = 0;
        loop {
            tries += 1;
            let tried = self.try_once(group);
            if self.connection.as_mut().is_some_and(Connection::is_unusable) {
                self.connection = None;
            }
            match tried {
                Tried::Done(committed) => return committed,
                Tried::Again(reason) if tries == TRIES => return Err(NotCommitted::TakenBack(reason)),
                Tried::Again(reason) => {
                    tracing::warn!(reason, tries, "what was to be stored is tried again");
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// That nothing is told to be done which only a file that was moved away knows.
    fn stands(&self) -> Result<(), NotCommitted> {
        self.location.stands_with_log().map_err(|fault| NotCommitted::TakenBack(fault.to_string()))
    }

    fn try_once(&mut self, group: &mut [Box<dyn Job>]) -> Tried {
        if self.connection.is_some()
            && let Err(reason) = self.stands()
        {
            return Tried::Done(Err(reason));
        }
        if self.connection.is_none() {
            match self.location.reopen_writer() {
                Ok(connection) => self.keep(connection),
                Err(fault) => return Tried::Done(Err(NotCommitted::TakenBack(fault.to_string()))),
            }
        }
        let Some(connection) = &mut self.connection else { return Tried::Again(String::new()) };
        if let Err(error) = connection.begin_writing() {
            self.connection = None;
            // Whoever waited for the turn as long as it may has waited long enough.
            let reason = error.to_string();
            let lost = is_lost(&error);
            return if lost {
                Tried::Again(reason)
            } else {
                Tried::Done(Err(NotCommitted::TakenBack(reason)))
            };
        }
        bell::take_queued();
        self.watch.take();
        let transaction = if group.len() == 1 { Transaction::Own } else { Transaction::Shared };
        for job in &mut *group {
            let succeeded = job.run(connection, transaction);
            if let Some(reason) = self.watch.take() {
                // A connection that was lost has nothing to take back; it is replaced.
                drop(connection.roll_back());
                return Tried::Again(reason);
            }
            if !succeeded && transaction == Transaction::Own {
                // A connection that cannot even take it back is replaced. The job's fault stands.
                drop(connection.roll_back());
                return Tried::Done(Ok(()));
            }
        }
        match connection.commit() {
            Ok(()) => Tried::Done(self.stands()),
            Err(error) if may_pass(&error) && !is_lost(&error) => Tried::Again(error.to_string()),
            Err(error) => Tried::Done(Err(NotCommitted::Unknown(Arc::new(error)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            atomic::{AtomicUsize, Ordering},
            mpsc,
        },
        thread,
    };

    use diesel::RunQueryDsl as _;

    use super::*;
    use crate::store::{
        find_user,
        testing::{TempStore, user, user_id},
        user as users,
    };

    fn add(last: u8) -> impl Fn(&mut Connection) -> Result<(), StoreFault> + Send + 'static {
        move |connection| users::replace(connection, &[user(last)])
    }

    fn holds(store: &Store, last: u8) -> bool {
        store.read(|connection| find_user(connection, user_id(last))).unwrap().is_some()
    }

    type Job<T> = Box<dyn Fn(&mut Connection) -> Result<T, StoreFault> + Send>;

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
                let then = move |outcome| drop(answer.send(outcome));
                let call = Call { work, outcome: None, then };
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

    /// SQLite takes back the whole transaction where the disk is full; what a job would do after that would be committed
    /// on its own.
    #[test]
    fn a_job_that_fills_the_disk_takes_the_whole_group_with_it() {
        use diesel::connection::SimpleConnection;
        let temp = TempStore::new();
        if matches!(temp.store.location(), Location::Postgres(_)) {
            return;
        }
        let fills: Job<()> = Box::new(|connection| {
            add(2)(connection)?;
            let fill = "PRAGMA max_page_count = 1; CREATE TABLE filler (bytes BLOB); \
                INSERT INTO filler VALUES (zeroblob(10000000))";
            Ok(connection.batch_execute(fill)?)
        });
        let outcomes = as_one_group(&temp.store, vec![Box::new(add(1)), fills, Box::new(add(3))]);
        assert!(
            outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(StoreFault::is_passing)),
            "{outcomes:?}"
        );
        assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [false; 3]);
        assert!(!temp.store.is_writable());
        temp.transact(add(5)).unwrap();
        assert!(holds(&temp.store, 5) && temp.store.is_writable());
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
            let idle = || Call {
                work: |_: &mut Connection| Ok(()),
                outcome: None,
                then: |_: Result<(), StoreFault>| (),
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
    fn a_reader_sees_one_state_whatever_is_written_meanwhile() {
        let temp = TempStore::new();
        let count = |connection: &mut Connection| users::all(connection).map(|users| users.len());
        let seen = temp.store.read(|connection| {
            let before = count(connection)?;
            temp.transact(add(1))?;
            Ok::<_, StoreFault>((before, count(connection)?))
        });
        assert_eq!(seen.unwrap(), (0, 0));
        assert!(holds(&temp.store, 1));
    }

    #[test]
    fn a_job_that_hides_a_fault_of_the_database_harms_no_other() {
        let temp = TempStore::new();
        let hides: Job<()> = Box::new(|connection| {
            drop(diesel::sql_query("SELECT nothing FROM nowhere").execute(connection));
            Ok(())
        });
        let outcomes = as_one_group(&temp.store, vec![Box::new(add(1)), hides, Box::new(add(2))]);
        assert!(matches!((&outcomes[0], &outcomes[2]), (Ok(()), Ok(()))), "{outcomes:?}");
        assert_eq!([1, 2].map(|last| holds(&temp.store, last)), [true, true]);
    }

    /// What PostgreSQL alone can do to a writer.
    mod on_a_server {
        use diesel::{PgConnection, connection::SimpleConnection as _};

        use super::*;
        use crate::store::any::WRITERS_LOCK;

        fn impatient(temp: &TempStore, milliseconds: u64) -> Store {
            let timeout = Duration::from_millis(milliseconds);
            Store::open_with(&temp.database.url, StoreOptions { timeout, ..StoreOptions::default() }).unwrap()
        }

        fn other(temp: &TempStore) -> PgConnection {
            PgConnection::establish(&temp.database.url).unwrap()
        }

        #[test]
        #[ignore = "needs a PostgreSQL server: tests/run starts one"]
        fn whoever_waits_too_long_for_its_turn_hears_that_it_passes() {
            let temp = TempStore::new();
            let store = impatient(&temp, 100);
            let mut other = other(&temp);
            other.batch_execute(&format!("SELECT pg_advisory_lock({WRITERS_LOCK})")).unwrap();
            let fault = store.transact(add(1)).unwrap_err();
            assert!(
                matches!(&fault, StoreFault::Unavailable(reason) if reason.contains("lock timeout")),
                "{fault}"
            );
            assert!(fault.is_passing());
            assert!(!holds(&store, 1), "reading waits for nobody");
            drop(other);
            store.transact(add(1)).unwrap();
            assert!(holds(&store, 1));
        }

        #[test]
        #[ignore = "needs a PostgreSQL server: tests/run starts one"]
        fn a_group_that_a_deadlock_breaks_is_done_again_whole() {
            let temp = TempStore::new();
            temp.transact(|connection| users::replace(connection, &[user(1), user(2)])).unwrap();
            let lock =
                |last: u8| format!("UPDATE users SET party_name = 'x' WHERE user_id = '{}'", user_id(last));
            let (entered, is_in) = mpsc::channel::<()>();
            let (release, gate) = mpsc::channel::<()>();
            let runs = Arc::new(AtomicUsize::new(0));
            let counted = runs.clone();
            let job: Job<()> = Box::new(move |connection| {
                let is_first = counted.fetch_add(1, Ordering::Relaxed) == 0;
                connection.batch_execute(&lock(1))?;
                if is_first {
                    entered.send(()).unwrap();
                    gate.recv().unwrap();
                }
                // The other one waits for the first row by now, or soon, and holds this one.
                connection.batch_execute(&lock(2))?;
                Ok(())
            });
            thread::scope(|scope| {
                let database = &temp;
                scope.spawn(move || {
                    let mut other = other(database);
                    // The writer is to find the deadlock, and so to be the one that gives way.
                    other.batch_execute("SET deadlock_timeout TO '60s'; BEGIN").unwrap();
                    is_in.recv().unwrap();
                    other.batch_execute(&lock(2)).unwrap();
                    release.send(()).unwrap();
                    other.batch_execute(&lock(1)).unwrap();
                    other.batch_execute("COMMIT").unwrap();
                });
                let outcomes = as_one_group(&temp.store, vec![Box::new(add(3)), job]);
                assert!(matches!(outcomes[..], [Ok(()), Ok(())]), "{outcomes:?}");
            });
            assert_eq!(runs.load(Ordering::Relaxed), 2);
            assert!(holds(&temp.store, 3));
        }

        /// A job that loses its connection, the first times it is run.
        fn loses_its_connection(temp: &TempStore, times: usize) -> (Job<()>, Arc<AtomicUsize>) {
            let url = temp.database.url.clone();
            let runs = Arc::new(AtomicUsize::new(0));
            let counted = runs.clone();
            let job: Job<()> = Box::new(move |connection| {
                if counted.fetch_add(1, Ordering::Relaxed) < times {
                    let end =
                        "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'";
                    PgConnection::establish(&url).unwrap().batch_execute(end).unwrap();
                }
                add(2)(connection)
            });
            (job, runs)
        }

        #[test]
        #[ignore = "needs a PostgreSQL server: tests/run starts one"]
        fn a_group_that_loses_its_connection_is_done_again_on_another() {
            let temp = TempStore::new();
            let (job, runs) = loses_its_connection(&temp, 1);
            let outcomes = as_one_group(&temp.store, vec![Box::new(add(1)), job, Box::new(add(3))]);
            assert!(matches!(outcomes[..], [Ok(()), Ok(()), Ok(())]), "{outcomes:?}");
            assert_eq!(runs.load(Ordering::Relaxed), 2);
            assert!([1, 2, 3].into_iter().all(|last| holds(&temp.store, last)));
        }

        #[test]
        #[ignore = "needs a PostgreSQL server: tests/run starts one"]
        fn a_group_is_not_done_again_forever() {
            let temp = TempStore::new();
            let (job, runs) = loses_its_connection(&temp, usize::MAX);
            let outcomes = as_one_group(&temp.store, vec![Box::new(add(1)), job]);
            let passing =
                |outcome: &Result<_, StoreFault>| matches!(outcome, Err(StoreFault::Unavailable(_)));
            assert!(outcomes.iter().all(passing), "{outcomes:?}");
            assert_eq!(runs.load(Ordering::Relaxed), 3);
            temp.transact(add(3)).unwrap();
            assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [false, false, true]);
        }

        #[test]
        #[ignore = "needs a PostgreSQL server: tests/run starts one"]
        fn a_connection_that_is_lost_in_the_commit_leaves_the_outcome_open() {
            let temp = TempStore::new();
            other(&temp)
                .batch_execute(
                    "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                       $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                     CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
                       FOR EACH ROW EXECUTE FUNCTION die()",
                )
                .unwrap();
            let runs = Arc::new(AtomicUsize::new(0));
            let counted = runs.clone();
            let fault = temp.transact(move |connection| {
                counted.fetch_add(1, Ordering::Relaxed);
                add(1)(connection)
            });
            let fault = fault.unwrap_err();
            assert!(matches!(fault, StoreFault::Commit(_)) && fault.is_passing(), "{fault}");
            assert_eq!(runs.load(Ordering::Relaxed), 1, "what may have been done is not done again");
            other(&temp).batch_execute("DROP TRIGGER dies ON users").unwrap();
            temp.transact(add(1)).unwrap();
        }

        #[test]
        #[ignore = "needs a PostgreSQL server: tests/run starts one"]
        fn an_instance_that_hangs_is_thrown_out_and_the_others_go_on() {
            let temp = TempStore::new();
            let hanging = impatient(&temp, 300);
            let (others, runs) = (temp.store.clone(), AtomicUsize::new(0));
            hanging
                .transact(move |connection| {
                    if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                        add(1)(connection)?;
                        // This waits for the turn that is held here.
                        others.transact(add(2))?;
                    }
                    assert!(
                        users::all(connection)?.iter().all(|known| known.id != user_id(1)),
                        "it was taken back"
                    );
                    add(3)(connection)
                })
                .unwrap();
            assert_eq!([1, 2, 3].map(|last| holds(&temp.store, last)), [false, true, true]);
        }
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
