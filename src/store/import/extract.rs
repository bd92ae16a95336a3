//! Loading coverage as it is read: memory does not grow with the file.
//!
//! What a good line says is written at once, where nobody sees it; after the last line all of it takes effect in one
//! step, or none of it. The database finds the places that a file names twice.

use std::io::Read;

use super::{
    Consequences, CoverageLine, ImportFault, Origin,
    coverage::shown,
    fault::Faults,
    fields::Fields,
    sheet::{Line, Reading},
};
use crate::{
    domain::{CoverageRow, CspRegion, Now},
    store::{
        Store,
        coverage::{Double, DoubledBy, Load, NewRow},
    },
};

/// As many rows are written in one transaction: others write in between.
const BATCH: usize = 5_000;

/// Loads a file; how many lines it has.
pub(super) fn load(
    store: &Store,
    from: &mut dyn Read,
    origin: &Origin,
    now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<(usize, Consequences), ImportFault> {
    let mut faults = Faults::default();
    let Some(mut reading) = Reading::<CoverageLine, _>::begin(from, &mut faults)? else {
        return Err(refused(faults));
    };
    let mut load = Load::begin(store, &origin.name, now)?;
    let read = read_all(&mut reading, &mut load, origin.region, &mut faults, progress);
    match read.and_then(|()| faults.into_result()) {
        Ok(()) => load.finish()?,
        Err(fault) => {
            load.abandon();
            return Err(fault);
        }
    }
    Ok((reading.seen(), Consequences::default()))
}

fn read_all<R: Read>(
    reading: &mut Reading<CoverageLine, R>,
    load: &mut Load<'_>,
    region: Option<CspRegion>,
    faults: &mut Faults,
    progress: &mut dyn FnMut(u64),
) -> Result<(), ImportFault> {
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(Line { number, value }) = reading.next(faults, progress)? {
        if is_of(region, &value, number, faults) {
            batch.push(NewRow { line: number, row: value });
        }
        if batch.len() == BATCH {
            stage(load, &mut batch, faults)?;
        }
    }
    stage(load, &mut batch, faults)?;
    if let Some(line) = reading.cut_line() {
        faults.in_line(line, "the file ends within this line: it was cut off");
    }
    if reading.seen() == 0 {
        faults.in_line(1, "no line follows the header: an extract without lines covers nothing");
    }
    Ok(())
}

/// Whether the row is of the CSP Region whose extract this is said to be.
fn is_of(region: Option<CspRegion>, row: &CoverageRow, line: u64, faults: &mut Faults) -> bool {
    let Some(other) = region.filter(|region| *region != row.region) else { return true };
    let found = row.region.as_str();
    Fields::new(line, faults).fault(
        "csp_region",
        found,
        format!("`{found}` is not {other}, whose extract this is"),
    );
    false
}

/// Writes a batch, and notes whatever of it is there twice. Where more faults are known than are told, nothing will come
/// of the file, and nothing more is written.
fn stage(load: &mut Load<'_>, batch: &mut Vec<NewRow>, faults: &mut Faults) -> Result<(), ImportFault> {
    if !faults.is_full() {
        for Double { line, earlier, by } in load.stage(batch)? {
            let row = batch.iter().find(|row| row.line == line);
            let (column, place) = match (by, row.map(|row| &row.row.place)) {
                (DoubledBy::Uprn, place) => {
                    ("uprn", place.and_then(|place| place.uprn()).map(|uprn| uprn.to_string()))
                }
                (DoubledBy::Place, place) => ("postcode", place.map(shown)),
            };
            let place = place.unwrap_or_default();
            faults.in_value(line, column, &place, format!("`{place}` is on line {earlier} too"));
        }
    }
    batch.clear();
    Ok(())
}

fn refused(faults: Faults) -> ImportFault {
    let total = 0;
    faults.into_result().err().unwrap_or(ImportFault::Rows { faults: Vec::new(), total })
}
