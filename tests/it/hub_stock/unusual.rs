//! What is not as it should be: versions that no table has, hubs of nobody, SMETS1 hubs, installations at odd times.

use smi::{
    domain::{HubReport, StockDivision},
    service::hubs::ReportQuestion,
    store::Kind,
};

use super::sample::{DEVICES, Rows, about, eui, hub, world};

/// HUBS.md 7: a version without a row, one that is not recorded, a hub without pre-notifier or of a User that is not loaded: each is
/// counted, under `no_row` and `unknown`, and none is dropped.
#[test]
fn what_cannot_be_judged_is_counted_apart_and_never_dropped() {
    let smi = world();
    let odd = |number: u32, from: &str, to: &str| hub(number, "Pending", "").replace(from, to);
    let csv = [
        odd(1_000, "CHTS V1.0", "1.x"),
        odd(1_001, "CHTS V1.0", ""),
        odd(1_002, ",1.1,", ",,"),
        odd(1_003, "CHTS V1.0", "CHTS V1.4"),
        odd(1_004, "90-B3-D5-1F-30-01-00-00", ""),
        odd(1_005, "90-B3-D5-1F-30-01-00-00", "90-B3-D5-1F-30-77-00-00"),
    ];
    smi.import(Kind::Devices, &(DEVICES.to_owned() + &csv.concat()));
    let asked = ReportQuestion { within: Some(30), ..about(HubReport::AtRisk, "2022-01-01") };
    let rows = Rows::of(&smi, &asked);
    let found = rows.columns(&[
        "party_signifier",
        "chts_version",
        "gbcs_version",
        "install_to",
        "in_stock",
        "no_row",
    ]);
    for row in [
        "SUPA - 1.1 - 1 1",
        "SUPA 1.0 - - 1 1",
        "SUPA 1.x 1.1 - 1 1",
        "SUPC 1.4 1.1 - 1 1",
        "unknown 1.0 1.1 2022-01-31 2 0",
        "total - - - 1006 4",
    ] {
        assert!(found.iter().any(|found| found == row), "{row}\n{found:#?}");
    }
    let unknown = ReportQuestion { party: Some("unknown".to_owned()), ..asked };
    assert_eq!(Rows::of(&smi, &unknown).columns(&["in_stock"]), ["2", "2"]);
    let plan = Rows::of(&smi, &about(HubReport::Plan, "2022-01-01"));
    let plan = plan.columns(&["chts_version", "gbcs_version", "in_stock", "way", "late"]);
    assert!(plan.contains(&"1.x 1.1 1 no_row false".to_owned()), "{plan:#?}");
    let by = ReportQuestion { by: vec![StockDivision::Location], ..about(HubReport::AtRisk, "2022-01-01") };
    let places = Rows::of(&smi, &by).columns(&["location_id"]);
    assert!(places.contains(&"unknown".to_owned()), "{places:#?}");
}

/// HUBS.md 2: SMETS1 hubs, and those that are not Pending, are not in stock; Decommissioned ones count nowhere.
#[test]
fn only_pending_hubs_that_are_not_smets1_are_in_stock() {
    let smi = world();
    let csv = [
        hub(0, "Decommissioned", ""),
        hub(1, "Withdrawn", ""),
        hub(2, "Whitelisted", ""),
        hub(3, "Suspended", ""),
        hub(4, "Pending", "").replace("Central,", "SMETS1,"),
    ];
    smi.import(Kind::Devices, &(DEVICES.to_owned() + &csv.concat()));
    let in_stock = Rows::of(&smi, &about(HubReport::AtRisk, "2022-01-01")).columns(&["in_stock"]);
    assert_eq!(in_stock.last().map(String::as_str), Some("995"));
    let plan = Rows::of(&smi, &about(HubReport::Plan, "2022-01-01"));
    assert_eq!(plan.columns(&["installed", "in_stock"])[0], "1 595");
}

/// MP139-R13, TSAT/k: judged by the table in force on the day of installation.
#[test]
fn hubs_that_were_not_installed_in_time_do_not_count_towards_the_target() {
    let smi = world();
    let csv = [
        hub(0, "Commissioned", "2021-06-01"),
        hub(1, "Commissioned", "2022-02-01"),
        hub(2, "Suspended", ""),
        hub(3, "Commissioned", "2021-01-20").replace("CHTS V1.0", "CHTS V1.4"),
        // By the table of that day its period ended in January.
        hub(4, "Commissioned", "2021-02-01"),
        hub(5, "InstalledNotCommissioned", "2012-01-01"),
    ];
    smi.import(Kind::Devices, &(DEVICES.to_owned() + &csv.concat()));
    let rows = Rows::of(&smi, &about(HubReport::NonCompliant, "2022-03-01"));
    let found =
        rows.columns(&["chf_device_id", "installed_on", "chts_version", "gbcs_version", "table", "verdict"]);
    let line = |number: u32, rest: &str| format!("{} {rest}", eui(2 * number));
    for row in [
        line(1, "2022-02-01 1.0 1.1 MP139 non_compliant"),
        line(2, "- 1.0 1.1 - unknown_date"),
        line(3, "2021-01-20 1.4 1.1 9.0 no_row"),
        line(5, "2012-01-01 1.0 1.1 - no_row"),
        "compliant - - - - 2".to_owned(),
        "non_compliant - - - - 1".to_owned(),
        "no_row - - - - 2".to_owned(),
        "unknown_date - - - - 1".to_owned(),
    ] {
        assert!(found.contains(&row), "{row}\n{found:#?}");
    }
    assert_eq!(found.len(), 8, "{found:#?}");
}

/// The days of installations are those of London, and of moves that no import made.
#[test]
fn an_installation_is_dated_by_the_first_move_that_no_import_made() {
    let smi = world();
    // In London it is the next day already.
    smi.move_to("2022-07-01T23:30:00Z");
    let chf = eui(0).parse().unwrap();
    super::installed::install(&smi, chf);
    smi.move_to("2022-07-20T12:00:00Z");
    let rows = Rows::of(&smi, &about(HubReport::NonCompliant, "2022-07-20"));
    let found = rows.columns(&["chf_device_id", "installed_on", "verdict"]);
    assert_eq!(found[0], format!("{} 2022-07-02 non_compliant", eui(0)));
}

/// More installed hubs than a page, in the order of the day that their period ended, each once.
#[test]
fn thousands_of_outstanding_hubs_are_passed_on_page_by_page() {
    let smi = world();
    let csv = (0..1_300).map(|number| hub(number, "Commissioned", "2021-06-01")).collect::<String>();
    smi.import(Kind::Devices, &(DEVICES.to_owned() + &csv));
    let rows = Rows::of(&smi, &about(HubReport::Outstanding, "2022-06-01"));
    let mut hubs = rows.columns(&["chf_device_id"]);
    assert_eq!(hubs.len(), 1_300 - 130);
    hubs.sort();
    hubs.dedup();
    assert_eq!(hubs.len(), 1_170, "each once");
    let ended = rows.columns(&["ended", "test"]);
    assert!(ended.is_sorted(), "those that ended first come first");
    assert_eq!((ended[0].as_str(), ended[1_169].as_str()), ("2022-02-28 maintain", "2022-05-31 maintain"));
    let of_region = ReportQuestion {
        region: Some(smi::domain::CspRegion::North),
        party: Some("SUPC".to_owned()),
        ..about(HubReport::Outstanding, "2022-06-01")
    };
    let regions = Rows::of(&smi, &of_region).columns(&["csp_region"]);
    assert!(regions.iter().all(|region| region == "North") && regions.len() > 50, "{}", regions.len());
}
