//! The writer: one thread that commits waiting jobs together.
//!
//! A commit waits for the disk; a hundred jobs that share one wait once. Each job that shares a transaction has a savepoint, so
//! that one that fails takes back only what is its own, and no caller hears of a success before the commit.
//!
//! A group that meets a passing fault, such as a connection that was lost, is taken back whole and done again, a few
//! times. Only where the connection is lost while the commit is on its way does nobody know whether it came about.

mod job;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use diesel::Connection as _;

use self::job::{Call, Job, NotCommitted, Transaction};
use super::{
    Connection, OpenFault, StoreFault,
    commit_signal::{self, CommitSignal},
    location::{Location, StoreOptions},
    readers::Readers,
    transient::{Watch, is_lost, is_transient},
    wal_checkpoint::WalCheckpointer,
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
    signal: CommitSignal,
    failed: Failed,
    meter: StoreMeter,
    bulk_load: Mutex<()>,
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
        let (signal, meter) = (CommitSignal::default(), StoreMeter::new(QUEUE));
        let writer = Writer::new(location.clone(), connection, signal.clone(), meter.clone());
        let failed = writer.failed.clone();
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let thread = thread.spawn(move || writer.serve(&receiver)).map_err(OpenFault::Thread)?;
        let (queue, writer) = (RwLock::new(Some(sender)), Mutex::new(Some(thread)));
        let bulk_load = Mutex::default();
        Ok(Self(Arc::new(Open { location, queue, writer, readers, signal, failed, meter, bulk_load })))
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
        let call = Box::new(Call::new(work, then));
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
        self.0.location.check_not_replaced().map_err(StoreFault::from)?;
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
    pub fn outbox_signal(&self) -> &CommitSignal {
        &self.0.signal
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

    /// Held by one bulk load at a time, across its transactions: the temporary tables of the writer's connection are one
    /// namespace.
    pub(crate) fn bulk_load_lock(&self) -> MutexGuard<'_, ()> {
        self.0.bulk_load.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// As long as that connection, as both must mean the same log. None where there is none to keep.
    log: Option<WalCheckpointer>,
    watch: Watch,
    signal: CommitSignal,
    failed: Failed,
    meter: StoreMeter,
}

impl Writer {
    fn new(location: Location, connection: Connection, signal: CommitSignal, meter: StoreMeter) -> Self {
        let mut writer = Self {
            location,
            connection: None,
            log: None,
            watch: Watch::default(),
            signal,
            failed: Failed::default(),
            meter,
        };
        writer.keep(connection);
        writer
    }

    fn keep(&mut self, mut connection: Connection) {
        connection.set_instrumentation(self.watch.clone());
        self.connection = Some(connection);
        self.log = self.location.start_checkpointer().unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the store's writer copies its log itself");
            None
        });
    }

    fn lose(&mut self) {
        self.log = None;
        self.connection = None;
    }

    fn keep_log(&mut self) {
        if let (Some(log), Some(Connection::Sqlite(connection))) = (&mut self.log, &mut self.connection) {
            log.committed(connection);
        }
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
            if commit_signal::take_signal() && committed.is_ok() {
                self.signal.send();
            }
            self.keep_log();
        }
    }

    fn commit(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), NotCommitted> {
        let mut tries = 0;
        loop {
            tries += 1;
            let tried = self.try_once(group);
            if self.connection.as_mut().is_some_and(Connection::is_unusable) {
                self.lose();
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
    fn check_not_replaced(&self) -> Result<(), NotCommitted> {
        self.location.check_wal_not_replaced().map_err(|fault| NotCommitted::TakenBack(fault.to_string()))
    }

    fn try_once(&mut self, group: &mut [Box<dyn Job>]) -> Tried {
        if self.connection.is_some()
            && let Err(reason) = self.check_not_replaced()
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
            self.lose();
            // Whoever waited for the turn as long as it may has waited long enough.
            let reason = error.to_string();
            let lost = is_lost(&error);
            return if lost {
                Tried::Again(reason)
            } else {
                Tried::Done(Err(NotCommitted::TakenBack(reason)))
            };
        }
        commit_signal::take_signal();
        self.watch.take();
        let transaction = Transaction::of(group.len(), connection);
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
            Ok(()) => Tried::Done(self.check_not_replaced()),
            Err(error) if is_transient(&error) && !is_lost(&error) => Tried::Again(error.to_string()),
            Err(error) => Tried::Done(Err(NotCommitted::Unknown(Arc::new(error)))),
        }
    }
}
