//! Importing CSV files: all or nothing.
//!
//! A file is read and checked whole before anything is changed, so a bad file is refused with its first faults, each
//! with line, column and reason, and a good one takes effect in one transaction. Values are never trimmed. Of the
//! kinds that come by the million, coverage and Devices, no more than a few thousand lines are in memory.

mod extract;
mod fault;
mod fields;
mod inventory;
mod lines;
mod sheet;
mod suspension;

mod coverage;
mod cpl;
mod devices;
mod registrations;
mod users;

use std::{io::Read, path::Path};

use super::{
    Replaced,
    export::{ExportFault, write},
};
use crate::db::Store;
use crate::domain::{CoverageRow, CspRegion, Now, closed_set};

pub(super) use coverage::CoverageLine;
pub(super) use cpl::CplLine;
pub(super) use devices::DeviceLine;
pub use fault::{ImportFault, RowFault};
pub(super) use registrations::RegistrationLine;
pub(super) use sheet::Sheet;
use sheet::Written;
pub(super) use users::UserLine;

closed_set!(
    /// What a CSV file holds.
    Kind, "a kind of CSV file", {
        Users => "users",
        Registrations => "registrations",
        Devices => "devices",
        Coverage => "coverage",
        Cpl => "cpl",
    }
);

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What was imported.
    pub kind: Kind,
    /// How many lines, the header not counted.
    pub rows: usize,
    /// What that meant for Devices.
    pub consequences: Consequences,
    /// Of coverage: the extracts that came in the place of others.
    pub replaced: Vec<Replaced>,
}

/// What an import meant for Devices: only that of a Central Products List means something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// How many were suspended.
    pub suspended: usize,
    /// How many went back to where they were.
    pub restored: usize,
}

/// Imports a CSV file; coverage of every CSP Region that it names. `progress` is told from time to time how many bytes of it
/// were read.
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

/// What is known of a file beside what it holds; of coverage, it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its name.
    pub name: String,
    /// Of coverage: the CSP Regions whose extract it may be.
    pub regions: Regions,
    /// Of coverage: how many rows it is said to have, the header not counted.
    pub rows: Option<u64>,
}

/// Whose coverage extract a file may be: a row of a region replaces all of what is known of that region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Regions {
    /// That of one CSP Region, whichever it names.
    #[default]
    Any,
    /// That of this one.
    Only(CspRegion),
    /// Those of all that it names.
    All,
}

impl Origin {
    /// Of a file by its name, without the folders it lies in.
    pub fn of_file(file: &Path) -> Self {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::named(&name)
    }

    /// Of a file under that name, as far as every database can keep it.
    pub fn named(name: &str) -> Self {
        let name = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>();
        if name.is_empty() { Self::default() } else { Self { name, ..Self::default() } }
    }

    /// Of a file that was sent without a name and may be of several CSP Regions.
    pub fn of_all_regions() -> Self {
        Self { regions: Regions::All, ..Self::default() }
    }
}

/// So much of a file's name is kept, in characters.
const LONGEST_NAME: usize = 100;

impl Default for Origin {
    /// A file that was sent without a name.
    fn default() -> Self {
        Self { name: "unnamed".to_owned(), regions: Regions::default(), rows: None }
    }
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
    let (rows, consequences) = match kind {
        Kind::Users => load::<UserLine>(store, from, now, progress),
        Kind::Registrations => load::<RegistrationLine>(store, from, now, progress),
        Kind::Devices => inventory::load(store, from, now, progress),
        Kind::Coverage => {
            let (rows, replaced) = extract::load(store, from, origin, now, progress)?;
            return Ok(Imported { kind, rows, consequences: Consequences::default(), replaced });
        }
        Kind::Cpl => load::<CplLine>(store, from, now, progress),
    }?;
    Ok(Imported { kind, rows, consequences, replaced: Vec::new() })
}

/// The rows of a coverage extract, read and checked as by an import. No store is asked and nothing is imported.
///
/// # Errors
/// When the file has faults.
pub fn coverage_rows(csv: &[u8]) -> Result<Vec<CoverageRow>, ImportFault> {
    sheet::read::<CoverageLine>(csv, &mut |_| ())
}

/// Why a file was not written again.
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
    let values = sheet::read::<S>(csv, &mut |_| ())?;
    let mut written = Vec::new();
    write::<S, _>(&values, &mut written)?;
    Ok(written)
}

fn load<S: Written>(
    store: &Store,
    from: &mut dyn Read,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<(usize, Consequences), ImportFault> {
    let values = sheet::read::<S>(from, progress)?;
    let rows = values.len();
    let consequences = store.transact(move |connection| S::write(connection, &values, now))?;
    Ok((rows, consequences))
}

#[cfg(test)]
mod tests;
