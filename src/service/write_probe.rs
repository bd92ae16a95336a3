//! The write probe of the readiness check: writes a row of its own. A database that can be read may not take a write: its disk is
//! full, its file or its server has become read-only.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    clock::Stopwatch,
    db::{Store, StoreFault},
    store,
};

/// The least time between two probes: a commit waits for the disk.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a check waits for the probe. An import may hold the writer for longer; the last result counts then.
const PATIENCE: Duration = Duration::from_millis(500);

/// The probe. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct WriteProbe(Arc<SharedProbe>);

#[derive(Debug, Default)]
struct SharedProbe {
    state: Mutex<ProbeState>,
    finished: Condvar,
}

#[derive(Debug, Default)]
struct ProbeState {
    /// When the last probe was submitted.
    submitted: Option<Stopwatch>,
    is_under_way: bool,
    /// Whether the last one that was run failed.
    has_failed: bool,
}

impl WriteProbe {
    /// Whether the store takes writes, by a probe of the last second or one that is made now.
    pub(super) fn is_writable(&self, store: &Store) -> bool {
        let is_due = self.begin_if_due();
        if is_due {
            let probe = self.clone();
            // Without the lock: where the job is refused, the callback runs at once and on this thread.
            store.submit(store::probe_writing, move |outcome| probe.finish(&outcome));
        }
        let waited = self.0.finished.wait_timeout_while(self.state(), PATIENCE, |state| state.is_under_way);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.has_failed
    }

    fn begin_if_due(&self) -> bool {
        let mut state = self.state();
        let is_recent = state.submitted.is_some_and(|at| at.elapsed() < INTERVAL);
        if state.is_under_way || is_recent {
            return false;
        }
        state.is_under_way = true;
        state.submitted = Some(Stopwatch::start());
        true
    }

    fn finish(&self, outcome: &Result<(), StoreFault>) {
        let mut state = self.state();
        state.is_under_way = false;
        match outcome {
            Ok(()) => state.has_failed = false,
            // A full queue says nothing of the database.
            Err(StoreFault::Busy) => {}
            Err(fault) => {
                if !state.has_failed {
                    tracing::error!(%fault, "store cannot be written to: not ready");
                }
                state.has_failed = true;
            }
        }
        drop(state);
        self.0.finished.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, ProbeState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::db::Connection;

    fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&format!("sqlite://{}", folder.path().join("smi.db").display())).unwrap()
    }

    fn probes(store: &Store) -> Option<i64> {
        let value =
            |connection: &mut Connection| store::counter_value(connection, store::Counter::WriteProbe);
        store.read::<_, StoreFault>(value).unwrap()
    }

    #[test]
    fn many_checks_are_one_probe_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let (store, probe) = (store(&folder), WriteProbe::default());
        let since = Stopwatch::start();
        for _ in 0..100 {
            assert!(probe.is_writable(&store));
        }
        let most = i64::try_from(since.elapsed().as_secs()).unwrap() + 1;
        assert!(probes(&store).is_some_and(|made| (1..=most).contains(&made)));
    }

    #[test]
    fn a_writer_that_is_busy_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (store, probe) = (store(&folder), WriteProbe::default());
        let (release, held) = mpsc::channel::<()>();
        let held = Mutex::new(held);
        let hold = move |_: &mut Connection| {
            let _ = held.lock().unwrap().recv();
            Ok::<_, StoreFault>(())
        };
        store.submit(hold, drop);
        assert!(probe.is_writable(&store), "it goes by the last result");
        assert!(probe.is_writable(&store), "and makes no second probe");
        drop(release);
        while probes(&store).is_none() {
            std::thread::yield_now();
        }
    }
}
