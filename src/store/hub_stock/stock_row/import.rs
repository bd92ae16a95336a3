//! The streaming import of where hubs lie: it replaces the hubs that the file names, and its memory does not grow with it.

use std::io::{Read, Write};

use super::{
    rows::{StockLine, page_after},
    staged::StagedPlace,
};
use crate::{
    db::{Connection, Store},
    domain::{Now, StockRow},
    store::{
        csv::{
            CsvKind, ExportFault, Faults, Import, ImportFault, Imported, Origin, SheetReader, write_pages,
        },
        keyed_staging::stage_all,
        staging::Staging,
    },
};

impl CsvKind for StockLine {
    const IMPORT: Import = import;

    /// By hub, a page at a time: there may be more than memory holds.
    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write_pages::<Self, StockRow>(to, |last| page_after(connection, last.map(|row| row.chf)))
    }
}

fn import(
    store: &Store,
    from: &mut dyn Read,
    origin: &Origin,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    let mut faults = Faults::default();
    let Some(mut reading) = SheetReader::<StockLine, _>::begin(from, &mut faults)? else {
        return faults.into_result().map(|_| Imported::default());
    };
    let mut staging = Staging::begin(store)?;
    stage_all(&mut reading, &mut staging, &mut faults, progress, StagedPlace::new)?;
    let changes = staging.end(&mut faults, origin.dry_run, now)?;
    let warnings = faults.into_result()?;
    Ok(Imported { rows: reading.lines_read(), changes, warnings, ..Imported::default() })
}
