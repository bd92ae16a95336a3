//! HUBS.md 8: the rows about stock, by number.

use smi::{
    domain::{HubReport, StockDivision},
    service::hubs::ReportQuestion,
    store::Kind,
};

use super::sample::{DEVICES, Rows, about, devices, eui, hub, stock, world};
use crate::support::Smi;

/// The sums of the last line, and the parties that have stock at risk or expired.
fn at_risk(smi: &Smi, day: &str, within: u32) -> (String, Vec<String>) {
    let asked = ReportQuestion { within: Some(within), ..about(HubReport::AtRisk, day) };
    let rows = Rows::of(smi, &asked);
    let total = rows.columns(&["party_signifier", "at_risk", "expired", "at_risk_gbp", "expired_gbp"]);
    let parties = rows.columns(&["at_risk", "expired", "party_signifier", "chts_version"]);
    let parties = parties.into_iter().filter(|row| !row.starts_with("0 0 ") && !row.contains("total"));
    (total.last().unwrap().clone(), parties.collect())
}

/// HUBS.md 8, row 11 (MP139-R15, D1).
#[test]
fn row_11_stock_is_at_risk_from_its_last_days_on() {
    let smi = world();
    assert_eq!(at_risk(&smi, "2022-01-01", 29), ("total 0 0 0.00 0.00".to_owned(), vec![]));
    let (total, parties) = at_risk(&smi, "2022-01-01", 30);
    assert_eq!(total, "total 600 0 24000.00 0.00");
    assert_eq!(parties, ["450 0 SUPA 1.0", "150 0 SUPC 1.0"]);
    assert_eq!(at_risk(&smi, "2022-01-01", 118).0, "total 600 0 24000.00 0.00");
    let (total, parties) = at_risk(&smi, "2022-01-01", 119);
    assert_eq!(total, "total 800 0 32000.00 0.00");
    assert_eq!(parties, ["450 0 SUPA 1.0", "150 0 SUPA 1.1", "150 0 SUPC 1.0", "50 0 SUPC 1.1"]);
}

/// HUBS.md 8, row 12.
#[test]
fn row_12_stock_that_expired_is_told_apart_from_what_is_at_risk() {
    let smi = world();
    assert_eq!(at_risk(&smi, "2022-02-01", 87).0, "total 0 600 0.00 24000.00");
    let (total, parties) = at_risk(&smi, "2022-02-01", 88);
    assert_eq!(total, "total 200 600 8000.00 24000.00");
    assert_eq!(parties, ["0 450 SUPA 1.0", "150 0 SUPA 1.1", "0 150 SUPC 1.0", "50 0 SUPC 1.1"]);
}

/// HUBS.md 8, row 13, with a thousandth of its hubs; `smi bench hubs` has them all.
#[test]
fn row_13_stock_is_divided_by_region_band_and_location() {
    let smi = world();
    smi.import(Kind::Devices, &devices(3_000));
    smi.import(Kind::Stock, &stock(3_000));
    let divided = |by: &[StockDivision], columns: &[&str]| {
        let asked = about(HubReport::AtRisk, "2022-01-01");
        let asked = ReportQuestion { within: Some(30), by: by.to_vec(), ..asked };
        let rows = Rows::of(&smi, &asked).columns(columns);
        rows.into_iter().filter(|row| !row.contains(" 0")).collect::<Vec<_>>()
    };
    assert_eq!(
        divided(&[StockDivision::Region], &["party_signifier", "csp_region", "at_risk"]),
        [
            "SUPA Central 450",
            "SUPA North 450",
            "SUPA South 450",
            "SUPC Central 150",
            "SUPC North 150",
            "SUPC South 150",
            "total - 1800",
        ]
    );
    assert_eq!(
        divided(&[StockDivision::Band, StockDivision::Location], &["band", "location_id", "at_risk"]),
        ["DBCH SUPA-1 450", "SBCH SUPA-1 900", "DBCH SUPC-1 450", "- - 1800"]
    );
}

/// HUBS.md 8, row 16 (MP139-R12, R14; TSAT/o, p).
#[test]
fn row_16_every_version_has_its_way_up() {
    let smi = world();
    let columns = [
        "chts_version",
        "gbcs_version",
        "in_stock",
        "target_chts",
        "target_gbcs",
        "deadline",
        "available_from",
        "late",
    ];
    let plan = |day: &str| Rows::of(&smi, &about(HubReport::Plan, day)).columns(&columns);
    assert_eq!(
        plan("2022-01-01"),
        [
            "1.0 1.1 600 1.1 2.1 2022-02-28 2020-11-01 false",
            "1.1 2.0 100 1.1 2.1 2022-02-28 2020-11-01 false",
            "1.1 2.1 200 1.3 3.2 2022-05-31 2021-06-01 false",
            "1.3 3.2 100 - - - - false",
        ]
    );
    assert_eq!(
        plan("2021-01-20"),
        [
            "1.0 1.1 600 1.1 2.1 2021-02-28 2020-11-01 false",
            "1.1 2.0 100 1.1 2.1 2021-02-28 2020-11-01 false",
            "1.1 2.1 200 1.3 3.2 2021-05-31 2021-06-01 true",
            "1.3 3.2 100 - - - - false",
        ]
    );
    let ways = |day: &str| Rows::of(&smi, &about(HubReport::Plan, day)).columns(&["way"]);
    assert_eq!(
        ways("2022-01-01"),
        [
            "install by 2022-01-31, then over the air; re-flash",
            "install by 2022-02-28, then over the air; re-flash",
            "install by 2022-04-30, then over the air; re-flash",
            "-",
        ]
    );
    assert_eq!(ways("2022-02-01")[0], "re-flash");
}

/// HUBS.md 8, row 17 (MP139-R4).
#[test]
fn row_17_an_installed_hub_is_outstanding_the_day_after_its_period_ended() {
    let smi = world();
    smi.import(Kind::Devices, &(DEVICES.to_owned() + &hub(6, "Commissioned", "2021-06-01")));
    let found = |day: &str| {
        let rows = Rows::of(&smi, &about(HubReport::Outstanding, day));
        rows.columns(&[
            "chf_device_id",
            "csp_region",
            "chts_version",
            "gbcs_version",
            "status",
            "ended",
            "test",
        ])
    };
    assert_eq!(found("2022-02-28"), [""; 0]);
    let hub = format!("{} North 1.1 2.0 Commissioned 2022-02-28 operate", eui(12));
    assert_eq!(found("2022-03-01"), [hub]);
    let plan = Rows::of(&smi, &about(HubReport::Plan, "2022-01-01"));
    let of_version = plan.columns(&["gbcs_version", "installed", "in_stock", "way"]);
    assert_eq!(of_version[1], "2.0 1 99 over the air; install by 2022-02-28, then over the air; re-flash");
}

/// HUBS.md 8, row 19 (MP155-R37).
#[test]
fn row_19_stock_is_counted_by_the_age_of_its_firmware() {
    let smi = world();
    let age = |day: &str| {
        let rows = Rows::of(&smi, &about(HubReport::Age, day));
        rows.columns(&["party_signifier", "generation", "in_stock", "oldest_delivered_on"])
    };
    assert_eq!(
        age("2022-01-01"),
        [
            "SUPA N 0 -",
            "SUPA N-1 50 2021-03-01",
            "SUPA N-2 150 2021-03-01",
            "SUPA N-3 100 2021-03-01",
            "SUPA N-4 or older 450 2021-03-01",
            "SUPA unlisted 0 -",
            "SUPC N 0 -",
            "SUPC N-1 50 2021-03-01",
            "SUPC N-2 50 2021-03-01",
            "SUPC N-3 0 -",
            "SUPC N-4 or older 150 2021-03-01",
            "SUPC unlisted 0 -",
        ]
    );
    let before = age("2021-11-30");
    let older = before.iter().filter(|row| row.contains("N-4 or older") && row.ends_with(" 0 -"));
    assert_eq!(older.count(), 2);
    let third = before.iter().filter(|row| row.contains(" N-3 ")).collect::<Vec<_>>();
    assert_eq!(third, ["SUPA N-3 450 2021-03-01", "SUPC N-3 150 2021-03-01"]);
}

/// HUBS.md 8, row 20 (MP155-R16, R31).
#[test]
fn row_20_candidates_say_by_when_and_for_how_much() {
    let smi = world();
    let asked =
        ReportQuestion { party: Some("SUPA".to_owned()), ..about(HubReport::Candidates, "2022-01-01") };
    let rows = Rows::of(&smi, &asked);
    let found = rows.columns(&[
        "firmware_version",
        "in_stock",
        "use_by",
        "use_by_kind",
        "newest",
        "newest_use_by",
        "worth",
        "send_by",
        "gap",
        "reflash_gbp",
        "scrap_gbp",
        "saving_gbp",
    ]);
    assert_eq!(
        found[..2],
        [
            "01000000 450 2022-01-31 IVP 03000100 ND true 2021-12-31 true 5400.00 18073.50 12673.50",
            "02000000 100 2022-02-28 AP 03000100 ND true 2022-01-31 false 1200.00 3087.00 1887.00",
        ]
    );
    let last = found.last().unwrap();
    assert!(last.starts_with("03000000 50 - - 03000100 ND false - false"), "{last}");
}
