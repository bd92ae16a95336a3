//! The import of CSV files: all or nothing.
//!
//! A file is read and checked whole before anything is changed, so a bad file is refused with its first faults, each
//! with line, column and reason, and a good one takes effect in one transaction. Values are never trimmed. Of the
//! kinds that come by the million, coverage and Devices, no more than a few thousand lines are in memory.

use std::io::Read;

use super::{
    Kind, ReplacedExtract,
    counter::{self, Counter},
    coverage::{self, CoverageLine},
    cpl::CplLine,
    csv::{Consequences, Faults, ImportFault, Origin, Sheet, Warnings, WriteSheet, read},
    device::{self, DeviceLine},
    export::{ExportFault, write},
    registration::RegistrationLine,
    user::UserLine,
};
use crate::{
    db::{Store, StoreFault},
    domain::{CoverageRow, Now},
};

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What was imported.
    pub kind: Kind,
    /// How many lines, the header not counted.
    pub rows: usize,
    /// What followed for Devices.
    pub consequences: Consequences,
    /// What was imported, although it looks wrong.
    pub warnings: Warnings,
    /// Of coverage: the extracts that replaced others.
    pub replaced: Vec<ReplacedExtract>,
}

impl Imported {
    fn nothing(kind: Kind) -> Self {
        Self {
            kind,
            rows: 0,
            consequences: Consequences::default(),
            warnings: Warnings::default(),
            replaced: Vec::new(),
        }
    }
}

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
    let imported = match kind {
        Kind::Users => load::<UserLine>(store, kind, from, origin, now, progress),
        Kind::Registrations => load::<RegistrationLine>(store, kind, from, origin, now, progress),
        Kind::Devices => {
            let (rows, warnings) = device::import(store, from, now, progress)?;
            Ok(Imported { rows, warnings, ..Imported::nothing(kind) })
        }
        Kind::Coverage => {
            let (rows, replaced) = coverage::import(store, from, origin, now, progress)?;
            Ok(Imported { rows, replaced, ..Imported::nothing(kind) })
        }
        Kind::Cpl => load::<CplLine>(store, kind, from, origin, now, progress),
    }?;
    if matches!(kind, Kind::Registrations | Kind::Devices) {
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

/// Why a file was not normalised.
#[derive(Debug, thiserror::Error)]
pub enum NormaliseFault {
    /// It would not be imported.
    #[error(transparent)]
    Import(#[from] ImportFault),
    /// It cannot be written.
    #[error(transparent)]
    Export(#[from] ExportFault),
}

/// A CSV file as an export would write it: read and checked as by an import, with all columns, its lines in their
/// order. No store is asked and nothing is imported.
///
/// # Errors
/// When the file has faults.
pub fn normalised(kind: Kind, csv: &[u8]) -> Result<Vec<u8>, NormaliseFault> {
    match kind {
        Kind::Users => rewrite::<UserLine>(csv),
        Kind::Registrations => rewrite::<RegistrationLine>(csv),
        Kind::Devices => rewrite::<DeviceLine>(csv),
        Kind::Coverage => rewrite::<CoverageLine>(csv),
        Kind::Cpl => rewrite::<CplLine>(csv),
    }
}

fn rewrite<S>(csv: &[u8]) -> Result<Vec<u8>, NormaliseFault>
where
    S: Sheet,
    for<'v> S: From<&'v S::Value>,
{
    let (values, _) = read::<S>(csv, &mut |_| ())?;
    let mut written = Vec::new();
    write::<S, _>(&values, &mut written)?;
    Ok(written)
}

/// Why a file without lines is refused.
const NO_LINES: &str = "no lines follow the header, and the file would take the place of the whole list, so that nothing is \
    checked against it; `--empty` (`?empty=true`) says that this is meant";

fn load<S: WriteSheet>(
    store: &Store,
    kind: Kind,
    from: &mut dyn Read,
    origin: &Origin,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    let (values, warnings) = read::<S>(from, progress)?;
    let rows = values.len();
    if rows == 0 && S::REPLACES_ALL && !origin.may_be_empty {
        let mut faults = Faults::default();
        faults.in_line(1, NO_LINES);
        faults.into_result()?;
    }
    let consequences = store.transact(move |connection| S::write(connection, &values, now))?;
    Ok(Imported { rows, consequences, warnings, ..Imported::nothing(kind) })
}

#[cfg(test)]
mod tests;
