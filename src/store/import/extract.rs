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
        return faults.into_result().map(|()| (0, Consequences::default()));
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
    if !faults.is_full() && !batch.is_empty() {
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

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::store::{
        Kind, import_from,
        testing::{TempStore, fixture, now},
    };

    const HEADER: &str = "csp_region,postcode,address_identifier,uprn,coverage_availability,\
        wan_technology,connectivity_likelihood,additional_information\n";

    fn load_into(temp: &TempStore, csv: &str, region: Option<CspRegion>) -> Result<usize, ImportFault> {
        let origin = Origin { region, ..Origin::default() };
        let (at, mut from) = (now("2026-01-01"), csv.as_bytes());
        import_from(&temp.store, Kind::Coverage, &mut from, &origin, at, &mut |_| ()).map(|done| done.rows)
    }

    /// Why a file is refused; the coverage that was there stays.
    fn refusal(csv: &str, region: Option<CspRegion>) -> String {
        let temp = TempStore::with_fixtures();
        let before = temp.dump(Kind::Coverage);
        let fault = load_into(&temp, csv, region).unwrap_err();
        assert_eq!(temp.dump(Kind::Coverage), before);
        fault.to_string()
    }

    #[test]
    fn a_file_that_was_cut_off_is_refused() {
        let whole = format!("{HEADER}South,ZZ1 1AA,,,true,Cellular,High,\"a\nb\"\n");
        let cut = |bytes: usize| refusal(whole.get(..whole.len() - bytes).unwrap(), None);
        insta::assert_snapshot!([1, 2, 3, 4, 10].map(cut).join("\n---\n"), @"
        line 3: the file ends within this line: it was cut off
        ---
        line 3: the file ends within this line: it was cut off
        ---
        line 2: the file ends within this line: it was cut off
        ---
        line 2: the file ends within this line: it was cut off
        ---
        line 2: 7 values, but 8 columns
        line 2: the file ends within this line: it was cut off
        ");
        load_into(&TempStore::new(), &whole, None).unwrap();
        // A quotation that is cut off behind a line end of its own.
        insta::assert_snapshot!(cut(3), @"line 2: the file ends within this line: it was cut off");
    }

    #[test]
    fn an_extract_without_lines_is_refused() {
        let refusals = [None, Some(CspRegion::South)].map(|region| refusal(HEADER, region));
        insta::assert_snapshot!(refusals.join("\n"), @"
        line 1: no line follows the header: an extract without lines covers nothing
        line 1: no line follows the header: an extract without lines covers nothing
        ");
    }

    /// MP106-R10: each row is of its own region.
    #[test]
    fn rows_of_another_region_are_refused_where_one_is_named() {
        let csv =
            format!("{HEADER}South,ZZ1 1AA,,,true,Cellular,High,\n4G South,ZZ1 1AA,,,true,Cellular,High,\n");
        insta::assert_snapshot!(refusal(&csv, Some(CspRegion::South)), @"line 3, column `csp_region`: `4G South` is not South, whose extract this is");
        assert_eq!(load_into(&TempStore::new(), &csv, None).unwrap(), 2);
    }

    #[test]
    fn a_quotation_without_an_end_is_refused_before_it_fills_the_memory() {
        let row = "South,ZZ1 1AA,,,true,Cellular,High,\n";
        let csv = format!("{HEADER}{row}South,ZZ1 1AB,,,true,Cellular,High,\"\n{}", row.repeat(100_000));
        insta::assert_snapshot!(refusal(&csv, None), @"line 2: what begins behind this line is longer than 1048576 bytes; a closing quotation mark may be missing");
    }

    /// More faults than are told: what comes behind them is read, but no longer compared.
    #[test]
    fn faults_and_doubles_are_counted_together() {
        let bad = "South,ZZ1 1AA,,,maybe,Cellular,High,\n".repeat(98);
        let good = "South,ZZ1 1AA,,,true,Cellular,High,\n".repeat(4);
        let temp = TempStore::new();
        let Err(ImportFault::Rows { faults, total }) =
            load_into(&temp, &format!("{HEADER}{bad}{good}"), None)
        else {
            panic!("the file is refused");
        };
        assert_eq!((faults.len(), total, faults.last().map(|fault| fault.line)), (100, 101, Some(102)));
    }

    /// The same places in another order, over several transactions.
    #[test]
    fn doubles_are_found_however_far_apart() {
        let mut csv = HEADER.to_owned();
        for number in 0..12_000 {
            csv += &format!("South,ZZ{} {:04},,,true,Cellular,High,\n", number / 10_000, number % 10_000);
        }
        csv += "South,ZZ0 0007,,,true,Cellular,Low,\n";
        assert_eq!(refusal(&csv, None), "line 12002, column `postcode`: `ZZ0 0007` is on line 9 too");
    }

    /// A file that cannot be read to its end says nothing.
    #[test]
    fn a_file_that_breaks_off_while_it_is_read_changes_nothing() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        let temp = TempStore::with_fixtures();
        let file = fixture(Kind::Coverage);
        let before = temp.dump(Kind::Coverage);
        let mut from = file.as_bytes().chain(Broken);
        let (origin, at) = (Origin::default(), now("2026-01-01"));
        let fault =
            import_from(&temp.store, Kind::Coverage, &mut from, &origin, at, &mut |_| ()).unwrap_err();
        assert_eq!(fault.to_string(), "the file cannot be read: the disk is gone");
        assert_eq!(temp.dump(Kind::Coverage), before);
        load_into(&temp, &file, None).unwrap();
    }
}
