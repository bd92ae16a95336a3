//! Keeps the store as it stands, and puts it back while the service runs (HARNESS.md 6).

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    bench::TestBench,
    state_name::StateName,
    states::{EXTENSION, KeptState, RestoredState, StateFault, StateTurn, States},
};
use crate::{
    clock::Stopwatch,
    db::{Connection, ReadOnlyStore},
    domain::{Act, ActArea, ActorName, Timestamp, parse_instant},
    service::{App, Fault, gate::Closed},
    store::{self, BackupFault},
};

/// A restore that has begun: nothing was changed yet.
#[derive(Debug)]
pub struct Restoring {
    name: StateName,
    file: PathBuf,
    taken_at: Timestamp,
    _turn: StateTurn,
}

/// What is told of a state's file.
fn kept(name: StateName, file: &Path) -> Result<KeptState, StateFault> {
    let (bytes, taken_at) = (fs::metadata(file)?.len(), taken_at(file)?);
    Ok(KeptState { name, bytes, taken_at })
}

fn taken_at(file: &Path) -> Result<Timestamp, StateFault> {
    let text = store::backup_taken_at(file)?;
    let malformed = |_| BackupFault::Broken { line: 1, reason: "its first line has no instant".to_owned() };
    Ok(parse_instant(&text).map_err(malformed)?)
}

impl App {
    fn states(&self) -> Result<&States, StateFault> {
        Ok(self.test_bench()?.states())
    }

    /// Checks that states can be kept here.
    ///
    /// # Errors
    /// Where `[test] states_dir` is not set.
    pub fn require_states(&self) -> Result<(), StateFault> {
        self.states()?.choices().map(drop)
    }

    /// The states that are kept, by name.
    ///
    /// # Errors
    /// Where `[test] states_dir` is not set, or its folder cannot be read.
    pub fn kept_states(&self) -> Result<Vec<KeptState>, StateFault> {
        let choices = self.states()?.choices()?;
        let mut states = Vec::new();
        if choices.dir.is_dir() {
            for entry in fs::read_dir(&choices.dir)? {
                let path = entry?.path();
                let is_state = path.extension().is_some_and(|extension| extension == EXTENSION);
                let name = path.file_stem().filter(|_| is_state).and_then(|name| name.to_str());
                // A file that is no state is somebody else's.
                if let Some(name) = name.and_then(|name| name.parse().ok())
                    && let Ok(state) = kept(name, &path)
                {
                    states.push(state);
                }
            }
        }
        states.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(states)
    }

    /// Keeps the store as it stands, in the place of a state of that name. What was acknowledged before is in it.
    ///
    /// # Errors
    /// When another is being kept or restored, or the file cannot be written.
    pub fn keep_state(&self, name: StateName) -> Result<KeptState, StateFault> {
        let states = self.states()?;
        let choices = states.choices()?;
        let _turn = states.take_turn()?;
        fs::create_dir_all(&choices.dir)?;
        let aside = choices.dir.join(format!("{name}.new"));
        if aside.exists() {
            fs::remove_file(&aside)?;
        }
        let reader = ReadOnlyStore::open(&choices.store_url, choices.store_timeout)?;
        let mut reader = reader.ok_or_else(|| StateFault::Unknown(name.clone()))?;
        store::backup(&mut reader, &aside, self.clock().now())?;
        let file = choices.file(&name);
        fs::rename(&aside, &file)?;
        tracing::info!(%name, "state kept");
        kept(name, &file)
    }

    /// Removes a state.
    ///
    /// # Errors
    /// When there is no such state, or another is being kept or restored.
    pub fn remove_state(&self, name: &StateName) -> Result<(), StateFault> {
        let states = self.states()?;
        let file = states.choices()?.existing(name)?;
        let _turn = states.take_turn()?;
        Ok(fs::remove_file(file)?)
    }

    /// Begins a restore: checks all that can be checked before the gate is closed, the file, whole, and that nothing is in the way. No
    /// other state is kept or restored until the value is dropped.
    ///
    /// # Errors
    /// When it cannot be restored now, or not at all.
    pub fn begin_restore(&self, name: StateName) -> Result<Restoring, StateFault> {
        let states = self.states()?;
        let file = states.choices()?.existing(&name)?;
        let turn = states.take_turn()?;
        self.check_alone()?;
        store::check_backup(&file)?;
        let taken_at = taken_at(&file)?;
        Ok(Restoring { name, file, taken_at, _turn: turn })
    }

    /// The number of restores so far; 0 where there are no states.
    pub(in crate::service) fn epoch(&self) -> u64 {
        self.test_bench().map_or(0, TestBench::epoch)
    }

    fn check_alone(&self) -> Result<(), StateFault> {
        if self.0.console.is_job_running() {
            return Err(StateFault::JobRuns);
        }
        if self.store().is_used_by_others().map_err(Fault::from)? { Err(StateFault::InUse) } else { Ok(()) }
    }

    /// Puts the store back to a state, and a test clock with it, as one job of the writer. `_closed` holds back what changes the store
    /// meanwhile. What jobs remember of before is forgotten.
    ///
    /// # Errors
    /// When it cannot be restored; everything is as it was then.
    pub fn restore_state(
        &self,
        restoring: Restoring,
        by: ActorName,
        _closed: &Closed,
    ) -> Result<RestoredState, StateFault> {
        let stopwatch = Stopwatch::start();
        let Restoring { name, file, taken_at, _turn } = restoring;
        let states = self.states()?;
        self.check_alone()?;
        let now = self.clock().now().0;
        let act = Act::new(ActArea::Test, format!("state {name}"), "restore", by, now);
        let of = states.clone();
        let rows = self.store().transact::<_, BackupFault, _>(move |connection: &mut Connection| {
            let rows = store::restore_into(connection, &file)?;
            store::record_act(connection, &act)?;
            of.begin_epoch();
            Ok(rows)
        })?;
        if self.clock().set(taken_at) {
            self.0.console.follow_clock(now, taken_at);
        }
        self.forget_what_was();
        let took = stopwatch.elapsed();
        tracing::info!(%name, rows, ms = stopwatch.milliseconds(), "state restored");
        Ok(RestoredState { name, rows, taken_at, took })
    }

    /// Forgets what is in memory of a store that was replaced, and has jobs look at it anew.
    fn forget_what_was(&self) {
        self.reset_csps();
        self.0.refusals.clear();
        self.0.console.forget_uploads();
        self.0.console.stock_counts.forget();
        self.0.variants.forget();
        self.0.supplier_looks.forget();
        self.0.reports.clear();
        if let Err(fault) = self.resume_simulation() {
            tracing::error!(%fault, "simulated reports of the state not resumed");
        }
        if let Err(fault) = self.refresh_maintenance() {
            tracing::error!(%fault, "maintenance windows of the state not read");
        }
        self.store().outbox_signal().send();
    }
}
