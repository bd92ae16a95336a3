//! `smi hubs` and `smi import`: what people and scripts see.

use std::process::{Command, Output};

use super::sample::{Rows, eui, fixture, world};
use crate::support::{Smi, package};

fn smi(world: &Smi, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(arguments).env("SMI_STORE_URL", world.url()).env("SMI_TEST_CLOCK", "2022-01-01T12:00:00Z");
    command.current_dir(world.folder()).output().unwrap()
}

fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

fn good(world: &Smi, arguments: &[&str]) -> String {
    let output = smi(world, &[&["hubs"], arguments].concat());
    assert!(output.status.success(), "{}", said(&output.stderr));
    said(&output.stdout)
}

#[test]
fn a_report_is_a_table_csv_or_json() {
    let world = world();
    insta::assert_snapshot!(good(&world, &["report", "at-risk", "--within", "30"]), @"
    at-risk on 2022-01-01, TS Applicability Tables: MP139, within 30 days

    party_signifier  chts_version  gbcs_version  install_to  days_left  in_stock  at_risk  expired  no_row  in_reflash  at_risk_gbp  expired_gbp
    SUPA             1.0           1.1           2022-01-31         30       450      450        0       0           0     18000.00         0.00
    SUPA             1.1           2.1           2022-04-30        119       150        0        0       0           0         0.00         0.00
    SUPA             1.1           2.0           ND                          100        0        0       0           0         0.00         0.00
    SUPA             1.3           3.2           ND                           50        0        0       0           0         0.00         0.00
    SUPC             1.0           1.1           2022-01-31         30       150      150        0       0           0      6000.00         0.00
    SUPC             1.1           2.1           2022-04-30        119        50        0        0       0           0         0.00         0.00
    SUPC             1.3           3.2           ND                           50        0        0       0           0         0.00         0.00
    total                                                                   1000      600        0       0           0     24000.00         0.00
    ");
    insta::assert_snapshot!(good(&world, &["report", "plan", "--format", "csv"]), @r#"
    chts_version,gbcs_version,installed,in_stock,target_chts,target_gbcs,deadline,way,available_from,late
    1.0,1.1,0,600,1.1,2.1,2022-02-28,"install by 2022-01-31, then over the air; re-flash",2020-11-01,false
    1.1,2.0,0,100,1.1,2.1,2022-02-28,"install by 2022-02-28, then over the air; re-flash",2020-11-01,false
    1.1,2.1,0,200,1.3,3.2,2022-05-31,"install by 2022-04-30, then over the air; re-flash",2021-06-01,false
    1.3,3.2,0,100,,,,,,false
    "#);
    let json = good(&world, &["report", "age", "--party", "SUPC", "--format", "json"]);
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 6);
    insta::assert_snapshot!(good(&world, &["report", "non-compliant"]), @"
    non-compliant on 2022-01-01, TS Applicability Tables: MP139

    chf_device_id  installed_on  chts_version  gbcs_version  table  verdict

    compliant: 0
    non_compliant: 0
    no_row: 0
    unknown_date: 0
    ");
}

/// HUBS.md 6: `[reflash] lead_working_days` says by when hubs must leave.
#[test]
fn the_lead_is_a_setting() {
    let world = world();
    let sent = |lead: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        command.args(["hubs", "report", "candidates", "--party", "SUPC", "--format", "csv"]);
        command.envs([("SMI_TEST_CLOCK", "2022-01-01T12:00:00Z"), ("SMI_REFLASH_LEAD_WORKING_DAYS", lead)]);
        let output = command.env("SMI_STORE_URL", world.url()).current_dir(world.folder()).output().unwrap();
        assert!(output.status.success(), "{}", said(&output.stderr));
        Rows::read(&output.stdout).columns(&["use_by", "send_by", "gap"])
    };
    // 3 January 2022 stands for New Year's Day, and is no Working Day.
    assert_eq!(sent("20"), ["2022-01-31 2021-12-31 true", "2022-04-30 2022-03-30 false", "- - false"]);
    assert_eq!(sent("19"), ["2022-01-31 2022-01-04 false", "2022-04-30 2022-03-31 false", "- - false"]);
    assert_eq!(sent("0"), ["2022-01-31 2022-01-31 false", "2022-04-30 2022-04-29 false", "- - false"]);
}

#[test]
fn the_list_is_by_use_and_delivery_and_goes_to_a_file() {
    let world = world();
    let late =
        format!("chf_device_id,location_id,delivered_on,packaging\n{},SUPA-1,2021-02-01,sealed\n", eui(10));
    world.import(smi::store::Kind::Stock, &late);
    let listed = good(&world, &["list", "--version", "1.0", "--out", "hubs.csv"]);
    assert_eq!(listed, "");
    let file = std::fs::read(world.folder().join("hubs.csv")).unwrap();
    let rows = Rows::read(&file);
    let found = rows.columns(&["delivered_on", "chf_device_id", "party_signifier", "use_by"]);
    assert_eq!(found.len(), 600);
    assert_eq!(found[0], format!("2021-02-01 {} SUPA 2022-01-31", eui(10)));
    assert!(found.is_sorted());
    let all = Rows::read(good(&world, &["list"]).as_bytes()).columns(&["use_by"]);
    assert_eq!((all.len(), all[0].as_str(), all[999].as_str()), (1_000, "2022-01-31", "-"));
    let some = good(&world, &["list", "--party", "SUPC", "--region", "North", "--within", "30"]);
    assert_eq!(Rows::read(some.as_bytes()).len(), 50);
}

#[test]
fn one_hub_is_shown_for_people_and_for_programs() {
    let world = world();
    insta::assert_snapshot!(good(&world, &["show", &eui(0), "--on", "2022-02-15"]), @"
    hub 00-DB-55-00-00-00-00-00, GPF 00-DB-55-00-00-00-00-01
    status       Pending
    Party        SUPA, pre-notified by 90-B3-D5-1F-30-01-00-00
    model        Sample Hubs, SH-C1
    firmware     01000000, generation N-4 or older, newest 03000100
    CHTS version CHTS V1.0, GBCS version 1.1
    region       North, band SBCH
    on 2022-02-15, table MP139, row CHTS 1.0 / GBCS 1.1
      install    no, 2016-09-30 to 2022-01-31
      maintain   yes, 2016-09-30 to 2022-02-28
      operate    yes, 2017-11-06 to ND
    of use until 2022-01-31 (IVP)
    lies at      SUPA-1, delivered on 2021-03-01
                 pallet P00000, carton -, sealed
    ");
    let json = good(&world, &["show", &eui(0), "--format", "json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["party"], "SUPA");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let world = world();
    let refused = |arguments: &[&str]| {
        let output = smi(&world, &[&["hubs"], arguments].concat());
        let reason = said(&output.stderr);
        format!("{} {}", output.status.code().unwrap(), reason.lines().next().unwrap())
    };
    let refusals = [
        refused(&["report", "stock"]),
        refused(&["report", "plan", "--within", "3"]),
        refused(&["report", "at-risk", "--by", "colour"]),
        refused(&["report", "at-risk", "--on", "2021-02-30"]),
        refused(&["list", "--version", "1.x"]),
        refused(&["show", &eui(1)]),
        refused(&["show", "7"]),
        refused(&["report", "age", "--out", "nowhere/age.csv"]),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @"
    2 error: invalid value 'stock' for '<REPORT>': `stock` is not a report of hubs: one of at-risk, candidates, plan, outstanding, non-compliant, age
    2 error: --within is asked of at-risk; it says nothing about plan
    2 error: invalid value 'colour' for '--by <WHAT>': `colour` is not a division of stock: one of region, band, location
    2 error: invalid value '2021-02-30' for '--on <DATE>': `2021-02-30` is not a date like `2026-01-31`
    2 error: invalid value '1.x' for '--version <VERSION>': `1.x` does not end with a version like `1.0`
    1 smi: `00-DB-55-00-00-00-00-01` is no hub in the SMI
    2 error: invalid value '7' for '<CHF>': `7` is not an EUI-64: 16 hex digits in pairs joined by `-`
    1 smi: nowhere/age.csv: No such file or directory (os error 2)
    ");
}

/// The files of `fixtures/hubs` are loaded by `smi import` as they stand, in the order of the kinds, and come back by `smi export`.
#[test]
fn the_fixtures_are_imported_and_exported_by_the_command() {
    let world = Smi::new();
    for kind in ["devices", "hub-firmware", "locations", "units", "charges", "forecasts", "stock"] {
        let file = package().join(format!("fixtures/hubs/{kind}.csv"));
        let output = smi(&world, &["import", kind, file.to_str().unwrap()]);
        assert!(output.status.success(), "{kind}: {}", said(&output.stderr));
        let exported = said(&smi(&world, &["export", kind]).stdout);
        assert_eq!(exported.lines().count(), fixture(&format!("hubs/{kind}.csv")).lines().count(), "{kind}");
    }
    let empty = world.folder().join("charges.csv");
    std::fs::write(&empty, "regulatory_year,charge,cost\n").unwrap();
    let refused = smi(&world, &["import", "charges", "charges.csv"]);
    assert!(!refused.status.success() && said(&refused.stderr).contains("no lines follow the header"));
    let meant = smi(&world, &["import", "charges", "charges.csv", "--empty"]);
    assert!(meant.status.success(), "{}", said(&meant.stderr));
}
