//! Exporting CSV files: what an import would read back, always in the same order.

use std::io::Write;

use serde::Serialize;

use super::{
    Connection, Kind, StoreFault, coverage, cpl, device,
    import::{CoverageLine, CplLine, DeviceLine, RegistrationLine, Sheet, UserLine},
    registration, user,
};

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

/// Writes everything of a kind as CSV, all columns; says how many lines, the header not counted.
///
/// # Errors
/// When the store cannot be read or the file cannot be written.
pub fn export(connection: &mut Connection, kind: Kind, to: &mut dyn Write) -> Result<usize, ExportFault> {
    match kind {
        Kind::Users => write::<UserLine, _>(&user::all(connection)?, to),
        Kind::Registrations => write::<RegistrationLine, _>(&registration::all(connection)?, to),
        Kind::Devices => write::<DeviceLine, _>(&device::all(connection)?, to),
        Kind::Coverage => write::<CoverageLine, _>(&coverage::all(connection)?, to),
        Kind::Cpl => write::<CplLine, _>(&cpl::all(connection)?, to),
    }
}

fn write<'a, S, V>(values: &'a [V], to: &mut dyn Write) -> Result<usize, ExportFault>
where
    S: Sheet + Serialize + From<&'a V>,
{
    // The header is written by us: it stands above no lines too.
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(to);
    writer.write_record(S::COLUMNS)?;
    for value in values {
        writer.serialize(S::from(value))?;
    }
    writer.flush()?;
    Ok(values.len())
}
