//! Imports: what they do; their faults are in a file of their own.

mod faults;

use std::fmt::Write as _;

use super::*;
use crate::{
    domain::{DeviceType, SmiStatus},
    store::{
        Changes, Consequences, find_device,
        testing::{TempStore, device_id, fixture, history, now},
    },
};

#[test]
fn users_and_devices_are_replaced_by_their_id_alone() {
    let temp = TempStore::with_fixtures();
    let user = "user_id,status,roles\n90-B3-D5-1F-30-01-00-00,Suspended,OU\n";
    temp.load(Kind::Users, user).unwrap();
    assert!(temp.dump(Kind::Users).contains("90-B3-D5-1F-30-01-00-00,,,OU,Suspended,,\n"));
    assert_eq!(temp.dump(Kind::Users).lines().count(), fixture(Kind::Users).lines().count());
}

#[test]
fn registrations_replace_those_of_their_mpxns() {
    let temp = TempStore::new();
    let header = "mpxn,role,user_id,effective_from\n";
    let first = format!(
        "{header}2000000000015,IS,90-B3-D5-1F-30-01-00-00,2026-01-01\n2000000000015,ED,90-B3-D5-1F-30-02-00-00,2026-01-01\n3,GS,90-B3-D5-1F-30-01-00-00,2026-01-01\n"
    );
    temp.load(Kind::Registrations, &first).unwrap();
    temp.load(Kind::Registrations, &format!("{header}2000000000015,IS,90-B3-D5-1F-30-03-00-00,2026-02-01\n"))
        .unwrap();
    insta::assert_snapshot!(temp.dump(Kind::Registrations), @"
    mpxn,role,user_id,effective_from,effective_to
    2000000000015,IS,90-B3-D5-1F-30-03-00-00,2026-02-01T00:00:00.000Z,
    3,GS,90-B3-D5-1F-30-01-00-00,2026-01-01T00:00:00.000Z,
    ");
}

#[test]
fn coverage_replaces_its_regions_and_the_products_list_all() {
    let temp = TempStore::with_fixtures();
    let header = "csp_region,postcode,coverage_availability,wan_technology,connectivity_likelihood\n";
    temp.load(Kind::Coverage, &format!("{header}South,ZZ9 9ZZ,true, ,Low\n")).unwrap();
    let dump = temp.dump(Kind::Coverage);
    assert_eq!(dump.lines().filter(|line| line.starts_with("South,")).count(), 1);
    assert_eq!(dump.lines().filter(|line| line.starts_with("North,")).count(), 5);
    temp.load(Kind::Cpl, "device_manufacturer,device_model,device_type,status\nM,X,IHD,Active\n").unwrap();
    assert_eq!(temp.dump(Kind::Cpl).lines().count(), 2);
}

#[test]
fn a_status_that_is_new_or_changed_enters_the_history() {
    let temp = TempStore::new();
    let file =
        |status: &str| format!("device_id,device_type,status\n00-DB-12-34-56-78-90-01,ESME,{status}\n");
    for (status, at) in [("Pending", "2026-01-01"), ("Pending", "2026-01-02"), ("Commissioned", "2026-01-03")]
    {
        temp.load_at(Kind::Devices, &file(status), at).unwrap();
    }
    let history = history(&temp, device_id(1));
    let changes = history.iter().map(|change| (change.from, change.to, change.at)).collect::<Vec<_>>();
    let (pending, commissioned) = (Some(SmiStatus::Pending), Some(SmiStatus::Commissioned));
    assert_eq!(changes, [(None, pending, now("2026-01-01").0), (pending, commissioned, now("2026-01-03").0)]);
    assert!(history.iter().all(|change| change.interface == "import" && change.by.is_none()));
}

#[test]
fn a_chf_that_names_itself_has_no_chf() {
    let temp = TempStore::new();
    let csv = "device_id,device_type,status,chf_device_id\n00-DB-12-34-56-78-90-01,CHF,Pending,00-DB-12-34-56-78-90-01\n";
    temp.load(Kind::Devices, csv).unwrap();
    let chf = temp.store.read(|connection| find_device(connection, device_id(1))).unwrap().unwrap();
    assert_eq!((chf.device_type, chf.chf), (DeviceType::Chf, None));
}

#[test]
fn a_thousand_devices_are_imported_and_progress_is_reported() {
    let mut csv = "device_id,device_type,status,import_mpxn\n".to_owned();
    for number in 0..1_500 {
        let (high, low) = (number / 256, number % 256);
        writeln!(csv, "00-DB-12-34-56-78-{high:02X}-{low:02X},ESME,Pending,{number:013}").unwrap();
    }
    let temp = TempStore::new();
    let mut progress = Vec::new();
    let imported = import(&temp.store, Kind::Devices, csv.as_bytes(), now("2026-01-01"), &mut |read| {
        progress.push(read);
    });
    let Imported { rows, consequences, warnings, .. } = imported.unwrap();
    assert_eq!((rows, consequences), (1_500, Consequences::default()));
    // Of eleven numbers in a row, about ten have another check digit.
    assert_eq!((warnings.first.len(), warnings.total > 1_000), (100, true));
    assert_eq!(progress.len(), 2);
    assert_eq!(progress.last().copied(), u64::try_from(csv.len()).ok());
    assert_eq!(temp.dump(Kind::Devices).lines().count(), 1_501);
}

/// A file that changes something of what the fixtures brought.
fn changed(kind: Kind) -> String {
    match kind {
        Kind::Users => {
            "user_id,status\n90-B3-D5-1F-30-01-00-00,Suspended\n90-B3-D5-1F-30-77-00-00,Active\n".to_owned()
        }
        Kind::Registrations => {
            "mpxn,role,user_id,effective_from\n2000000000015,IS,90-B3-D5-1F-30-01-00-00,2024-04-01\n\
            2000000000998,IS,90-B3-D5-1F-30-01-00-00,2024-04-01\n"
                .to_owned()
        }
        Kind::Devices => {
            let new = format!("{},IHD{}\n", device_id(0x77), ",".repeat(22));
            fixture(kind).replacen("Commissioned", "Decommissioned", 1) + &new
        }
        Kind::Coverage => fixture(kind),
        Kind::Cpl => fixture(kind).replacen("01020304", "1020304", 1),
        // A row less of the version, another date in one, and a version more.
        Kind::Tsat => {
            let without = fixture(kind)
                .lines()
                .filter(|line| !line.contains(",CHTS,1.1,"))
                .collect::<Vec<_>>()
                .join("\n");
            let other = without.replacen("2031-06-30", "2031-07-31", 1);
            let last = other.lines().last().unwrap().replacen("EXAMPLE,2030-01-01", "OTHER,2030-02-01", 1);
            format!("{other}\n{last}\n")
        }
        Kind::Compatibility => fixture(kind).replacen(",ok,", ",failed,", 1),
        Kind::HubFirmware => fixture(kind).replacen("2021-12-01,", "2021-12-01,2022-06-30", 1),
        Kind::Locations => fixture(kind).replacen("SUPC-1", "SUPC-2", 1),
        Kind::Units => fixture(kind).replacen(",8,", ",4,", 1),
        Kind::Charges => fixture(kind).replacen("12.50", "13", 1),
        Kind::Forecasts => fixture(kind).replacen("2022-01-01", "2022-07-01", 1),
        Kind::Firmware => fixture(kind).replacen("Cap change", "Another name", 1),
        Kind::Capacity => fixture(kind).replacen(",5000,", ",6000,", 1),
        Kind::Stock => {
            let header = fixture(kind).lines().next().unwrap().to_owned();
            let row = |hub: &str, packaging: &str| format!("\n{hub},SUPA-1,2021-03-01,P00000,{packaging}");
            let rows = [("00", "sealed"), ("02", "opened"), ("FE", "sealed")];
            let rows = rows.map(|(last, packaging)| row(&format!("00-DB-55-00-00-00-00-{last}"), packaging));
            header + &rows.concat() + "\n"
        }
        Kind::Changes => fixture(kind).replacen("SSI reports", "SSI lists", 1),
        Kind::Contacts => fixture(kind).replacen("Cedar operations", "Cedar planning", 1),
        Kind::Maintenance => {
            let new = "CHG-NEW,,,,,,,,,,,,,,,,,,2026-04-01T20:00,2026-04-01T21:00,,,,Low\n";
            fixture(kind).replacen("DSP release", "DSP patch", 1) + new
        }
        Kind::Derogations => fixture(kind).replacen("2026-05-31", "2026-06-30", 1),
        Kind::ModelVariants => fixture(kind).replacen(",ADE,", ",ADE;AD,", 1),
        Kind::Assessments => {
            let new = "2026-NEW,00-DB-12-34-56-78-00-04,other,panel,,2026-05-01,,,,,\n";
            fixture(kind).replacen(",2026-04-20,,", ",2026-04-20,2026-05-01,", 1) + new
        }
    }
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_the_import_then_does() {
    let temp = TempStore::with_fixtures();
    for kind in Kind::ALL.iter().copied() {
        let csv = changed(kind);
        let run = |dry_run| {
            let origin = Origin { dry_run, ..Origin::of_all_regions() };
            import_from(&temp.store, kind, &mut csv.as_bytes(), &origin, now("2026-01-02"), &mut |_| ())
                .unwrap()
        };
        let before = Kind::ALL.iter().map(|kind| temp.dump(*kind)).collect::<Vec<_>>();
        let foreseen = run(true);
        assert_eq!(Kind::ALL.iter().map(|kind| temp.dump(*kind)).collect::<Vec<_>>(), before, "{kind}");
        assert_eq!(run(false), foreseen, "{kind}");
        let Changes { added, replaced, unchanged, removed, .. } = foreseen.changes;
        let counted = [added.total, replaced.total, unchanged, removed.total];
        let rows = foreseen.rows;
        let expected = match kind {
            Kind::Users => [1, 1, 0, 0],
            Kind::Registrations => [1, 0, 1, 1],
            Kind::Devices => [1, 1, rows - 2, 0],
            Kind::Coverage => [rows, 0, 0, rows],
            Kind::Cpl | Kind::Locations | Kind::Forecasts | Kind::Contacts => [1, 0, rows - 1, 1],
            Kind::Tsat => [1, 1, rows - 2, 1],
            Kind::Compatibility
            | Kind::HubFirmware
            | Kind::Units
            | Kind::Charges
            | Kind::Firmware
            | Kind::Changes
            | Kind::Derogations
            | Kind::ModelVariants
            | Kind::Capacity => [0, 1, rows - 1, 0],
            Kind::Maintenance => [1, 1, rows - 2, 0],
            Kind::Stock | Kind::Assessments => [1, 1, 1, 0],
        };
        assert_eq!(counted, expected, "{kind}");
        assert_eq!(foreseen.consequences.suspended.is_empty(), kind != Kind::Cpl);
        assert_eq!(foreseen.near_misses.total > 0, kind == Kind::Cpl, "{:?}", foreseen.near_misses);
    }
}
