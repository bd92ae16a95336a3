//! The import of CSV files: all or nothing.
//!
//! A file is read and checked whole before anything is changed, so a bad file is refused with its first faults, each
//! with line, column and reason, and a good one takes effect in one transaction. Values are never trimmed. Of the
//! kinds that come by the million, coverage and Devices, no more than a few thousand lines are in memory.

use std::io::Read;

use super::{
    Kind,
    counter::{self, Counter},
    coverage::CoverageLine,
    csv::{ImportFault, Imported, NormaliseFault, Origin, read},
};
use crate::{
    db::{Store, StoreFault},
    domain::{CoverageRow, Now},
};

/// Imports a CSV file; coverage of every CSP Region that it names. `progress` is called from time to time with the number of
/// bytes read.
///
/// # Errors
/// When the file has faults, or the store fails; nothing is changed then.
pub fn import(
    store: &Store,
    kind: Kind,
    csv: &[u8],
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    import_from(store, kind, &mut { csv }, &Origin::of_all_regions(), now, progress)
}

/// Imports a CSV file that is read as it comes. Coverage and Devices are never held whole.
///
/// # Errors
/// When the file has faults or cannot be read, or the store fails; nothing is changed then.
pub fn import_from(
    store: &Store,
    kind: Kind,
    from: &mut dyn Read,
    origin: &Origin,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    let imported = (kind.functions().import)(store, from, origin, now, progress)?;
    if matches!(kind, Kind::Registrations | Kind::Devices) && !origin.dry_run {
        // Who gained which meter is looked for anew, the past included.
        store.transact::<_, StoreFault, _>(|connection| {
            counter::next(connection, Counter::SupplierLinks, 1)
        })?;
    }
    Ok(imported)
}

/// The rows of a coverage extract, read and checked as by an import. No store is asked and nothing is imported.
///
/// # Errors
/// When the file has faults.
pub fn coverage_rows(csv: &[u8]) -> Result<Vec<CoverageRow>, ImportFault> {
    Ok(read::<CoverageLine>(csv, &mut |_| ())?.0)
}

/// A CSV file as an export would write it: read and checked as by an import, with all columns, its lines in their
/// order. No store is asked and nothing is imported.
///
/// # Errors
/// When the file has faults.
pub fn normalised(kind: Kind, csv: &[u8]) -> Result<Vec<u8>, NormaliseFault> {
    (kind.functions().normalise)(csv)
}

#[cfg(test)]
mod tests;
