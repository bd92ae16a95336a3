//! The streaming import of registrations: its memory does not grow with the file.
//!
//! As that of Devices: lines are read and checked here, a few batches ahead of the writer's thread, which stages them in a temporary
//! table. After the last line the database finds overlaps, and one transaction replaces the registrations of the file's MPxNs.

use std::io::{Read, Write};

use super::{
    csv::RegistrationLine,
    rows,
    staged::{Overlap, OverlapKey, StagedRegistration},
};
use crate::{
    db::{Connection, Store},
    domain::{Now, Registration, instant_text},
    store::{
        csv::{
            CsvKind, ExportFault, Faults, Import, ImportFault, Imported, Line, MAX_REPORTED, Origin,
            SheetReader, write_pages,
        },
        staging::Staging,
    },
};

/// The batch size, in lines; a few batches are in memory.
const BATCH: usize = 1_000;

impl CsvKind for RegistrationLine {
    const IMPORT: Import = import;

    /// Exports in the order of MPxN, role and time, a page at a time: there may be more rows than memory holds.
    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write_pages::<Self, Registration>(to, |last| rows::page_after(connection, last))
    }
}

fn import(
    store: &Store,
    from: &mut dyn Read,
    origin: &Origin,
    _now: Now,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, ImportFault> {
    let mut faults = Faults::default();
    let Some(mut reading) = SheetReader::<RegistrationLine, _>::begin(from, &mut faults)? else {
        return faults.into_result().map(|_| Imported::default());
    };
    let mut staging = Staging::begin(store)?;
    let mut batch = Vec::with_capacity(BATCH);
    // All lines are staged, even after a fault: so the report of a bad file has its overlaps too.
    while let Some(Line { number, value }) = reading.next(&mut faults, progress)? {
        batch.push(StagedRegistration::new(number, &value));
        if batch.len() == BATCH {
            staging.stage(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))?;
        }
    }
    staging.stage(batch)?;
    report_overlaps(&mut staging, &mut faults)?;
    let warnings = faults.into_result()?;
    let changes = if origin.dry_run { staging.compare()? } else { staging.replace()? };
    Ok(Imported { rows: reading.lines_read(), changes, warnings, ..Imported::default() })
}

/// Refuses overlaps: an MPxN has one User in a role at a time.
fn report_overlaps(
    staging: &mut Staging<'_, StagedRegistration>,
    faults: &mut Faults,
) -> Result<(), ImportFault> {
    let (first, total) = staging.overlaps(MAX_REPORTED)?;
    faults.add_unreported(usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(first.len()));
    for Overlap { earlier, line, earlier_from, registration } in first {
        let OverlapKey { mpxn, role, from } = registration;
        // Reported at the later line of the file, whichever begins first.
        let (at, other, from) =
            if earlier < line { (line, earlier, from) } else { (earlier, line, earlier_from) };
        let reason = format!("role {role} of MPxN `{mpxn}` overlaps line {other}");
        faults.in_value(at, "effective_from", &instant_text(from), reason);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

    use super::*;
    use crate::store::{
        Changes, Kind, import_from,
        testing::{TempStore, any_registration, now},
    };

    const HEADER: &str = "mpxn,role,user_id,effective_from,effective_to\n";

    fn load(temp: &TempStore, csv: &str, dry_run: bool) -> Result<Imported, ImportFault> {
        let origin = Origin { dry_run, ..Origin::of_all_regions() };
        import_from(
            &temp.store,
            Kind::Registrations,
            &mut csv.as_bytes(),
            &origin,
            now("2026-01-01"),
            &mut |_| (),
        )
    }

    fn faults(outcome: Result<Imported, ImportFault>) -> Vec<String> {
        match outcome {
            Err(ImportFault::Rows { faults, total }) => {
                assert_eq!(faults.len(), total);
                faults.iter().map(ToString::to_string).collect()
            }
            Err(fault) => panic!("{fault}"),
            Ok(_) => Vec::new(),
        }
    }

    /// More lines than a batch of the reader and a statement of the merge.
    fn many(numbers: std::ops::Range<usize>, user: u8) -> String {
        let mut csv = HEADER.to_owned();
        for number in numbers {
            writeln!(csv, "{number:010},GS,90-B3-D5-1F-30-{user:02X}-00-00,2026-01-01,").unwrap();
        }
        csv
    }

    #[test]
    fn a_file_of_several_batches_is_compared_and_replaces_what_it_names() {
        let temp = TempStore::new();
        let expected = |added, replaced, unchanged, removed| (added, replaced, unchanged, removed);
        let counted = |imported: Imported| {
            let Changes { added, replaced, unchanged, removed, .. } = imported.changes;
            (added.total, replaced.total, unchanged, removed.total)
        };
        let first = many(0..50_500, 1);
        assert_eq!(counted(load(&temp, &first, true).unwrap()), expected(50_500, 0, 0, 0));
        assert_eq!(temp.dump(Kind::Registrations).lines().count(), 1);
        assert_eq!(counted(load(&temp, &first, false).unwrap()), expected(50_500, 0, 0, 0));
        assert_eq!(counted(load(&temp, &first, false).unwrap()), expected(0, 0, 50_500, 0));
        // The first MPxN is in both batches of the merge: what it had is removed once.
        let earlier = |role: &str| format!("0000000000,{role},90-B3-D5-1F-30-01-00-00,2025-01-01,\n");
        let mut second = many(1..50_600, 2) + &earlier("RSA");
        second.insert_str(HEADER.len(), &earlier("OU"));
        for dry_run in [true, false] {
            let imported = load(&temp, &second, dry_run).unwrap();
            let removed = &imported.changes.removed.first;
            assert_eq!(removed, &["0000000000, GS, 2026-01-01T00:00:00.000Z"]);
            assert_eq!(counted(imported), expected(102, 50_499, 0, 1));
        }
        assert_eq!(temp.dump(Kind::Registrations).lines().count(), 1 + 50_599 + 2);
    }

    #[test]
    fn overlaps_are_found_however_far_apart_and_among_other_faults() {
        let temp = TempStore::new();
        let mut csv = many(0..2_500, 1);
        csv.push_str("x,GS,90-B3-D5-1F-30-01-00-00,2026-01-01,\n");
        csv.push_str("0000000007,GS,90-B3-D5-1F-30-01-00-00,2025-01-01,2026-01-02\n");
        csv.push_str("0000000008,GS,90-B3-D5-1F-30-01-00-00,2027-01-01,\n");
        insta::assert_snapshot!(faults(load(&temp, &csv, false)).join("\n"), @"
        line 2502, column `mpxn`: `x` is not an MPRN: 1 to 10 digits, for role GS
        line 2503, column `effective_from`: role GS of MPxN `0000000007` overlaps line 9
        line 2504, column `effective_from`: role GS of MPxN `0000000008` overlaps line 10
        ");
        assert_eq!(temp.dump(Kind::Registrations), HEADER);
    }

    /// The check of a file in memory, which other commands use, says the same. What is in the store has no effect on it.
    #[test]
    fn the_database_finds_the_overlaps_that_memory_finds() {
        let temp = TempStore::new();
        let rows = vec((0_u8..2, 0_u8..3, 0_u8..9, prop::option::of(1_u8..5)), 0..12);
        let check = |rows: Vec<(u8, u8, u8, Option<u8>)>| {
            let mut csv = HEADER.to_owned();
            for (mpxn, role, from, days) in rows {
                let role = ["IS", "RSA", "ED"][usize::from(role)];
                let to = days.map(|days| format!("2026-01-{:02}", from + 1 + days)).unwrap_or_default();
                writeln!(
                    csv,
                    "200000000000{mpxn},{role},90-B3-D5-1F-30-01-00-00,2026-01-{:02},{to}",
                    from + 1
                )
                .unwrap();
            }
            let in_memory = crate::store::csv::read::<RegistrationLine>(csv.as_bytes(), &mut |_| ());
            let in_memory = faults(in_memory.map(|_| Imported::default()));
            prop_assert_eq!(faults(load(&temp, &csv, false)), in_memory);
            Ok(())
        };
        TestRunner::new(ProptestConfig::with_cases(64)).run(&rows, check).unwrap();
    }

    /// Whatever is in the store: each case finds what those before it left.
    #[test]
    fn a_dry_run_foresees_what_an_import_does() {
        let temp = TempStore::new();
        let csv = |registrations: &[Registration]| {
            let mut written = Vec::new();
            crate::store::csv::write::<RegistrationLine, _>(registrations, &mut written).unwrap();
            String::from_utf8(written).unwrap()
        };
        let check = |(before, after): (Vec<Registration>, Vec<Registration>)| {
            let (before, after) = (csv(&before), csv(&after));
            if load(&temp, &before, false).is_ok()
                && let Ok(foreseen) = load(&temp, &after, true)
            {
                prop_assert_eq!(load(&temp, &after, false).unwrap(), foreseen);
            }
            Ok(())
        };
        let files = (vec(any_registration(), 0..8), vec(any_registration(), 0..8));
        TestRunner::new(ProptestConfig::with_cases(64)).run(&files, check).unwrap();
    }
}
