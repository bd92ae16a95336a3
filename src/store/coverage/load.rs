//! The load of coverage extracts: rows are staged in many short transactions, and become visible in the last one.
//!
//! An advisory lock allows one load at a time. The leftovers of an interrupted load (power cut, kill) are deleted by the next load or
//! by the retention job. Every step is idempotent, so that it can be retried: the id of a row is computed from its line.

mod contradictions;
mod duplicates;
mod insert;
mod leftovers;

use std::{collections::BTreeMap, sync::Arc, thread, time::Duration};

use diesel::{
    dsl::max,
    prelude::*,
    result::{DatabaseErrorKind, Error},
};

use super::{
    extract::{self, ExtractState},
    row::StoredRow,
};
use crate::{
    db::{AdvisoryLock, Connection, Store, StoreFault},
    domain::{CoverageRow, CspRegion, Now},
    store::{
        coverage::row::coverage,
        csv::{ImportFault, ReplacedExtract},
    },
};

pub(in crate::store) use duplicates::{DuplicateBy, DuplicatePlace};
pub use leftovers::remove_coverage_leftovers;

/// The most attempts of a step that meets transient faults, such as a busy store or a server that restarts.
const MAX_ATTEMPTS: u32 = 10;
/// The delay between two attempts.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// The error of a load.
#[derive(Debug, thiserror::Error)]
pub enum LoadFault {
    /// Another load holds the lock, or took it over after this load's session was lost.
    #[error("{}", ImportFault::UnderWay)]
    UnderWay,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<LoadFault> for ImportFault {
    fn from(fault: LoadFault) -> Self {
        match fault {
            LoadFault::UnderWay => Self::UnderWay,
            LoadFault::Store(fault) => Self::Store(fault),
        }
    }
}

/// A contradiction: a line whose coverage of an address differs from an earlier line's.
pub(in crate::store) struct Contradiction {
    pub(in crate::store) line: u64,
    pub(in crate::store) earlier: u64,
    pub(in crate::store) postcode: String,
    pub(in crate::store) address: String,
}

/// A row to stage, and its line in the file.
pub(in crate::store) struct NewRow {
    pub(in crate::store) line: u64,
    pub(in crate::store) row: CoverageRow,
}

/// An extract that this load stages.
#[derive(Clone, Copy)]
struct StagedExtract {
    id: i64,
    region: CspRegion,
    rows: u64,
}

/// A running load. Queries read the previous extracts until [`Load::finish`].
pub(in crate::store) struct Load<'a> {
    store: &'a Store,
    source: String,
    now: Now,
    /// The highest row id before the load. A row's id is this plus its line.
    base: i64,
    extracts: BTreeMap<CspRegion, StagedExtract>,
    _lock: AdvisoryLock,
}

impl<'a> Load<'a> {
    /// Acquires the lock, and deletes the leftovers of an interrupted load.
    pub(in crate::store) fn begin(store: &'a Store, source: &str, now: Now) -> Result<Self, LoadFault> {
        let lock = store.try_lock(leftovers::LOAD_LOCK)?.ok_or(LoadFault::UnderWay)?;
        leftovers::remove(store, &mut || true)?;
        let base = store.read(highest_id)?;
        Ok(Self { store, source: source.to_owned(), now, base, extracts: BTreeMap::new(), _lock: lock })
    }

    /// Stages rows, except duplicates of staged places; returns those duplicates.
    pub(in crate::store) fn stage(&mut self, rows: &[NewRow]) -> Result<Vec<DuplicatePlace>, LoadFault> {
        let stored = rows.iter().map(|row| self.stored_row(row)).collect::<Result<Vec<_>, _>>()?;
        // Shared, not copied: a retried transaction needs the rows again.
        let stored = Arc::new(stored);
        let extracts = self.extracts.values().copied().collect::<Vec<_>>();
        let (all, of) = (Arc::clone(&stored), extracts.clone());
        let written = self.transact(move |connection| {
            // In the transaction of the insert, so that no other load can abandon the extract in between.
            of.iter().try_for_each(|extract| require_loading(connection, extract.id))?;
            Ok(insert::all(connection, &all).map_err(StoreFault::from)?)
        });
        let duplicates = match written {
            Ok(()) => Vec::new(),
            // A duplicate, or rows that an attempt committed before its answer was lost: compared in a new transaction, as
            // PostgreSQL aborts the failed one.
            Err(LoadFault::Store(fault)) if is_unique_violation(&fault) => {
                self.transact(move |connection| {
                    extracts.iter().try_for_each(|extract| require_loading(connection, extract.id))?;
                    Ok(duplicates::insert_new(connection, &stored)?)
                })?
            }
            Err(fault) => return Err(fault),
        };
        let duplicates = duplicates.into_iter().map(|(number, earlier, by)| DuplicatePlace {
            line: self.line(number),
            earlier: self.line(earlier),
            by,
        });
        Ok(duplicates.collect())
    }

    /// Finds contradictions among the staged rows; stops after the first page that has some, as the file is refused then.
    pub(in crate::store) fn contradictions(&self) -> Result<Vec<Contradiction>, LoadFault> {
        let mut found = Vec::new();
        for extract in self.extracts.values() {
            let mut behind = String::new();
            while found.is_empty() {
                let look =
                    |connection: &mut Connection| contradictions::after(connection, extract.id, &behind);
                let Some((contradicting, until)) = with_retries(|| Ok(self.store.read(look)?))? else {
                    break;
                };
                found.extend(contradicting.into_iter().map(|row| Contradiction {
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

    /// Makes the staged extracts current, in one transaction.
    pub(in crate::store) fn finish(self) -> Result<Vec<ReplacedExtract>, LoadFault> {
        // Read before the swap, and outside it: the numbers are for the report alone.
        let replaced = self.replaced()?;
        let extracts = self.extracts.values().copied().collect::<Vec<_>>();
        self.transact(move |connection| {
            for StagedExtract { id, region, rows } in &extracts {
                match extract::state(connection, *id)? {
                    Some(ExtractState::Loading) => extract::make_current(connection, *id, *region, *rows)?,
                    // An earlier attempt was committed, though its answer was lost.
                    Some(ExtractState::Current) => {}
                    Some(ExtractState::Old) | None => return Err(LoadFault::UnderWay),
                }
            }
            Ok(())
        })?;
        self.delete_leftovers();
        Ok(replaced)
    }

    /// The extracts that the staged ones would replace.
    pub(in crate::store) fn replaced(&self) -> Result<Vec<ReplacedExtract>, LoadFault> {
        let before = with_retries(|| Ok(self.store.read(extract::current)?))?;
        let before = |region| before.iter().find(|current| current.extract.region == region);
        let replaced = self.extracts.values().map(|StagedExtract { id: _, region, rows }| {
            let before = before(*region).map_or(0, |current| current.extract.rows);
            ReplacedExtract { region: *region, before, rows: *rows }
        });
        Ok(replaced.collect())
    }

    /// The line of a row, from its id.
    const fn line(&self, number: i64) -> u64 {
        (number - self.base).unsigned_abs()
    }

    /// Ends the load without effect: deletes the staged rows.
    pub(in crate::store) fn abandon(self) {
        self.delete_leftovers();
    }

    /// Deletes leftovers: replaced extracts, or this load's own. A failure is only logged, as the next load deletes them.
    fn delete_leftovers(&self) {
        if let Err(fault) = leftovers::remove(self.store, &mut || true) {
            tracing::warn!(%fault, "coverage leftovers not deleted; the next load or the retention job retries");
        }
    }

    fn stored_row(&mut self, NewRow { line, row }: &NewRow) -> Result<StoredRow, LoadFault> {
        let extract = self.extract_id_for(row.region)?;
        Ok(StoredRow::new(row, self.base + i64::try_from(*line).unwrap_or(i64::MAX - self.base), extract))
    }

    /// The id of the region's staged extract, which is created for its first row. Counts the row.
    fn extract_id_for(&mut self, region: CspRegion) -> Result<i64, LoadFault> {
        if let Some(staged) = self.extracts.get_mut(&region) {
            staged.rows += 1;
            return Ok(staged.id);
        }
        let (source, now) = (self.source.clone(), self.now);
        // A retry after a lost answer may insert a second, empty extract: it is never current, and a leftover afterwards.
        let id = self.transact(move |connection| Ok(extract::begin(connection, region, &source, now)?))?;
        self.extracts.insert(region, StagedExtract { id, region, rows: 1 });
        Ok(id)
    }

    /// Runs a transaction with retries.
    fn transact<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection) -> Result<T, LoadFault> + Clone + Send + 'static,
    ) -> Result<T, LoadFault> {
        with_retries(|| self.store.transact(work.clone()))
    }
}

/// Runs a step and retries it after a transient fault: a load of an hour must not fail because the store was busy for a moment.
fn with_retries<T>(step: impl Fn() -> Result<T, LoadFault>) -> Result<T, LoadFault> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match step() {
            Err(LoadFault::Store(fault))
                if fault.is_transient()
                    // A closed store stays closed: retrying would only delay the shutdown.
                    && !matches!(fault, StoreFault::Closed)
                    && attempts < MAX_ATTEMPTS =>
            {
                tracing::warn!(%fault, attempts, "coverage load: step retried after a transient fault");
                thread::sleep(RETRY_DELAY);
            }
            done => return done,
        }
    }
}

/// Refuses to stage into an extract that another load abandoned. This happens if the session that held the lock was lost.
fn require_loading(connection: &mut Connection, extract: i64) -> Result<(), LoadFault> {
    match extract::state(connection, extract)? {
        Some(ExtractState::Loading) => Ok(()),
        Some(ExtractState::Current | ExtractState::Old) | None => Err(LoadFault::UnderWay),
    }
}

const fn is_unique_violation(fault: &StoreFault) -> bool {
    matches!(fault, StoreFault::Database(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}

fn highest_id(connection: &mut Connection) -> Result<i64, StoreFault> {
    Ok(coverage::table.select(max(coverage::id)).get_result::<Option<i64>>(connection)?.unwrap_or(0))
}
