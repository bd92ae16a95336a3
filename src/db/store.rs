//! The store's handle: queues jobs for the writer, and lends connections of the pool to those that read.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::{
    Connection, OpenFault, StoreFault,
    commit_signal::CommitSignal,
    location::{Location, StoreOptions},
    readers::Readers,
    writer::{Call, Job, LastFailure, Writer},
};
use crate::metrics::StoreMeter;

/// The capacity of the queue; above that the store says that it is busy.
const QUEUE: usize = 1_000;

/// So long after a batch that was not committed the store counts as not writable.
const DOUBT: Duration = Duration::from_secs(5);

/// The store, open; clones share it. The last one to be dropped closes it.
#[derive(Clone)]
pub struct Store(Arc<Open>);

struct Open {
    location: Location,
    /// None after it was closed.
    queue: RwLock<Option<SyncSender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    signal: CommitSignal,
    last_failure: LastFailure,
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

    /// Opens the database with other options: another number of readers, another timeout.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(url: &str, options: StoreOptions) -> Result<Self, OpenFault> {
        let location = Location::parse(url, options.timeout)?;
        let connection = location.open_writer()?;
        let readers = Readers::open(location.clone(), options)?;
        let (sender, receiver) = sync_channel(QUEUE);
        let (signal, meter) = (CommitSignal::default(), StoreMeter::new(QUEUE));
        let writer = Writer::new(location.clone(), connection, signal.clone(), meter.clone());
        let last_failure = writer.last_failure();
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let thread = thread.spawn(move || writer.serve(&receiver)).map_err(OpenFault::Thread)?;
        let (queue, writer) = (RwLock::new(Some(sender)), Mutex::new(Some(thread)));
        let bulk_load = Mutex::default();
        Ok(Self(Arc::new(Open { location, queue, writer, readers, signal, last_failure, meter, bulk_load })))
    }

    /// Runs a job in a transaction, and returns once its commit is on the disk. A batch that is retried runs it again, each
    /// time on a state that knows nothing of the attempt before: so it must be a `Fn`.
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

    /// Queues a job without waiting for it. The callback `then` gets what `transact` would return, exactly once, mostly on
    /// the writer's thread: it must not block. What `work` holds is dropped before.
    pub fn submit<T, F, W>(&self, work: W, then: impl FnOnce(Result<T, F>) + Send + 'static)
    where
        T: Send + 'static,
        F: From<StoreFault> + Send + 'static,
        W: Fn(&mut Connection) -> Result<T, F> + Send + 'static,
    {
        let call = Box::new(Call::new(work, then));
        let queue = self.0.queue.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(queue) = queue else { return call.refuse(StoreFault::Closed) };
        // Counted first: the writer may have finished it before this thread goes on.
        self.0.meter.enqueued();
        if let Err(error) = queue.try_send(call) {
            self.0.meter.not_enqueued();
            match error {
                TrySendError::Full(call) => call.refuse(StoreFault::Busy),
                TrySendError::Disconnected(call) => call.refuse(StoreFault::Closed),
            }
        }
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
        let outcome = work(&mut reader)?;
        reader.roll_back().map_err(StoreFault::from)?;
        Ok(outcome)
    }

    /// Whether it takes writes, as far as the last batch shows: a database on a full disk can still be read, but no request
    /// can be answered without keeping its decision.
    pub fn is_writable(&self) -> bool {
        let writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // Without its thread nothing is written any more, and nothing fails either.
        if writer.as_ref().is_none_or(JoinHandle::is_finished) {
            return false;
        }
        drop(writer);
        let last_failure = *self.0.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
        last_failure.is_none_or(|at| at.elapsed() > DOUBT)
    }

    /// The signal of commits that put a message into the outbox.
    pub fn outbox_signal(&self) -> &CommitSignal {
        &self.0.signal
    }

    /// Its metrics: the queue, the batches, the faults.
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

    /// The lock of bulk loads: one at a time holds it, across its transactions. The temporary tables of the writer's
    /// connection are one namespace, so two loads at once would write into each other's.
    pub(crate) fn bulk_load_lock(&self) -> MutexGuard<'_, ()> {
        self.0.bulk_load.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn close(&self) {
        drop(self.queue.write().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last clone may be dropped by a job, on the writer's own thread: that one cannot join itself.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::writer::{NotCommitted, Transaction};

    /// A job that panics where none may.
    struct Bomb;

    impl Job for Bomb {
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

    /// R7: the writer's thread ended, everything was answered 503, and the store still called itself writable.
    #[test]
    fn a_writer_that_panics_is_not_writable_until_it_wrote_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        write(&store).unwrap();
        assert!(store.is_writable());
        let queue = store.0.queue.read().unwrap().clone().unwrap();
        queue.send(Box::new(Bomb)).unwrap();
        drop(queue);
        while store.is_writable() {
            std::thread::yield_now();
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
