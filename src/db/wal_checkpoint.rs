//! The log of a database in a file, copied back into it beside the writer: copying and waiting for the disk take so long that
//! whoever waits for an answer then would notice.
//!
//! SQLite starts its log anew once all of it was copied. While requests come all the time, the part that was written during a
//! copy is always missing; that is little, and the writer copies it itself.

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

/// The log is copied from so many pages on: 4 MB. What is copied at once is waited for by whoever writes to the same disk.
const LONG: i32 = 1_000;
/// So few pages the writer copies itself.
const SHORT: i32 = 250;
/// As often it is tried to get there, while more is written.
const PASSES: usize = 4;
/// The log's length is looked at after so many commits.
const LOOK_AFTER: u32 = 8;

/// Who copies.
#[derive(Debug)]
pub(super) struct WalCheckpointer {
    long: i32,
    /// Commits since the log's length was looked at.
    commits: u32,
    copying: Arc<AtomicBool>,
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

    /// To be told of each commit by the writer, between its transactions.
    pub(super) fn committed(&mut self, writer: &mut SqliteConnection) {
        if self.copied.swap(false, Ordering::AcqRel) {
            return note(copy(writer));
        }
        self.commits += 1;
        if self.commits < LOOK_AFTER || self.copying.load(Ordering::Acquire) {
            return;
        }
        self.commits = 0;
        match look(writer) {
            Ok(log) if log.pages >= self.long => {
                self.copying.store(true, Ordering::Release);
                // It does not copy, so there is room. Where its thread is gone, the writer's own limit is what is left.
                let _woken = self.wake.as_ref().map(|wake| wake.try_send(()));
            }
            looked => note(looked),
        }
    }
}

impl Drop for WalCheckpointer {
    fn drop(&mut self) {
        self.wake = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that copies the store's log panicked");
        }
    }
}

struct Copier {
    connection: SqliteConnection,
    copying: Arc<AtomicBool>,
    copied: Arc<AtomicBool>,
}

impl Copier {
    fn serve(mut self, woken: &Receiver<()>) {
        while woken.recv().is_ok() {
            note(self.copy_most());
            self.copied.store(true, Ordering::Release);
            self.copying.store(false, Ordering::Release);
        }
    }

    fn copy_most(&mut self) -> QueryResult<Log> {
        let mut log = copy(&mut self.connection)?;
        for _ in 1..PASSES {
            log = look(&mut self.connection)?;
            if log.pages - log.copied <= SHORT {
                break;
            }
            copy(&mut self.connection)?;
        }
        Ok(log)
    }
}

/// The log: its pages, and how many of them the database has.
#[derive(Clone, Copy, Debug, QueryableByName)]
struct Log {
    #[diesel(sql_type = Integer, column_name = "log")]
    pages: i32,
    #[diesel(sql_type = Integer, column_name = "checkpointed")]
    copied: i32,
}

fn look(connection: &mut SqliteConnection) -> QueryResult<Log> {
    sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(connection)
}

/// Copies what nobody who reads needs in the log, and waits for nobody but the disk.
fn copy(connection: &mut SqliteConnection) -> QueryResult<Log> {
    sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(connection)
}

/// Nothing is lost where it fails: the log only gets longer, and the next time copies more.
fn note(outcome: QueryResult<Log>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "the store's log could not be copied into its database");
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
        let mut keeper = WalCheckpointer::start_with(&file, 500).unwrap();
        let (mut longest, mut commits) = (0, 0);
        let started_anew = (0..100_000).any(|_| {
            commit(&mut writer);
            commits += 1;
            keeper.committed(&mut writer);
            let pages = look(&mut writer).unwrap().pages;
            longest = longest.max(pages);
            pages < longest
        });
        assert!(started_anew && longest >= 500, "{longest}");
        drop(keeper);
        let blobs = "SELECT COUNT(*) AS log, COUNT(*) AS checkpointed FROM blobs WHERE length(bytes) = 40000";
        let count: Log = sql_query(blobs).get_result(&mut writer).unwrap();
        assert_eq!(count.pages, commits);
    }

    #[test]
    fn a_short_log_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::new(folder.path().join("smi.db").to_str().unwrap(), Duration::from_secs(5));
        let mut writer = file.open_writer().unwrap();
        writer.batch_execute("CREATE TABLE blobs (bytes BLOB)").unwrap();
        let mut keeper = WalCheckpointer::start_with(&file, 10_000).unwrap();
        for _ in 0..10 * LOOK_AFTER {
            commit(&mut writer);
            keeper.committed(&mut writer);
        }
        drop(keeper);
        assert_eq!(look(&mut writer).unwrap().copied, 0);
    }
}
