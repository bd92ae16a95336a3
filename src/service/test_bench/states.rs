//! States: the store as it stood, kept as a backup, and put back while the service runs (HARNESS.md 6).

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{no_test_bench::NoTestBench, state_name::StateName};
use crate::{db::OpenFault, domain::Timestamp, service::Fault, store::BackupFault};

/// What a file of a state is called after its name.
pub(super) const EXTENSION: &str = "backup";

/// Where states are kept, and the database that they are of (`[test] states_dir`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatesChoices {
    /// The folder.
    pub dir: PathBuf,
    /// The URL of the store.
    pub store_url: String,
    /// The timeout of the store.
    pub store_timeout: Duration,
}

/// The states of a test instance. Clones share them.
#[derive(Clone, Debug)]
pub(in crate::service) struct States(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    choices: Option<StatesChoices>,
    /// Held while a state is kept, restored or removed: one at a time.
    is_busy: AtomicBool,
    /// The number of restores, which changes within the transaction of each: what a job read before it is of another epoch.
    epoch: AtomicU64,
}

/// The turn to keep, restore or remove a state, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct StateTurn(States);

impl Drop for StateTurn {
    fn drop(&mut self) {
        self.0.0.is_busy.store(false, Ordering::SeqCst);
    }
}

/// A state that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptState {
    /// Its name.
    pub name: StateName,
    /// The bytes of its file.
    pub bytes: u64,
    /// What the clock said when it was kept.
    pub taken_at: Timestamp,
}

/// A state that was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoredState {
    /// Its name.
    pub name: StateName,
    /// The rows of all tables.
    pub rows: u64,
    /// What the clock said when it was kept, and a test clock says again.
    pub taken_at: Timestamp,
    /// How long requests waited for it.
    pub took: Duration,
}

/// Why a state was not kept, put back or removed. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum StateFault {
    /// There is no test bench.
    #[error(transparent)]
    NotTest(#[from] NoTestBench),
    /// There is no folder for states.
    #[error("this needs `[test] states_dir`, which is not set")]
    NoFolder,
    /// There is no such state.
    #[error("there is no state `{0}`")]
    Unknown(StateName),
    /// Another is being kept, put back or removed.
    #[error("another state is being kept, restored or removed")]
    Busy,
    /// Another instance or program has the database open.
    #[error("another instance or program has the database open: states are for one instance alone")]
    InUse,
    /// A job of the console runs, which would write after the restore.
    #[error("a job of the console runs; wait for its end, or stop it")]
    JobRuns,
    /// The file cannot be used.
    #[error(transparent)]
    Backup(#[from] BackupFault),
    /// The folder cannot be read or written.
    #[error("the folder of states: {0}")]
    Folder(#[from] io::Error),
    /// The service failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<OpenFault> for StateFault {
    fn from(fault: OpenFault) -> Self {
        if let OpenFault::InUse(_) = fault { Self::InUse } else { Self::Backup(fault.into()) }
    }
}

impl States {
    pub(super) fn new(choices: Option<StatesChoices>) -> Self {
        Self(Arc::new(Kept { choices, is_busy: AtomicBool::new(false), epoch: AtomicU64::new(0) }))
    }

    pub(super) fn choices(&self) -> Result<&StatesChoices, StateFault> {
        self.0.choices.as_ref().ok_or(StateFault::NoFolder)
    }

    /// Takes the turn to keep, restore or remove one.
    pub(super) fn take_turn(&self) -> Result<StateTurn, StateFault> {
        if self.0.is_busy.swap(true, Ordering::SeqCst) {
            return Err(StateFault::Busy);
        }
        Ok(StateTurn(self.clone()))
    }

    /// Begins the next epoch, within the transaction of a restore.
    pub(super) fn begin_epoch(&self) {
        self.0.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// The number of restores so far.
    pub(in crate::service) fn epoch(&self) -> u64 {
        self.0.epoch.load(Ordering::SeqCst)
    }
}

impl StatesChoices {
    pub(super) fn file(&self, name: &StateName) -> PathBuf {
        self.dir.join(format!("{name}.{EXTENSION}"))
    }

    pub(super) fn existing(&self, name: &StateName) -> Result<PathBuf, StateFault> {
        let file = self.file(name);
        if file.is_file() { Ok(file) } else { Err(StateFault::Unknown(name.clone())) }
    }
}
