//! Loading extracts: rows come in many short transactions, and nobody sees them before the last one.
//!
//! One load at a time in a store. What a load that broke off left behind, by a power cut or a kill, is taken away by
//! the next one, or by whoever looks after the store. Every step can be done again: a row's number says which line it
//! came from.

mod at_odds;
mod doubles;
mod insert;

use std::{collections::BTreeMap, sync::Arc, thread, time::Duration};

use diesel::{
    dsl::max,
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_query,
};

use super::{
    extract::{self, State},
    row::StoredRow,
};
use crate::{
    db::{AdvisoryLock, Connection, LockKey, Store, StoreFault},
    domain::{CoverageRow, CspRegion, Now},
    store::coverage::row::coverage,
};

pub(in crate::store) use doubles::{Double, DoubledBy};

/// Held by the process that loads coverage, for as long as that takes.
const LOAD_LOCK: LockKey = LockKey { number: 0x73_6d_69_03, file_suffix: Some("-coverage-load") };

/// As many rows are taken away in one transaction, at most: others write in between.
const REMOVED: usize = 5_000;
/// How often a step is tried that meets a passing fault: a store that is busy, a server that is coming back.
const TRIES: u32 = 10;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// Why an extract was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadFault {
    /// Another load holds the lock, or took this one's place.
    #[error("another load of coverage is under way; try again when it is done")]
    UnderWay,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// The extract of a region that a load put in the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The region.
    pub region: CspRegion,
    /// How many rows the other had; none where there was none.
    pub before: u64,
    /// How many rows it has.
    pub rows: u64,
}

/// A line that says something else of an address than an earlier one.
pub(in crate::store) struct Contradiction {
    pub(in crate::store) line: u64,
    pub(in crate::store) earlier: u64,
    pub(in crate::store) postcode: String,
    pub(in crate::store) address: String,
}

/// A row and the line it came from.
pub(in crate::store) struct NewRow {
    pub(in crate::store) line: u64,
    pub(in crate::store) row: CoverageRow,
}

/// An extract of this load.
#[derive(Clone, Copy)]
struct Staged {
    id: i64,
    region: CspRegion,
    rows: u64,
}

/// A load under way. The coverage is as it was until it is finished.
pub(in crate::store) struct Load<'a> {
    store: &'a Store,
    source: String,
    now: Now,
    /// A row's number is this and its line together.
    base: i64,
    extracts: BTreeMap<CspRegion, Staged>,
    _lock: AdvisoryLock,
}

impl<'a> Load<'a> {
    /// Takes the lock, and removes what an earlier load left.
    pub(in crate::store) fn begin(store: &'a Store, source: &str, now: Now) -> Result<Self, LoadFault> {
        let lock = store.try_lock(LOAD_LOCK)?.ok_or(LoadFault::UnderWay)?;
        remove_leftovers(store, &mut || true)?;
        let base = store.read(last_number)?;
        Ok(Self { store, source: source.to_owned(), now, base, extracts: BTreeMap::new(), _lock: lock })
    }

    /// Writes rows that nobody sees yet, but not those whose place is there already: it says which.
    pub(in crate::store) fn stage(&mut self, rows: &[NewRow]) -> Result<Vec<Double>, LoadFault> {
        let stored = rows.iter().map(|row| self.stored(row)).collect::<Result<Vec<_>, _>>()?;
        let stored = Arc::new(stored);
        let extracts = self.extracts.values().copied().collect::<Vec<_>>();
        let (all, of) = (Arc::clone(&stored), extracts.clone());
        let written = self.again(move |connection| {
            of.iter().try_for_each(|extract| must_be_loading(connection, extract.id))?;
            Ok(insert::all(connection, &all).map_err(StoreFault::from)?)
        });
        let doubles = match written {
            Ok(()) => Vec::new(),
            Err(LoadFault::Store(fault)) if is_double(&fault) => self.again(move |connection| {
                extracts.iter().try_for_each(|extract| must_be_loading(connection, extract.id))?;
                Ok(doubles::leave_out(connection, &stored)?)
            })?,
            Err(fault) => return Err(fault),
        };
        let doubles = doubles.into_iter().map(|(number, earlier, by)| Double {
            line: self.line(number),
            earlier: self.line(earlier),
            by,
        });
        Ok(doubles.collect())
    }

    /// What the rows written so far say of one address in two ways: some of it, at least, where there is any.
    pub(in crate::store) fn contradictions(&self) -> Result<Vec<Contradiction>, LoadFault> {
        let mut found = Vec::new();
        for extract in self.extracts.values() {
            let mut behind = String::new();
            while found.is_empty() {
                let look = |connection: &mut Connection| at_odds::after(connection, extract.id, &behind);
                let Some((at_odds, until)) = patiently(|| Ok(self.store.read(look)?))? else { break };
                found.extend(at_odds.into_iter().map(|row| Contradiction {
                    line: self.line(row.later),
                    earlier: self.line(row.earlier),
                    postcode: row.postcode,
                    address: row.address,
                }));
                behind = until;
            }
        }
        Ok(found)
    }

    /// From now on, all at once, these extracts speak for their regions.
    pub(in crate::store) fn finish(self) -> Result<Vec<Replaced>, LoadFault> {
        let before = patiently(|| Ok(self.store.read(extract::current)?))?;
        let before = |region| before.iter().find(|current| current.extract.region == region);
        let replaced = self.extracts.values().map(|Staged { id: _, region, rows }| {
            let before = before(*region).map_or(0, |current| current.extract.rows);
            Replaced { region: *region, before, rows: *rows }
        });
        let replaced = replaced.collect();
        let extracts = self.extracts.values().copied().collect::<Vec<_>>();
        self.again(move |connection| {
            for Staged { id, region, rows } in &extracts {
                match extract::state(connection, *id)? {
                    Some(State::Loading) => extract::make_current(connection, *id, *region, *rows)?,
                    // It was done, and nobody heard of it.
                    Some(State::Current) => {}
                    Some(State::Old) | None => return Err(LoadFault::UnderWay),
                }
            }
            Ok(())
        })?;
        self.tidy();
        Ok(replaced)
    }

    /// The line that a row of that number came from.
    const fn line(&self, number: i64) -> u64 {
        (number - self.base).unsigned_abs()
    }

    /// Takes away what was written.
    pub(in crate::store) fn abandon(self) {
        self.tidy();
    }

    /// What is left because this fails, the next one takes away.
    fn tidy(&self) {
        if let Err(fault) = remove_leftovers(self.store, &mut || true) {
            tracing::warn!(%fault, "coverage that nobody sees any more could not be taken away yet");
        }
    }

    fn stored(&mut self, NewRow { line, row }: &NewRow) -> Result<StoredRow, LoadFault> {
        let extract = self.extract_of(row.region)?;
        Ok(StoredRow::new(row, self.base + i64::try_from(*line).unwrap_or(i64::MAX - self.base), extract))
    }

    /// The extract of that region, begun if need be.
    fn extract_of(&mut self, region: CspRegion) -> Result<i64, LoadFault> {
        if let Some(staged) = self.extracts.get_mut(&region) {
            staged.rows += 1;
            return Ok(staged.id);
        }
        let (source, now) = (self.source.clone(), self.now);
        let id = self.again(move |connection| Ok(extract::begin(connection, region, &source, now)?))?;
        self.extracts.insert(region, Staged { id, region, rows: 1 });
        Ok(id)
    }

    fn again<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection) -> Result<T, LoadFault> + Clone + Send + 'static,
    ) -> Result<T, LoadFault> {
        patiently(|| self.store.transact(work.clone()))
    }
}

/// Takes a step, and takes it again where it meets a passing fault: an hour's load must not fail by a busy moment.
fn patiently<T>(step: impl Fn() -> Result<T, LoadFault>) -> Result<T, LoadFault> {
    let mut tries = 0;
    loop {
        tries += 1;
        match step() {
            Err(LoadFault::Store(fault))
                if fault.is_transient() && !matches!(fault, StoreFault::Closed) && tries < TRIES =>
            {
                tracing::warn!(%fault, tries, "a step of loading coverage is tried again");
                thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

fn must_be_loading(connection: &mut Connection, extract: i64) -> Result<(), LoadFault> {
    match extract::state(connection, extract)? {
        Some(State::Loading) => Ok(()),
        Some(State::Current | State::Old) | None => Err(LoadFault::UnderWay),
    }
}

const fn is_double(fault: &StoreFault) -> bool {
    matches!(fault, StoreFault::Database(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}

fn last_number(connection: &mut Connection) -> Result<i64, StoreFault> {
    Ok(coverage::table.select(max(coverage::id)).get_result::<Option<i64>>(connection)?.unwrap_or(0))
}

/// Takes away what a load that broke off left behind, a batch a transaction, as long as `go_on` says so before each;
/// how many rows that was. While a load is under way nothing is left behind.
///
/// # Errors
/// When the store fails or is busy; what was taken away until then is.
pub fn remove_coverage_leftovers(
    store: &Store,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<usize, StoreFault> {
    if store.read(extract::leftovers)?.is_empty() {
        return Ok(0);
    }
    match store.try_lock(LOAD_LOCK)? {
        None => Ok(0),
        Some(_lock) => remove_leftovers(store, go_on),
    }
}

/// For the holder of the lock alone.
fn remove_leftovers(store: &Store, go_on: &mut dyn FnMut() -> bool) -> Result<usize, StoreFault> {
    if store.read(extract::leftovers)?.is_empty() {
        return Ok(0);
    }
    store.transact(extract::give_up_loading)?;
    let mut removed = 0;
    for id in store.read(extract::leftovers)? {
        loop {
            if !go_on() {
                return Ok(removed);
            }
            let rows = store.transact(move |connection| remove_rows(connection, id))?;
            removed += rows;
            if rows < REMOVED {
                break;
            }
        }
        store.transact(move |connection| extract::remove(connection, id))?;
    }
    Ok(removed)
}

fn remove_rows(connection: &mut Connection, extract: i64) -> Result<usize, StoreFault> {
    let some = format!("SELECT id FROM coverage WHERE extract_id = {extract} LIMIT {REMOVED}");
    Ok(sql_query(format!("DELETE FROM coverage WHERE id IN ({some})")).execute(connection)?)
}
