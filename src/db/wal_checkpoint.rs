//! The WAL checkpointer: a thread that copies SQLite's write-ahead log (WAL) into the database while the writer goes on.
//!
//! A checkpoint waits long for the disk, and the requests of the next batch would wait for the writer; so the writer leaves it to
//! this thread. SQLite starts the WAL again from its beginning only after all of it was checkpointed. Under a steady load the
//! thread never gets there: each checkpoint misses what was written during it. That rest is short, and the writer
//! checkpoints it between two batches, when nothing is written.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::Integer,
};

use super::{OpenFault, sqlite::SqliteFile};

/// The length of the WAL, in bytes, from which it is checkpointed. A longer one would delay the writer's own writes to the same
/// disk.
const CHECKPOINT_BYTES: i64 = 4 << 20;
/// The part of that length that is a rest short enough for the writer.
const REST_PART: i32 = 4;
/// The most checkpoints in a row, to bring the rest down to that while more is written.
const MAX_PASSES: usize = 4;
/// The number of commits between two measurements of the WAL.
const COMMITS_PER_MEASUREMENT: u32 = 8;

/// The writer's half: measures the WAL and wakes the thread.
#[derive(Debug)]
pub(super) struct WalCheckpointer {
    /// The length of the WAL, in pages, from which it is checkpointed.
    threshold: i32,
    /// The number of commits since the last measurement.
    commits: u32,
    /// Whether the thread was woken and has not finished.
    is_running: Arc<AtomicBool>,
    /// Whether the thread has finished, and the writer is to checkpoint the rest.
    is_rest_due: Arc<AtomicBool>,
    /// None while the thread is being ended.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WalCheckpointer {
    /// Starts the thread, which gets its own connection.
    pub(super) fn start(file: &SqliteFile) -> Result<Self, OpenFault> {
        let mut connection = file.open_checkpointer()?;
        let pages = CHECKPOINT_BYTES / file.page_size(&mut connection)?;
        Self::start_with(connection, i32::try_from(pages).unwrap_or(i32::MAX))
    }

    fn start_with(connection: SqliteConnection, threshold: i32) -> Result<Self, OpenFault> {
        let (is_running, is_rest_due) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let (wake, woken) = sync_channel(1);
        let worker = Worker {
            connection,
            max_rest: threshold / REST_PART,
            is_running: Arc::clone(&is_running),
            is_rest_due: Arc::clone(&is_rest_due),
        };
        let thread = thread::Builder::new().name("wal-checkpoint".to_owned());
        let thread = thread.spawn(move || worker.serve(&woken)).map_err(OpenFault::Thread)?;
        Ok(Self { threshold, commits: 0, is_running, is_rest_due, wake: Some(wake), thread: Some(thread) })
    }

    /// Checkpoints the rest where it is due; otherwise measures the WAL now and then, and wakes the thread where it is long. To be
    /// called by the writer after each batch, between its transactions.
    pub(super) fn after_commit(&mut self, writer: &mut SqliteConnection) {
        if self.is_rest_due.swap(false, Ordering::AcqRel) {
            return log_failure(checkpoint(writer));
        }
        self.commits += 1;
        if self.commits < COMMITS_PER_MEASUREMENT || self.is_running.load(Ordering::Acquire) {
            return;
        }
        self.commits = 0;
        match measure(writer) {
            Ok(wal) if wal.pages >= self.threshold => {
                // Set before the thread is woken: it clears the flag when it has finished, which may be at once.
                self.is_running.store(true, Ordering::Release);
                // The thread is idle, so the channel has room. Where it has ended, SQLite's `wal_autocheckpoint` still limits the WAL.
                let _woken = self.wake.as_ref().map(|wake| wake.try_send(()));
            }
            measured => log_failure(measured),
        }
    }
}

impl Drop for WalCheckpointer {
    fn drop(&mut self) {
        // Without a sender the thread ends; it is joined, so that it does not have the file open after the store was closed.
        self.wake = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the WAL checkpointer panicked");
        }
    }
}

/// The thread's half.
struct Worker {
    connection: SqliteConnection,
    /// The rest, in pages, that is short enough for the writer.
    max_rest: i32,
    is_running: Arc<AtomicBool>,
    is_rest_due: Arc<AtomicBool>,
}

impl Worker {
    fn serve(mut self, woken: &Receiver<()>) {
        while woken.recv().is_ok() {
            log_failure(self.checkpoint_most());
            // In this order: a commit in between would find no rest and an idle thread, and wake it again too early.
            self.is_rest_due.store(true, Ordering::Release);
            self.is_running.store(false, Ordering::Release);
        }
    }

    /// Checkpoints until the rest is short, as each pass misses what was written during it.
    fn checkpoint_most(&mut self) -> QueryResult<Wal> {
        let mut wal = checkpoint(&mut self.connection)?;
        for _ in 1..MAX_PASSES {
            wal = measure(&mut self.connection)?;
            if wal.pages - wal.checkpointed <= self.max_rest {
                break;
            }
            checkpoint(&mut self.connection)?;
        }
        Ok(wal)
    }
}

/// The length of the WAL, and how much of it was checkpointed.
#[derive(Clone, Copy, Debug, QueryableByName)]
struct Wal {
    #[diesel(sql_type = Integer, column_name = "log")]
    pages: i32,
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

/// Measures the WAL without checkpointing.
fn measure(connection: &mut SqliteConnection) -> QueryResult<Wal> {
    sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(connection)
}

/// Checkpoints what no reader needs in the WAL any more. PASSIVE waits for the disk alone, never for a reader or the writer.
fn checkpoint(connection: &mut SqliteConnection) -> QueryResult<Wal> {
    sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(connection)
}

/// Logs a failed checkpoint. Nothing is lost by it: the WAL grows, and the next checkpoint copies more.
fn log_failure(outcome: QueryResult<Wal>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "WAL checkpoint failed");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use diesel::connection::SimpleConnection as _;

    use super::*;

    /// About five pages a commit.
    fn commit(writer: &mut SqliteConnection) {
        writer.batch_execute("INSERT INTO blobs VALUES (zeroblob(40000))").unwrap();
    }

    #[test]
    fn the_wal_restarts_while_more_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteFile::new(folder.path().join("smi.db").to_str().unwrap(), Duration::from_secs(5));
        let mut writer = file.open_writer().unwrap();
        // Without the automatic checkpoint, only the checkpointer can start the WAL again.
        writer.batch_execute("PRAGMA wal_autocheckpoint = 0; CREATE TABLE blobs (bytes BLOB)").unwrap();
        let mut checkpointer = WalCheckpointer::start_with(file.open_checkpointer().unwrap(), 500).unwrap();
        let (mut longest, mut commits) = (0, 0);
        let has_restarted = (0..100_000).any(|_| {
            commit(&mut writer);
            commits += 1;
            checkpointer.after_commit(&mut writer);
            let pages = measure(&mut writer).unwrap().pages;
            longest = longest.max(pages);
            pages < longest
        });
        assert!(has_restarted && longest >= 500, "{longest}");
        drop(checkpointer);
        let blobs = "SELECT COUNT(*) AS log, COUNT(*) AS checkpointed FROM blobs WHERE length(bytes) = 40000";
        let count: Wal = sql_query(blobs).get_result(&mut writer).unwrap();
        assert_eq!(count.pages, commits);
    }

    #[test]
    fn a_short_wal_is_not_checkpointed() {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteFile::new(folder.path().join("smi.db").to_str().unwrap(), Duration::from_secs(5));
        let mut writer = file.open_writer().unwrap();
        writer.batch_execute("CREATE TABLE blobs (bytes BLOB)").unwrap();
        let mut checkpointer =
            WalCheckpointer::start_with(file.open_checkpointer().unwrap(), 10_000).unwrap();
        for _ in 0..10 * COMMITS_PER_MEASUREMENT {
            commit(&mut writer);
            checkpointer.after_commit(&mut writer);
        }
        drop(checkpointer);
        assert_eq!(measure(&mut writer).unwrap().checkpointed, 0);
    }
}
