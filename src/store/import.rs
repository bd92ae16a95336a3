//! The import of CSV files: all or nothing.
//!
//! A file is read and checked to its end before anything is changed. A bad file is refused with its first faults, each with
//! line, column and reason; a good one takes effect in one transaction. Values are never trimmed. Coverage and Devices come
//! by the million: of their files only a few thousand lines are in memory at a time.

use std::io::Read;

use super::{
    Kind,
    counter::{self, Counter},
    coverage::CoverageLine,
    csv::{ImportFault, Imported, NormaliseFault, Origin, read},
    imports::{self, ImportCounts},
};
use crate::{
    db::{Store, StoreFault},
    domain::{CoverageRow, Now},
};

/// Imports a CSV file from memory; coverage for every CSP Region that it names. `progress` is called from time to time with the
/// number of bytes read.
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

/// Imports a CSV file from a stream. Files of coverage and Devices are never in memory as a whole.
///
/// # Errors
/// When the file has faults or cannot be read, its preview is out of date, or the store fails; nothing is changed then.
pub fn import_from(
    store: &Store,
    kind: Kind,
    from: &mut dyn Read,
    origin: &Origin,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    if let Some(seen) = origin.seen.filter(|_| !origin.dry_run) {
        let may =
            store.transact::<_, StoreFault, _>(move |connection| imports::begin(connection, kind, seen))?;
        if !may {
            return Err(ImportFault::Overtaken);
        }
    }
    let imported = (kind.functions().import)(store, from, origin, now, progress)?;
    if !origin.dry_run {
        let (origin, counts) = (origin.clone(), ImportCounts::from(&imported));
        store.transact::<_, StoreFault, _>(move |connection| {
            if matches!(kind, Kind::Registrations | Kind::Devices) {
                // The search for changes of Supplier starts again from its oldest instant: the import may have added one in the past.
                counter::next(connection, Counter::SupplierLinks, 1)?;
            }
            imports::record(connection, kind, &origin, counts, now)
        })?;
    }
    Ok(imported)
}

/// Reads and checks the rows of a coverage extract as an import does, without a store.
///
/// # Errors
/// When the file has faults.
pub fn coverage_rows(csv: &[u8]) -> Result<Vec<CoverageRow>, ImportFault> {
    Ok(read::<CoverageLine>(csv, &mut |_| ())?.0)
}

/// Normalises a CSV file: reads and checks it as an import does, without a store, and writes it as an export does, with all
/// columns. The lines keep their order.
///
/// # Errors
/// When the file has faults.
pub fn normalised(kind: Kind, csv: &[u8]) -> Result<Vec<u8>, NormaliseFault> {
    (kind.functions().normalise)(csv)
}

#[cfg(test)]
mod tests;
