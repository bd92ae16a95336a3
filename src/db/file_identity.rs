//! The identity of a database's files: device and inode, as they were when the files were opened.
//!
//! SQLite keeps writing to a file that was moved or deleted, and the next process that opens the path would not find these
//! writes. So no success is reported while another file, or none, is at the path.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The files of a database: its own and its WAL.
#[derive(Clone, Debug)]
pub(super) struct FileIdentity {
    database: PathBuf,
    wal: PathBuf,
    opened: Arc<Mutex<Opened>>,
}

/// The identities of the files as they were opened; none before.
#[derive(Debug, Default)]
struct Opened {
    database: Option<Identity>,
    wal: Option<Identity>,
}

impl FileIdentity {
    pub(super) fn new(path: &str) -> Self {
        let (database, wal) = (PathBuf::from(path), PathBuf::from(format!("{path}-wal")));
        Self { database, wal, opened: Arc::default() }
    }

    /// Records the identities of the opened files. The database is recorded once, as it must stay the same file; each
    /// writer may create another WAL.
    pub(super) fn record(&self) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.database = opened.database.or_else(|| identity(&self.database));
        opened.wal = identity(&self.wal);
    }

    /// Checks that the database is the file that was opened; passes before one was.
    pub(super) fn check_not_replaced(&self) -> Result<(), &'static str> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        check_same(opened.database, &self.database)
            .map_err(|()| "the file that was opened no longer stands there; put it back, or restart")
    }

    /// Checks that the database and its WAL are the files that were opened. To be called only while a writer is connected:
    /// SQLite deletes the WAL when the last connection is closed.
    pub(super) fn check_wal_not_replaced(&self) -> Result<(), &'static str> {
        self.check_not_replaced()?;
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        check_same(opened.wal, &self.wal).map_err(
            |()| "the `-wal` file beside it that was opened no longer stands there; put it back, or restart",
        )
    }
}

/// Passes where no file was opened, or the file at the path is that one.
fn check_same(opened: Option<Identity>, path: &Path) -> Result<(), ()> {
    if opened.is_none() || opened == identity(path) { Ok(()) } else { Err(()) }
}

/// Device and inode, which differ for two files that were at the same path.
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Other systems do not let an open file be moved or deleted, so it is enough that there is a file.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().map(|_| (0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_at_the_same_path_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("smi.db"), folder.path().join("aside"));
        let identity = FileIdentity::new(path.to_str().unwrap());
        assert_eq!(identity.check_wal_not_replaced(), Ok(()), "nothing was opened yet");
        fs::write(&path, "").unwrap();
        identity.record();
        assert_eq!(identity.check_wal_not_replaced(), Ok(()));
        fs::rename(&path, &aside).unwrap();
        assert!(identity.check_wal_not_replaced().is_err());
        fs::write(&path, "").unwrap();
        identity.record();
        assert!(identity.check_wal_not_replaced().is_err(), "the first stays the one");
        fs::rename(&aside, &path).unwrap();
        assert_eq!(identity.check_wal_not_replaced(), Ok(()));
    }

    #[test]
    fn a_log_that_is_gone_is_missed_until_a_writer_makes_another() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("smi.db"), folder.path().join("smi.db-wal"));
        let identity = FileIdentity::new(path.to_str().unwrap());
        fs::write(&path, "").unwrap();
        fs::write(&log, "").unwrap();
        identity.record();
        fs::remove_file(&log).unwrap();
        assert!(identity.check_wal_not_replaced().is_err());
        assert_eq!(identity.check_not_replaced(), Ok(()));
        fs::write(&log, "").unwrap();
        identity.record();
        assert_eq!(identity.check_wal_not_replaced(), Ok(()));
    }
}
