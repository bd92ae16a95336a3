//! The store's handle: queues jobs for the writer, and runs reads on connections of the pool.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    Connection, OpenFault, StoreFault,
    commit_signal::CommitSignal,
    location::{Location, StoreOptions},
    readers::{BatchReaders, Readers},
    writer::{Call, Job, LastFailure, Writer},
};
use crate::metrics::StoreMeter;

/// The capacity of the writer's queue. A job beyond it is refused: the store is busy.
const QUEUE_CAPACITY: usize = 1_000;

/// The batches of requests that may be under way on a server, each with a connection to write and one to read: while one waits for
/// the server, the next are decided. More bring nothing, as each waits for the audit chain at its end.
const BATCH_WRITERS: u32 = 4;

/// How long the store counts as not writable after a batch that was not committed.
const NOT_WRITABLE_FOR: Duration = Duration::from_secs(5);

/// A handle of the open store. Clones share it; dropping the last one closes it.
#[derive(Clone)]
pub struct Store(Arc<StoreInner>);

/// What the handles share.
struct StoreInner {
    location: Location,
    /// The ways to the writers; none after the store was closed.
    queues: RwLock<Option<Queues>>,
    writers: Mutex<Vec<JoinHandle<()>>>,
    readers: Readers,
    /// The readers of batches on a server, which must not wait for others' long reads; none on a file.
    batch_readers: Option<BatchReaders>,
    signal: CommitSignal,
    last_failure: LastFailure,
    meter: StoreMeter,
    bulk_load: Mutex<()>,
}

/// The ways to the writers.
#[derive(Clone)]
struct Queues {
    /// To the one that holds the writers' lock alone.
    alone: SyncSender<Box<dyn Job>>,
    /// To those that share it; on a file the same.
    beside: SyncSender<Box<dyn Job>>,
}

impl Store {
    /// Opens the database, creates a missing file, and runs missing migrations.
    ///
    /// # Errors
    /// When the URL is not supported, the database cannot be opened, or it is from a newer version of this program.
    pub fn open(url: &str) -> Result<Self, OpenFault> {
        Self::open_with(url, StoreOptions::default())
    }

    /// Opens the database with other options than the defaults.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(url: &str, options: StoreOptions) -> Result<Self, OpenFault> {
        let location = Location::parse(url, options.timeout)?;
        // The writer first: it creates the file and its tables, which readers cannot.
        let connection = location.open_writer()?;
        let readers = Readers::open(location.clone(), options)?;
        let (signal, meter) = (CommitSignal::default(), StoreMeter::new(QUEUE_CAPACITY));
        let writer = Writer::new(location.clone(), connection, signal.clone(), meter.clone());
        let last_failure = writer.last_failure();
        let is_server = matches!(location, Location::Postgres(_));
        let batch_readers = is_server.then(|| BatchReaders::new(location.clone()));
        let (queues, writers) = start_writers(writer, is_server)?;
        Ok(Self(Arc::new(StoreInner {
            location,
            queues: RwLock::new(Some(queues)),
            writers: Mutex::new(writers),
            readers,
            batch_readers,
            signal,
            last_failure,
            meter,
            bulk_load: Mutex::default(),
        })))
    }

    /// Runs a job in a transaction and returns after the commit is on the disk. A batch that is retried runs its jobs again, after
    /// the attempt before was rolled back: so a job is a `Fn`, and must change nothing but the database.
    ///
    /// # Errors
    /// The job's own fault, after which nothing of it is kept; or that the store is busy, closed or failed to commit.
    pub fn transact<T, F, W>(&self, work: W) -> Result<T, F>
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        self.wait_for(work, |queues| queues.alone)
    }

    /// Runs a job as [`Store::transact`] does. On a server it runs beside batches of requests: it must lock what it changes by its own
    /// statements, and change nothing that they read.
    ///
    /// # Errors
    /// As [`Store::transact`].
    pub fn transact_beside<T, F, W>(&self, work: W) -> Result<T, F>
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        self.wait_for(work, |queues| queues.beside)
    }

    fn wait_for<T, F, W>(&self, work: W, to: impl FnOnce(Queues) -> SyncSender<Box<dyn Job>>) -> Result<T, F>
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        let (sender, receiver) = sync_channel(1);
        // Sending fails where the caller no longer waits; the outcome is of no use then.
        let callback = move |outcome| drop(sender.send(outcome));
        self.enqueue(Box::new(Call::new(work, callback)), to);
        receiver.recv().unwrap_or_else(|_| Err(StoreFault::Closed.into()))
    }

    /// Queues a job without waiting for it. The callback gets what `transact` would return, exactly once. It runs on the writer's
    /// thread, or on this one where the job is refused, and must not block. What `work` owns is dropped before it runs.
    pub fn submit<T, F, W>(&self, work: W, callback: impl FnOnce(Result<T, F>) + Send + 'static)
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        self.enqueue(Box::new(Call::new(work, callback)), |queues| queues.alone);
    }

    /// Queues a batch of requests, as [`Store::submit`] does. On a server it runs beside other batches: it must first lock all that it
    /// decides on.
    pub fn submit_batch<T, F, W>(&self, work: W, callback: impl FnOnce(Result<T, F>) + Send + 'static)
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        self.enqueue(Box::new(Call::new(work, callback)), |queues| queues.beside);
    }

    fn enqueue(&self, call: Box<dyn Job>, to: impl FnOnce(Queues) -> SyncSender<Box<dyn Job>>) {
        let queues = self.0.queues.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(queue) = queues.map(to) else { return call.refuse(StoreFault::Closed) };
        // Counted before it is sent: the writer may finish the job before this thread runs again.
        self.0.meter.enqueued();
        if let Err(error) = queue.try_send(call) {
            self.0.meter.not_enqueued();
            match error {
                TrySendError::Full(call) => call.refuse(StoreFault::Busy),
                TrySendError::Disconnected(call) => call.refuse(StoreFault::Closed),
            }
        }
    }

    /// The number of batches of requests that may be under way at once.
    pub fn concurrent_batches(&self) -> usize {
        if self.0.batch_readers.is_some() { BATCH_WRITERS as usize } else { 1 }
    }

    /// Reads one snapshot of the database, without waiting for the writer; writing is refused.
    ///
    /// # Errors
    /// The work's own fault, or the database's.
    pub fn read<T, F: From<StoreFault>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, F>,
    ) -> Result<T, F> {
        self.0.location.check_not_replaced().map_err(StoreFault::from)?;
        let mut reader = self.0.readers.acquire()?;
        reader.begin_reading().map_err(StoreFault::from)?;
        // Where the work fails, the transaction stays open, and the pool discards the connection for that (`has_broken`).
        let outcome = work(&mut reader)?;
        reader.roll_back().map_err(StoreFault::from)?;
        Ok(outcome)
    }

    /// Reads one snapshot, as [`Store::read`] does, for a batch of requests: it does not wait for long reads of others.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_for_batch<T, F: From<StoreFault>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, F>,
    ) -> Result<T, F> {
        match &self.0.batch_readers {
            Some(readers) => readers.read(&self.0.meter, work),
            None => self.read(work),
        }
    }

    /// Whether the store can be written to, judged by the last batch. A database on a full disk can still be read, but every
    /// request has a decision to be stored.
    pub fn is_writable(&self) -> bool {
        let writers = self.0.writers.lock().unwrap_or_else(PoisonError::into_inner);
        // Without their threads no batch runs, so no failure would show it.
        if writers.is_empty() || writers.iter().any(JoinHandle::is_finished) {
            return false;
        }
        drop(writers);
        let last_failure = *self.0.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
        last_failure.is_none_or(|at| at.elapsed() > NOT_WRITABLE_FOR)
    }

    /// The signal that a commit put a message into the outbox.
    pub fn outbox_signal(&self) -> &CommitSignal {
        &self.0.signal
    }

    /// The store's metrics: the queue, the batches, the faults.
    pub fn meter(&self) -> &StoreMeter {
        &self.0.meter
    }

    /// Closes the store after the jobs in the queue are finished. Later jobs are refused.
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether another instance has the database open; of a file, another process.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn is_used_by_others(&self) -> Result<bool, StoreFault> {
        Ok(self.0.location.is_used_by_others()?)
    }

    pub(super) fn location(&self) -> &Location {
        &self.0.location
    }

    /// The lock of bulk loads, which a load holds across its transactions. The temporary tables of the writer's connection are
    /// one namespace: two loads at the same time would write into each other's tables.
    pub(crate) fn bulk_load_lock(&self) -> MutexGuard<'_, ()> {
        self.0.bulk_load.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StoreInner {
    fn close(&self) {
        // Without a sender the writers finish what is in their queues, and their threads end.
        drop(self.queues.write().unwrap_or_else(PoisonError::into_inner).take());
        let writers = std::mem::take(&mut *self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        // A job may drop the last clone, on a writer's own thread, which cannot join itself.
        let others = writers.into_iter().filter(|writer| writer.thread().id() != thread::current().id());
        for writer in others {
            if writer.join().is_err() {
                tracing::error!("store writer panicked");
            }
        }
    }
}

/// Starts the threads of the writers: one, and on a server as many again as batches may be under way.
fn start_writers(writer: Writer, is_server: bool) -> Result<(Queues, Vec<JoinHandle<()>>), OpenFault> {
    let start = |name: String, run: Box<dyn FnOnce() + Send>| {
        thread::Builder::new().name(name).spawn(run).map_err(OpenFault::Thread)
    };
    let (alone, jobs) = sync_channel(QUEUE_CAPACITY);
    let (mut beside, mut threads) = (alone.clone(), Vec::new());
    if is_server {
        let (sender, batches) = sync_channel(QUEUE_CAPACITY);
        let batches = Arc::new(Mutex::new(batches));
        for number in 1..=BATCH_WRITERS {
            let (another, batches) = (writer.beside(), Arc::clone(&batches));
            let run = Box::new(move || another.serve_one_by_one(&batches));
            threads.push(start(format!("batch-writer-{number}"), run)?);
        }
        beside = sender;
    }
    threads.push(start("store-writer".to_owned(), Box::new(move || writer.serve(&jobs)))?);
    Ok((Queues { alone, beside }, threads))
}

impl Drop for StoreInner {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::writer::{NotCommitted, Transaction};

    /// A job that panics outside the code that catches its panics.
    struct PanickingJob;

    impl Job for PanickingJob {
        fn run(&mut self, _: &mut Connection, _: Transaction) -> bool {
            panic!("on purpose")
        }

        fn finish(self: Box<Self>, _: Result<(), NotCommitted>) {}

        fn refuse(self: Box<Self>, _: StoreFault) {}
    }

    fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&format!("sqlite://{}", folder.path().join("smi.db").display())).unwrap()
    }

    fn write(store: &Store) -> Result<(), StoreFault> {
        store.transact(|_| Ok(()))
    }

    /// The writer's thread survives a panic, and the store is not writable until the next commit.
    #[test]
    fn a_writer_that_panics_is_not_writable_until_it_wrote_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        write(&store).unwrap();
        assert!(store.is_writable());
        let queue = store.0.queues.read().unwrap().clone().unwrap().alone;
        queue.send(Box::new(PanickingJob)).unwrap();
        drop(queue);
        while store.is_writable() {
            thread::yield_now();
        }
        assert_eq!(store.meter().faults("writer_panicked"), 1);
        write(&store).unwrap();
        assert!(store.is_writable());
    }

    #[test]
    fn a_callback_that_panics_harms_no_other_job() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        store.submit(|_| Ok::<_, StoreFault>(()), |_| panic!("on purpose"));
        write(&store).unwrap();
        assert_eq!(store.meter().faults("writer_panicked"), 1);
    }

    #[test]
    fn a_store_whose_writer_ended_is_not_writable() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        store.close();
        assert!(!store.is_writable());
        assert!(matches!(write(&store), Err(StoreFault::Closed)));
    }
}
