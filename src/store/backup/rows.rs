//! The rows of any table: written in pages, read back in batches.

use super::{
    BackupFault,
    file::{BackupReader, BackupWriter},
};
use crate::{db::Connection, store::table::StoredTable};

/// The size of a page and of a batch, in rows.
const PAGE: usize = 500;

/// Writes every row of a table as a line, in key order. Pages continue behind a key, not at an offset, so that the last page
/// costs no more than the first.
pub(in crate::store) fn write_rows<T: StoredTable>(
    connection: &mut Connection,
    to: &mut BackupWriter,
) -> Result<(), BackupFault> {
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let mut after = None;
    loop {
        let mut page = T::page_after(connection, after.as_ref(), limit)?;
        let last = page.last().map(|row| T::key(row).clone());
        let Some(last) = last.filter(|_| page.len() == PAGE) else {
            return page.iter().try_for_each(|row| to.write_line(row));
        };
        // The page may end between two rows of the same key: all rows of its last key are read again.
        page.retain(|row| *T::key(row) != last);
        page.extend(T::of_key(connection, &last)?);
        page.iter().try_for_each(|row| to.write_line(row))?;
        after = Some(last);
    }
}

/// Reads `rows` rows and inserts them into a table.
pub(in crate::store) fn read_rows<T: StoredTable>(
    connection: &mut Connection,
    from: &mut BackupReader,
    rows: u64,
) -> Result<(), BackupFault> {
    let mut left = rows;
    while left > 0 {
        let mut batch = Vec::<T::Row>::new();
        while left > 0 && batch.len() < PAGE {
            let line = from.next_row()?;
            let row = serde_json::from_slice(&line);
            batch.push(row.map_err(|error| from.broken_line(&error.to_string()))?);
            left -= 1;
        }
        T::insert(connection, batch)?;
    }
    Ok(())
}
