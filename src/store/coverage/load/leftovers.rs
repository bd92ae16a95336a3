//! The deletion of leftovers: extracts that are not current, and their rows, one batch a transaction.

use diesel::{RunQueryDsl as _, sql_query};

use crate::{
    db::{Connection, LockKey, Store, StoreFault},
    store::coverage::extract,
};

/// The advisory lock of a coverage load, held until the load ends.
pub(super) const LOAD_LOCK: LockKey = LockKey { number: 0x73_6d_69_03, file_suffix: "-coverage-load" };

/// The batch size of deletions, in rows: one batch a transaction, so that other jobs can write in between.
const DELETE_BATCH: usize = 5_000;

/// Deletes the leftovers of interrupted loads, one batch a transaction; returns the number of rows. `go_on` is asked before each
/// batch. Does nothing while a load is running: its staged extract is no leftover.
///
/// # Errors
/// When the store fails or is busy; what was deleted until then stays deleted.
pub fn remove_coverage_leftovers(
    store: &Store,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<usize, StoreFault> {
    if store.read(extract::leftovers)?.is_empty() {
        return Ok(0);
    }
    match store.try_lock(LOAD_LOCK)? {
        None => Ok(0),
        Some(_lock) => remove(store, go_on),
    }
}

/// Deletes leftovers; the caller must hold [`LOAD_LOCK`].
pub(super) fn remove(store: &Store, go_on: &mut dyn FnMut() -> bool) -> Result<usize, StoreFault> {
    // A read first: mostly there are none, and the writer is not to be kept busy for that.
    if store.read(extract::leftovers)?.is_empty() {
        return Ok(0);
    }
    store.transact(extract::abandon_loading)?;
    let mut removed = 0;
    for id in store.read(extract::leftovers)? {
        loop {
            if !go_on() {
                return Ok(removed);
            }
            let rows = store.transact(move |connection| remove_rows(connection, id))?;
            removed += rows;
            if rows < DELETE_BATCH {
                break;
            }
        }
        // After its rows: they refer to the extract, and an interrupted deletion finds it again.
        store.transact(move |connection| extract::remove(connection, id))?;
    }
    Ok(removed)
}

fn remove_rows(connection: &mut Connection, extract: i64) -> Result<usize, StoreFault> {
    let some = format!("SELECT id FROM coverage WHERE extract_id = {extract} LIMIT {DELETE_BATCH}");
    Ok(sql_query(format!("DELETE FROM coverage WHERE id IN ({some})")).execute(connection)?)
}
