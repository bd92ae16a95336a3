//! The streaming import of coverage: its memory does not grow with the file.
//!
//! Good lines are staged in batches, invisible to queries. After the last line the extract becomes current in one transaction, or
//! all of it is deleted. Places that a file names twice are found by the database's unique indexes.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
};

use super::csv::{place_text, report_contradiction};
use crate::{
    db::{Connection, Store},
    domain::{CoverageRow, CspRegion, Now},
    store::{
        coverage::{self, Contradiction, CoverageLine, DuplicateBy, DuplicatePlace, Load, NewRow},
        csv::{
            Affected, CUT_OFF, Changes, CsvKind, ExportFault, Faults, Fields, Import, ImportFault, Imported,
            Line, Origin, Regions, ReplacedExtract, SheetReader, write_pages,
        },
    },
};

/// The batch size, in rows: one batch a transaction, so that other jobs can write in between.
const BATCH: usize = 5_000;

impl CsvKind for CoverageLine {
    const IMPORT: Import = import;

    /// By CSP Region, postcode, address and UPRN, a page at a time: there may be more than memory holds.
    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        let extracts = coverage::current(connection)?;
        let mut extracts = extracts.iter();
        let mut current = extracts.next();
        write_pages::<Self, CoverageRow>(to, |last| {
            let mut key = last.map(|row| row.place.key());
            while let Some(extract) = current {
                let page = coverage::page_of_extract(connection, extract.id, key.as_deref())?;
                if !page.is_empty() {
                    return Ok(page);
                }
                // The next extract, from its beginning.
                (current, key) = (extracts.next(), None);
            }
            Ok(Vec::new())
        })
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
    let Some(mut reading) = SheetReader::<CoverageLine, _>::begin(from, &mut faults)? else {
        return faults.into_result().map(|_| Imported::default());
    };
    // After the header: a file with a bad one must not take the lock from another load.
    let mut load = Load::begin(store, &origin.name, now)?;
    let read = read_all(&mut reading, &mut load, origin.regions, &mut faults, progress);
    let checked = read.and_then(|()| {
        check_complete(&load, reading.lines_read(), origin.rows, &mut faults)?;
        faults.into_result()
    });
    match checked {
        Ok(warnings) => {
            let rows = reading.lines_read();
            let replaced = if origin.dry_run { called_off(load)? } else { load.finish()? };
            Ok(Imported { rows, changes: changes(&replaced), warnings, replaced, ..Imported::default() })
        }
        Err(fault) => {
            load.abandon();
            Err(fault)
        }
    }
}

/// Ends a dry run: nothing of the load stays. Returns the extracts that it would have replaced.
fn called_off(load: Load<'_>) -> Result<Vec<ReplacedExtract>, ImportFault> {
    let replaced = load.replaced();
    load.abandon();
    Ok(replaced?)
}

/// An extract is replaced whole, so that its rows are not compared with those before.
fn changes(replaced: &[ReplacedExtract]) -> Changes {
    let total = |rows: fn(&ReplacedExtract) -> u64| {
        let total = usize::try_from(replaced.iter().map(rows).sum::<u64>()).unwrap_or(usize::MAX);
        Affected { first: Vec::new(), total }
    };
    Changes {
        added: total(|replaced| replaced.rows),
        removed: total(|replaced| replaced.before),
        ..Changes::default()
    }
}

/// Checks what only the complete file shows: its number of rows, and contradictions. Skipped if lines have faults: a missing line
/// would make either check wrong.
fn check_complete(
    load: &Load<'_>,
    seen: usize,
    said: Option<u64>,
    faults: &mut Faults,
) -> Result<(), ImportFault> {
    if !faults.is_empty() {
        return Ok(());
    }
    if let Some(said) = said.filter(|said| u64::try_from(seen) != Ok(*said)) {
        let reason =
            format!("{seen} rows follow the header, and not {said} as was said: the file is not whole");
        faults.in_line(1, reason);
        return Ok(());
    }
    for Contradiction { line, earlier, postcode, address } in load.contradictions()? {
        report_contradiction(faults, line, earlier, &format!("{postcode}, {address}"));
    }
    Ok(())
}

/// Reads all lines and stages the good ones.
fn read_all<R: Read>(
    reading: &mut SheetReader<CoverageLine, R>,
    load: &mut Load<'_>,
    regions: Regions,
    faults: &mut Faults,
    progress: &mut dyn FnMut(u64),
) -> Result<(), ImportFault> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut named = RegionsNamed { regions, first: None, others: BTreeSet::new() };
    while let Some(Line { number, value }) = reading.next(faults, progress)? {
        if named.accepts(&value, number, faults) {
            batch.push(NewRow { line: number, row: value });
        }
        if batch.len() == BATCH {
            stage(load, &mut batch, faults)?;
        }
    }
    stage(load, &mut batch, faults)?;
    if let Some(line) = reading.unended_line() {
        faults.in_line(line, CUT_OFF);
    }
    if reading.lines_read() == 0 {
        faults.in_line(1, "no line follows the header: an extract without lines covers nothing");
    }
    Ok(())
}

/// The CSP Regions that a file names, checked against those it may name.
struct RegionsNamed {
    regions: Regions,
    /// The first region, and the line that names it.
    first: Option<(CspRegion, u64)>,
    /// Further regions, each reported once.
    others: BTreeSet<CspRegion>,
}

impl RegionsNamed {
    /// Whether a row's region is allowed. If no region was given, each further one is reported once: a stray line and a file of
    /// several regions look alike, and either would replace a whole extract.
    fn accepts(&mut self, row: &CoverageRow, line: u64, faults: &mut Faults) -> bool {
        let found = row.region;
        let reason = match self.regions {
            Regions::All => return true,
            Regions::Only(region) if region == found => return true,
            Regions::Only(region) => format!("`{found}` is not {region}, whose extract this is"),
            Regions::Any => {
                let (first, at) = *self.first.get_or_insert((found, line));
                if first == found {
                    return true;
                }
                if !self.others.insert(found) {
                    return false;
                }
                format!(
                    "`{found}`, but line {at} is of {first}: the file would replace the whole extract of each; \
                     --all-regions (all_regions=true) says that it is to"
                )
            }
        };
        Fields::new(line, faults).fault("csp_region", found.as_str(), reason);
        false
    }
}

/// Stages a batch and reports its duplicates. Stops staging when the report is full: the file will be refused, and more rows
/// would only cost time.
fn stage(load: &mut Load<'_>, batch: &mut Vec<NewRow>, faults: &mut Faults) -> Result<(), ImportFault> {
    if !faults.is_full() && !batch.is_empty() {
        for DuplicatePlace { line, earlier, by } in load.stage(batch)? {
            let row = batch.iter().find(|row| row.line == line);
            let (column, place) = match (by, row.map(|row| &row.row.place)) {
                (DuplicateBy::Uprn, place) => {
                    ("uprn", place.and_then(|place| place.uprn()).map(|uprn| uprn.to_string()))
                }
                (DuplicateBy::Place, place) => ("postcode", place.map(place_text)),
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

    fn load_into(temp: &TempStore, csv: &str, regions: Regions) -> Result<usize, ImportFault> {
        load_as(temp, csv, &Origin { regions, ..Origin::default() })
    }

    fn load_as(temp: &TempStore, csv: &str, origin: &Origin) -> Result<usize, ImportFault> {
        let (at, mut from) = (now("2026-01-01"), csv.as_bytes());
        import_from(&temp.store, Kind::Coverage, &mut from, origin, at, &mut |_| ()).map(|done| done.rows)
    }

    /// Why a file is refused; the coverage that was there stays.
    fn refusal(csv: &str, regions: Regions) -> String {
        refusal_as(csv, &Origin { regions, ..Origin::default() })
    }

    fn refusal_as(csv: &str, origin: &Origin) -> String {
        let temp = TempStore::with_fixtures();
        let before = temp.dump(Kind::Coverage);
        let fault = load_as(&temp, csv, origin).unwrap_err();
        assert_eq!(temp.dump(Kind::Coverage), before);
        fault.to_string()
    }

    #[test]
    fn a_file_that_was_cut_off_is_refused() {
        let whole = format!("{HEADER}South,ZZ1 1AA,,,true,Cellular,High,\"a\nb\"\n");
        let cut = |bytes: usize| refusal(whole.get(..whole.len() - bytes).unwrap(), Regions::Any);
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
        load_into(&TempStore::new(), &whole, Regions::Any).unwrap();
        // A quotation that is cut off behind a line end that it contains.
        insta::assert_snapshot!(cut(3), @"line 2: the file ends within this line: it was cut off");
    }

    #[test]
    fn an_extract_without_lines_is_refused() {
        let refusals =
            [Regions::Any, Regions::Only(CspRegion::South)].map(|regions| refusal(HEADER, regions));
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
        insta::assert_snapshot!(refusal(&csv, Regions::Only(CspRegion::South)), @"line 3, column `csp_region`: `4G South` is not South, whose extract this is");
        assert_eq!(load_into(&TempStore::new(), &csv, Regions::All).unwrap(), 2);
    }

    /// A stray row would take the place of a country: it cannot be told from a file of several regions.
    #[test]
    fn a_file_of_several_regions_is_refused_unless_that_is_said() {
        let row = |region: &str, at| format!("{region},ZZ1 {at}AA,,,true,Cellular,High,\n");
        let csv =
            [row("South", 1), row("Central", 1), row("South", 2), row("Central", 2), row("4G South", 1)];
        let csv = format!("{HEADER}{}", csv.concat());
        insta::assert_snapshot!(refusal(&csv, Regions::Any), @"
        line 3, column `csp_region`: `Central`, but line 2 is of South: the file would replace the whole extract of each; --all-regions (all_regions=true) says that it is to
        line 6, column `csp_region`: `4G South`, but line 2 is of South: the file would replace the whole extract of each; --all-regions (all_regions=true) says that it is to
        ");
        assert_eq!(load_into(&TempStore::new(), &csv, Regions::All).unwrap(), 5);
        let of_one = format!("{HEADER}{}{}", row("South", 1), row("South", 2));
        assert_eq!(load_into(&TempStore::new(), &of_one, Regions::Any).unwrap(), 2);
    }

    /// A file that was cut off where a line ends looks whole.
    #[test]
    fn a_file_with_another_number_of_rows_than_was_said_is_refused() {
        let row = |at| format!("South,ZZ1 {at}AA,,,true,Cellular,High,\"a\nb\"\n");
        let csv = format!("{HEADER}{}{}", row(1), row(2));
        let said = |rows| Origin { rows: Some(rows), ..Origin::default() };
        insta::assert_snapshot!([0, 1, 3].map(|rows| refusal_as(&csv, &said(rows))).join("\n"), @"
        line 1: 2 rows follow the header, and not 0 as was said: the file is not whole
        line 1: 2 rows follow the header, and not 1 as was said: the file is not whole
        line 1: 2 rows follow the header, and not 3 as was said: the file is not whole
        ");
        assert_eq!(load_as(&TempStore::new(), &csv, &said(2)).unwrap(), 2);
    }

    /// It would be undefined which row answers for the address.
    #[test]
    fn an_address_that_is_covered_in_two_ways_is_refused() {
        let row = |place: &str, likelihood: &str| format!("South,{place},true,Cellular,{likelihood},\n");
        let same = ["ZZ1 1AA,1,", "ZZ1 1AA,1,7", "zz11aa,1,8", "ZZ1 1AA,,9", "ZZ1 1AA,,", "ZZ1 1AA,2,"];
        let same = same.map(|place| row(place, "High")).concat();
        assert_eq!(load_into(&TempStore::new(), &format!("{HEADER}{same}"), Regions::Any).unwrap(), 6);
        let others = [
            row("ZZ1 1AA,1,10", "Low"),
            row("ZZ1 1AA,2,11", "High").replace(",\n", ",more\n"),
            // These say it of other places.
            row("ZZ1 1AA,,12", "Low"),
            row("ZZ1 1AB,1,13", "Low"),
        ];
        let csv = format!("{HEADER}{same}{}", others.concat());
        insta::assert_snapshot!(refusal(&csv, Regions::Any), @"
        line 8, column `postcode`: `ZZ1 1AA, 1` is covered in another way on line 2
        line 9, column `postcode`: `ZZ1 1AA, 2` is covered in another way on line 7
        ");
        let read = crate::store::coverage_rows(csv.as_bytes()).unwrap_err().to_string();
        assert_eq!(read, refusal(&csv, Regions::Any));
        // Each region speaks for itself.
        let of_two = format!("{HEADER}{}{}", row("ZZ1 1AA,1,", "Low"), row("ZZ1 1AA,1,7", "High"));
        let of_two = of_two.replacen("South", "Central", 1);
        assert_eq!(load_into(&TempStore::new(), &of_two, Regions::All).unwrap(), 2);
    }

    /// A row is known by its line: where all lines were one, so would all rows be.
    #[test]
    fn lines_that_end_with_a_carriage_return_alone_are_counted() {
        let row = |at| format!("South,ZZ1 {at}AA,,,true,Cellular,High,\n");
        let good = format!("{HEADER}{}{}", row(1), row(2)).replace('\n', "\r");
        assert_eq!(load_into(&TempStore::new(), &good, Regions::Any).unwrap(), 2);
        let double = good + &row(1);
        assert_eq!(refusal(&double, Regions::Any), "line 4, column `postcode`: `ZZ1 1AA` is on line 2 too");
    }

    /// Far behind each other in the file, and behind many others in the index.
    #[test]
    fn an_address_that_is_covered_in_two_ways_is_found_among_many() {
        let place = |number: usize| format!("South,ZZ{} {:04},1", number / 10_000, number % 10_000);
        let mut csv = HEADER.to_owned();
        for number in 0..45_000 {
            csv += &format!("{},,true,Cellular,High,\n", place(number));
        }
        csv += &format!("{},7,true,Cellular,Low,\n", place(44_990));
        assert_eq!(
            refusal(&csv, Regions::Any),
            "line 45002, column `postcode`: `ZZ4 4990, 1` is covered in another way on line 44992"
        );
    }

    #[test]
    fn a_quotation_without_an_end_is_refused_before_it_fills_the_memory() {
        let row = "South,ZZ1 1AA,,,true,Cellular,High,\n";
        let csv = format!("{HEADER}{row}South,ZZ1 1AB,,,true,Cellular,High,\"\n{}", row.repeat(100_000));
        insta::assert_snapshot!(refusal(&csv, Regions::Any), @"line 2: what begins behind this line is longer than 1048576 bytes; a closing quotation mark may be missing");
    }

    /// More faults than are reported: what comes behind them is read, but no longer compared.
    #[test]
    fn faults_and_doubles_are_counted_together() {
        let bad = "South,ZZ1 1AA,,,maybe,Cellular,High,\n".repeat(98);
        let good = "South,ZZ1 1AA,,,true,Cellular,High,\n".repeat(4);
        let temp = TempStore::new();
        let Err(ImportFault::Rows { faults, total }) =
            load_into(&temp, &format!("{HEADER}{bad}{good}"), Regions::Any)
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
        assert_eq!(refusal(&csv, Regions::Any), "line 12002, column `postcode`: `ZZ0 0007` is on line 9 too");
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
        let (origin, at) = (Origin::of_all_regions(), now("2026-01-01"));
        let fault =
            import_from(&temp.store, Kind::Coverage, &mut from, &origin, at, &mut |_| ()).unwrap_err();
        assert_eq!(fault.to_string(), "the file cannot be read: the disk is gone");
        assert_eq!(temp.dump(Kind::Coverage), before);
        load_into(&temp, &file, Regions::All).unwrap();
    }
}
