//! The functions of a kind of CSV file: its import, its export, and the normalisation of a file.

use std::io::{Read, Write};

use super::{ExportFault, ImportFault, Imported, Origin, Sheet, read, write};
use crate::{
    db::{Connection, Store},
    domain::Now,
};

/// A kind of CSV file that is imported and exported.
pub(in crate::store) trait CsvKind: Sheet {
    /// Imports a file.
    const IMPORT: Import;

    /// Exports everything of the kind; returns the number of lines.
    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault>;
}

/// Imports a file into a store. The last parameter is called from time to time with the number of bytes read.
pub(in crate::store) type Import =
    fn(&Store, &mut dyn Read, &Origin, Now, &mut dyn FnMut(u64)) -> Result<Imported, ImportFault>;

/// The functions of one kind.
pub(in crate::store) struct KindFunctions {
    /// The columns of its files, in order.
    pub(in crate::store) columns: &'static [&'static str],
    /// Those that the header of a file must have.
    pub(in crate::store) required: &'static [&'static str],
    /// Imports a file.
    pub(in crate::store) import: Import,
    /// Rewrites a file as an export would write it.
    pub(in crate::store) normalise: fn(&[u8]) -> Result<Vec<u8>, NormaliseFault>,
    /// Exports everything of the kind.
    pub(in crate::store) export: fn(&mut Connection, &mut dyn Write) -> Result<usize, ExportFault>,
}

impl KindFunctions {
    /// The functions of the kind with this line.
    pub(in crate::store) fn of<S>() -> Self
    where
        S: CsvKind + for<'v> From<&'v S::Value>,
    {
        Self {
            columns: S::COLUMNS,
            required: S::REQUIRED,
            import: S::IMPORT,
            normalise: normalised::<S>,
            export: S::export,
        }
    }
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

fn normalised<S>(csv: &[u8]) -> Result<Vec<u8>, NormaliseFault>
where
    S: Sheet,
    for<'v> S: From<&'v S::Value>,
{
    let (values, _) = read::<S>(csv, &mut |_| ())?;
    let mut written = Vec::new();
    write::<S, _>(&values, &mut written)?;
    Ok(written)
}
