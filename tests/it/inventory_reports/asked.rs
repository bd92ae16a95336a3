//! What is asked of a report, and what is said of an instant that nothing is known of.

use smi::{domain::InventoryReport, service::inventory_reports::InventoryFormat, store::Kind};

use super::{HEADER, asked, esme, made, run, said};
use crate::support::Smi;

/// What is asked of a report that has no such thing is refused by its flag.
#[test]
fn what_a_report_does_not_have_is_refused_by_its_flag() {
    let run = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_smi")).args(arguments).output().unwrap()
    };
    for (wrong, told) in [
        (
            &["gained-not-commissioned", "--as-at", "2026-06-01"][..],
            "--as-at: gained-not-commissioned takes none; it is asked of estate, status, firmware, model, hubs",
        ),
        (
            &["hubs", "--month", "2026-06"],
            "--month: hubs takes none; it is asked of firmware-trt, firmware-use, maintenance, changes",
        ),
        (
            &["changes", "--party", "SUPA"],
            "--party: changes is about a month; it is asked of estate, status, ",
        ),
        (&["estates"], "`estates` is not a report: one of estate, status, "),
        (&[], "the following required arguments were not provided"),
    ] {
        let output = run(&[&["report"], wrong].concat());
        let reason = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && reason.contains(told), "{wrong:?}: {reason}");
    }
}

/// A report that is empty because nothing was kept yet says so.
#[test]
fn before_the_history_began_nothing_is_known_and_that_is_said() {
    let smi = Smi::new();
    let json = |at: &str| {
        let question = asked(InventoryReport::Status, Some(at), None);
        let text = made(&smi, InventoryFormat::Json, &question);
        let json = serde_json::from_str::<serde_json::Value>(&text).unwrap();
        [json["unknown_before"].clone(), json["nothing_before"].clone()]
    };
    let [now, later] = ["2026-06-01T12:00:00.000Z", "2026-06-01T13:00:00.000Z"];
    assert_eq!(json("2020-01-01"), [now, now], "nothing ever was in it");
    smi.move_to(later);
    smi.import(Kind::Devices, &(HEADER.to_owned() + &esme(1, "Pending", "A")));
    assert_eq!(json("2020-01-01"), [later, later]);
    assert_eq!(json(later), [serde_json::Value::Null, serde_json::Value::Null]);
    for report in ["status", "estate"] {
        let output = run(&smi, &["report", report, "--as-at", "2020-01-01"]);
        let told = said(&output.stderr);
        let warning = format!("nothing is known before {later}, when the history of this inventory began");
        assert!(output.status.success() && told.contains(&warning), "{report}: {told}");
        assert_eq!(said(&output.stdout).lines().count(), 1);
    }
}

/// How it will be nobody knows.
#[test]
fn an_instant_that_is_still_to_come_is_refused() {
    let smi = Smi::new();
    smi.import(Kind::Devices, &(HEADER.to_owned() + &esme(1, "Pending", "A")));
    let device = super::id(1).to_string();
    for question in [&["report", "status"][..], &["report", "estate"], &["explain", "--device", &device]] {
        let at = |instant: &'static str| run(&smi, &[question, &["--as-at", instant]].concat());
        let refused = at("2030-01-01");
        let told = said(&refused.stderr);
        let reason =
            "--as-at: `2030-01-01T00:00:00.000Z` is still to come: it is 2026-06-01T12:00:00.000Z now";
        assert!(refused.status.code() == Some(2) && told.contains(reason), "{question:?}: {told}");
        assert!(refused.stdout.is_empty(), "{question:?}");
        assert!(at("2026-06-01T12:00:00Z").status.success(), "{question:?}: now has come");
    }
}

/// A report about nobody would look like one of a Party that supplies nothing.
#[test]
fn a_party_that_nobody_is_is_refused() {
    let smi = Smi::new();
    smi.import(Kind::Users, "user_id,party_signifier,roles,status\n00-DB-12-34-56-78-00-09,,OU,Active\n");
    for (party, reason) in [
        ("NOBODY", "--party: `NOBODY` is not the Party of any User"),
        ("inst", "--party: `inst` is not the Party of any User; `INST` is"),
        ("", "--party: `` is not the Party of any User"),
    ] {
        for report in ["estate", "status", "gained-not-commissioned"] {
            let output = run(&smi, &["report", report, "--party", party]);
            let told = said(&output.stderr);
            assert!(output.status.code() == Some(2) && told.contains(reason), "{report}: {told}");
            assert!(output.stdout.is_empty(), "{report}");
        }
    }
    assert!(run(&smi, &["report", "estate", "--party", "INST"]).status.success());
}
