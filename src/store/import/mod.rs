//! Importing CSV files: all or nothing.
//!
//! A file is read and checked whole before anything is written, so a bad file is refused with its first faults, each
//! with line, column and reason, and a good one is written in one transaction. Values are never trimmed.

mod fault;
mod fields;
mod sheet;

mod coverage;
mod cpl;
mod devices;
mod registrations;
mod users;

use super::Store;
use crate::domain::{Now, closed_set};

pub(super) use coverage::CoverageLine;
pub(super) use cpl::CplLine;
pub(super) use devices::DeviceLine;
pub use fault::{ImportFault, RowFault};
pub(super) use registrations::RegistrationLine;
pub(super) use sheet::Sheet;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What was imported.
    pub kind: Kind,
    /// How many lines, the header not counted.
    pub rows: usize,
}

/// Imports a CSV file. `progress` is told from time to time how many bytes of it were read.
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
    let rows = match kind {
        Kind::Users => load::<UserLine>(store, csv, now, progress),
        Kind::Registrations => load::<RegistrationLine>(store, csv, now, progress),
        Kind::Devices => load::<DeviceLine>(store, csv, now, progress),
        Kind::Coverage => load::<CoverageLine>(store, csv, now, progress),
        Kind::Cpl => load::<CplLine>(store, csv, now, progress),
    }?;
    Ok(Imported { kind, rows })
}

fn load<S: Sheet>(
    store: &Store,
    csv: &[u8],
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<usize, ImportFault> {
    let values = sheet::read::<S>(csv, progress)?;
    let rows = values.len();
    store.transact(move |connection| S::write(connection, &values, now))?;
    Ok(rows)
}
