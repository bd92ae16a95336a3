//! The WAL checkpointer: a thread that copies SQLite's write-ahead log into the database beside the writer.
//!
//! A checkpoint waits for the disk for so long that the requests of the next batch would notice, so the writer must not do it.
//! SQLite restarts the WAL once all of it was checkpointed. While requests come all the time, the part that was written
//! during a checkpoint is always missing; that is little, and the writer checkpoints it itself.

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

use super::{OpenFault, sqlite::File};

/// A WAL is checkpointed from so many pages on: 4 MB. More at once would delay the writer's own writes to the same disk.
const LONG: i32 = 1_000;
/// So few pages are left to the writer.
const SHORT: i32 = 250;
/// How many checkpoints are made to get there, while more is written.
const PASSES: usize = 4;
/// The length of the WAL is looked at after so many commits.
const LOOK_AFTER: u32 = 8;

/// The writer's side: watches the length of the WAL and wakes the thread.
#[derive(Debug)]
pub(super) struct WalCheckpointer {
    long: i32,
    /// Commits since the length was looked at.
    commits: u32,
    /// Whether the thread is at work.
    copying: Arc<AtomicBool>,
    /// Whether it has finished, so that the writer is to checkpoint the rest.
    copied: Arc<AtomicBool>,
    /// None while it ends.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WalCheckpointer {
    /// Starts its thread, with a connection of its own.
    pub(super) fn start(file: &File) -> Result<Self, OpenFault> {
        Self::start_with(file, LONG)
    }

    fn start_with(file: &File, long: i32) -> Result<Self, OpenFault> {
        let (copying, copied) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let (wake, woken) = sync_channel(1);
        let copier = Copier {
            connection: file.open_checkpointer()?,
            copying: Arc::clone(&copying),
            copied: Arc::clone(&copied),
        };
        let thread = thread::Builder::new().name("store-log".to_owned());
        let thread = thread.spawn(move || copier.serve(&woken)).map_err(OpenFault::Thread)?;
        Ok(Self { long, commits: 0, copying, copied, wake: Some(wake), thread: Some(thread) })
    }

    /// To be called by the writer after each commit, between its transactions.
    pub(super) fn committed(&mut self, writer: &mut SqliteConnection) {
        if self.copied.swap(false, Ordering::AcqRel) {
            return log_failure(copy(writer));
        }
        self.commits += 1;
        if self.commits < LOOK_AFTER || self.copying.load(Ordering::Acquire) {
            return;
        }
        self.commits = 0;
        match measure(writer) {
            Ok(log) if log.pages >= self.long => {
                self.copying.store(true, Ordering::Release);
                // The thread is idle, so the channel has room. Where it has ended, SQLite's own limit (`wal_autocheckpoint`) is left.
                let _woken = self.wake.as_ref().map(|wake| wake.try_send(()));
            }
            looked => log_failure(looked),
        }
    }
}

impl Drop for WalCheckpointer {
    fn drop(&mut self) {
        self.wake = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the WAL checkpointer panicked");
        }
    }
}

/// The thread's side.
struct Copier {
    connection: SqliteConnection,
    copying: Arc<AtomicBool>,
    copied: Arc<AtomicBool>,
}

impl Copier {
    fn serve(mut self, woken: &Receiver<()>) {
        while woken.recv().is_ok() {
            log_failure(self.copy_most());
            self.copied.store(true, Ordering::Release);
            self.copying.store(false, Ordering::Release);
        }
    }

    fn copy_most(&mut self) -> QueryResult<Wal> {
        let mut log = copy(&mut self.connection)?;
        for _ in 1..PASSES {
            log = measure(&mut self.connection)?;
            if log.pages - log.copied <= SHORT {
                break;
            }
            copy(&mut self.connection)?;
        }
        Ok(log)
    }
}

/// The WAL: its pages, and how many of them were checkpointed.
#[derive(Clone, Copy, Debug, QueryableByName)]
struct Wal {
    #[diesel(sql_type = Integer, column_name = "log")]
    pages: i32,
    #[diesel(sql_type = Integer, column_name = "checkpointed")]
    copied: i32,
}

fn measure(connection: &mut SqliteConnection) -> QueryResult<Wal> {
    sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(connection)
}

/// Checkpoints what no reader needs in the WAL any more; waits for no reader and no writer, only for the disk.
fn copy(connection: &mut SqliteConnection) -> QueryResult<Wal> {
    sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(connection)
}

/// Nothing is lost where a checkpoint fails: the WAL gets longer, and the next one copies more.
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

    /// About ten pages a commit.
    fn commit(writer: &mut SqliteConnection) {
        writer.batch_execute("INSERT INTO blobs VALUES (zeroblob(40000))").unwrap();
    }

    #[test]
    fn the_log_starts_anew_while_more_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::new(folder.path().join("smi.db").to_str().unwrap(), Duration::from_secs(5));
        let mut writer = file.open_writer().unwrap();
        // The writer's own doing must not be what does it.
        writer.batch_execute("PRAGMA wal_autocheckpoint = 0; CREATE TABLE blobs (bytes BLOB)").unwrap();
        let mut checkpointer = WalCheckpointer::start_with(&file, 500).unwrap();
        let (mut longest, mut commits) = (0, 0);
        let started_anew = (0..100_000).any(|_| {
            commit(&mut writer);
            commits += 1;
            checkpointer.committed(&mut writer);
            let pages = measure(&mut writer).unwrap().pages;
            longest = longest.max(pages);
            pages < longest
        });
        assert!(started_anew && longest >= 500, "{longest}");
        drop(checkpointer);
        let blobs = "SELECT COUNT(*) AS log, COUNT(*) AS checkpointed FROM blobs WHERE length(bytes) = 40000";
        let count: Wal = sql_query(blobs).get_result(&mut writer).unwrap();
        assert_eq!(count.pages, commits);
    }

    #[test]
    fn a_short_log_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::new(folder.path().join("smi.db").to_str().unwrap(), Duration::from_secs(5));
        let mut writer = file.open_writer().unwrap();
        writer.batch_execute("CREATE TABLE blobs (bytes BLOB)").unwrap();
        let mut checkpointer = WalCheckpointer::start_with(&file, 10_000).unwrap();
        for _ in 0..10 * LOOK_AFTER {
            commit(&mut writer);
            checkpointer.committed(&mut writer);
        }
        drop(checkpointer);
        assert_eq!(measure(&mut writer).unwrap().copied, 0);
    }
}
