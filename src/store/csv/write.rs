//! The writer of CSV files: a header and lines, in the order of the columns.

use std::io::Write;

use serde::Serialize;

use super::Sheet;
use crate::db::StoreFault;

/// Why a file could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The file could not be written.
    #[error("cannot write the file: {0}")]
    Write(#[from] csv::Error),
    /// The end of the file could not be written.
    #[error("cannot write the file: {0}")]
    Flush(#[from] std::io::Error),
}

/// Writes the header. Not left to the csv crate, which writes none where there are no lines.
fn begin<S: Sheet>(to: &mut dyn Write) -> Result<csv::Writer<&mut dyn Write>, ExportFault> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(to);
    writer.write_record(S::COLUMNS)?;
    Ok(writer)
}

/// Writes these values; returns their number.
pub(in crate::store) fn write<'a, S, V>(values: &'a [V], to: &mut dyn Write) -> Result<usize, ExportFault>
where
    S: Sheet + Serialize + From<&'a V>,
{
    let mut writer = begin::<S>(to)?;
    for value in values {
        writer.serialize(S::from(value))?;
    }
    writer.flush()?;
    Ok(values.len())
}

/// Writes values page by page, so that memory does not grow with their number; returns that. `next_page` is asked with the last
/// value of the page before, and an empty page ends the file.
pub(in crate::store) fn write_pages<S, V>(
    to: &mut dyn Write,
    mut next_page: impl FnMut(Option<&V>) -> Result<Vec<V>, StoreFault>,
) -> Result<usize, ExportFault>
where
    S: Sheet + Serialize,
    for<'v> S: From<&'v V>,
{
    let mut writer = begin::<S>(to)?;
    let mut rows = 0;
    let mut page = next_page(None)?;
    while !page.is_empty() {
        page.iter().try_for_each(|value| writer.serialize(S::from(value)))?;
        rows += page.len();
        page = next_page(page.last())?;
    }
    writer.flush()?;
    Ok(rows)
}
