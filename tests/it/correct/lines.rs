//! What becomes of the lines of a file.

use std::fs;

use smi::store::Kind;

use super::{House, Told, meter};
use crate::support::{OTHER_SUPPLIER, SUPPLIER};

#[test]
fn every_line_is_corrected_and_reported() {
    let house = House::with(70);
    house.write_file();
    let (server, url) = house.serve();
    let told = house.correct(&url, &[]);
    told.assert_ended(0, "");
    assert_eq!(told.out, "       70 done: I99\n");
    house.assert_all_done_once();
    let again = house.correct(&url, &["--retry-refused"]);
    again.assert_ended(0, "70 lines were answered in earlier runs");
    assert_eq!(again.out, told.out);
    house.assert_all_done_once();
    house.correct("http://127.0.0.1:1", &[]).assert_ended(1, "name another one with --journal");
    server.stop().unwrap();
}

#[test]
fn what_is_refused_has_its_code_and_rule_and_is_asked_again_where_that_is_wanted() {
    let house = House::with(3);
    let (server, url) = house.serve();
    let unknown = meter(9);
    let taken = format!("mpxn,role,user_id,effective_from\n10{:011},IS,{OTHER_SUPPLIER},2020-01-01\n", 1);
    house.smi.import(Kind::Registrations, &taken);
    let csv = format!("device_id,esme_variant\n{},AD\n{},AD\n{unknown},AD\n", meter(0), meter(1));
    fs::write(house.file(), csv).unwrap();

    let dry = house.correct(&url, &["--dry-run", "--store", house.smi.url(), "--report", "dry.csv"]);
    dry.assert_ended(1, "");
    insta::assert_snapshot!(dry.out, @r#"
        line 3: 00-DB-12-34-56-78-00-01 `AD` would be refused: E080407 (SR8.4/g): after Pending, the ESMEVariant is corrected by the Responsible Supplier now; having pre-notified the Device is not enough; saw: Responsible Supplier: 90-B3-D5-1F-30-03-00-00 (IS for 1000000000001 since 2020-01-01T00:00:00.000Z), no pre-notifier, sender 90-B3-D5-1F-30-01-00-00
        line 4: 00-DB-12-34-56-78-00-09 `AD` would be refused: E19 (SR/12): the Device it acts on is in the SMI; saw: 00-DB-12-34-56-78-00-09 is not in the SMI
                1 would be done: I99 (SR8.4/g)
                1 would be refused: E080407 (SR8.4/g)
                1 would be refused: E19 (SR/12)
        "#);
    assert_eq!(fs::read_to_string(house.smi.folder().join("dry.csv")).unwrap().lines().count(), 4);
    assert_eq!(house.most_decisions(), 0, "nothing was sent");

    let told = house.correct(&url, &[]);
    told.assert_ended(1, "");
    let expected = ["2 done I99", "3 refused E080407 SR8.4/g", "4 refused E19 SR/12"];
    assert_eq!(house.report(), expected);
    house.correct(&url, &[]).assert_ended(1, "3 lines were answered in earlier runs");
    assert_eq!((house.report(), house.most_decisions()), (expected.map(str::to_owned).to_vec(), 1));

    house.smi.import(Kind::Registrations, &taken.replace(&OTHER_SUPPLIER.to_string(), &SUPPLIER.to_string()));
    house.correct(&url, &["--retry-refused"]).assert_ended(1, "1 lines were answered in earlier runs");
    assert_eq!(house.report(), ["2 done I99", "3 done I99", "4 refused E19 SR/12"]);
    server.stop().unwrap();
}

#[test]
fn a_file_with_bad_lines_is_sent_in_part_only_where_that_is_wanted() {
    let house = House::with(4);
    let (server, url) = house.serve();
    let [a, b, c, d] = [0, 1, 2, 3].map(meter);
    let csv = format!("device_id,esme_variant\n{a},AD\n{b},A\n{a},AD\n{b},B\n{c},XX\n{d},CD\n");
    fs::write(house.file(), csv).unwrap();
    let told = house.correct(&url, &[]);
    told.assert_ended(1, "nothing sent; --skip-faulty sends the other lines");
    for part in [
        "line 3, column `esme_variant`: `A`, but line 5 says `B`",
        "line 6, column `esme_variant`: `XX` is not",
    ] {
        assert!(told.err.contains(part), "{}", told.err);
    }
    let others = ["3 conflict", "4 duplicate", "5 conflict", "6 faulty"];
    let with = |first: &'static str, last: &'static str| {
        let lines = [first].into_iter().chain(others).chain([last]);
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!((house.report(), house.most_decisions()), (with("2 left", "7 left"), 0));
    house.correct(&url, &["--skip-faulty"]).assert_ended(1, "");
    assert_eq!((house.report(), house.most_decisions()), (with("2 done I99", "7 done I99"), 1));
    fs::write(house.file(), format!("device_id,esme_variant\n{a},AD\n{b},B\n{c},BD\n{d},CD\n")).unwrap();
    house.correct(&url, &[]).assert_ended(0, "2 lines were answered in earlier runs");
    assert_eq!(house.most_decisions(), 1, "the mended file's other lines were not sent again");
    server.stop().unwrap();
}

#[test]
fn without_a_store_a_dry_run_checks_the_file_and_makes_nothing() {
    let house = House::with(1);
    house.write_file();
    let told = house.correct("http://127.0.0.1:1", &["--dry-run"]);
    told.assert_ended(0, "only the file was checked: 1 lines can be sent");
    for made in ["smi.db", "wrong.csv.journal", "wrong.csv.report.csv"] {
        assert!(!house.smi.folder().join(made).exists(), "{made}");
    }
    let [a, b, c] = [0, 1, 2].map(meter);
    let csv = format!("device_id,esme_variant\n{a},AD\n{b},XX\n{a},AD\n{c},A\n\n{b},YY\n");
    fs::write(house.file(), csv).unwrap();
    let told = house.correct("http://127.0.0.1:1", &["--dry-run", "--report", "wrong.csv.report.csv"]);
    told.assert_ended(1, "only the file was checked: 2 lines can be sent");
    assert_eq!(house.report(), ["2 left", "3 faulty", "4 duplicate", "5 left", "7 faulty"]);
    let missing = house.correct("http://127.0.0.1:1", &["--dry-run", "--store", "sqlite://missing.db"]);
    missing.assert_ended(1, "--store: there is no database");
}

#[test]
fn whoever_signs_must_be_named_where_there_are_several() {
    let house = House::with(1);
    house.write_file();
    let output = house.program().arg("correct").arg(house.file()).output().unwrap();
    Told::of(output)
        .assert_ended(1, "--as is needed: there are private keys of 00-DB-12-34-56-78-00-04, 90-B3");
    let unknown = house.correct("http://127.0.0.1:1", &["--as", "00-00-00-00-00-00-00-00"]);
    assert_eq!(unknown.code, Some(2), "--as is there once");
}

#[test]
fn a_dry_run_reports_in_the_order_of_the_file() {
    let house = House::with(2);
    let [a, b, unknown] = [0, 1, 9].map(meter);
    let csv = format!("device_id,esme_variant\n{a},XX\n{unknown},A\n{b},AD\n{b},AD\n{a},YY\n");
    fs::write(house.file(), csv).unwrap();
    let arguments = ["--dry-run", "--store", house.smi.url(), "--report", "wrong.csv.report.csv"];
    house.correct("http://127.0.0.1:1", &arguments).assert_ended(1, "");
    let expected = [
        "2 faulty",
        "3 would be refused E19 SR/12",
        "4 would be done I99 SR8.4/g",
        "5 duplicate",
        "6 faulty",
    ];
    assert_eq!(house.report(), expected);
}
