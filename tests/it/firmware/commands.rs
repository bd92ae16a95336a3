//! `smi firmware` and `smi report`: the same at the command line.

use std::{fs, process::Command};

use super::{
    CAP_CHANGE, activate,
    desk::{Desk, contact_above},
    meter,
};
use crate::support::{SUPPLIER, managed::TOKEN};

/// Exit code, standard output, standard error.
fn smi(desk: &Desk, arguments: &[&str]) -> (Option<i32>, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(arguments)
        .env("SMI_STORE_URL", desk.smi.url())
        .env("SMI_TEST_CLOCK", "2026-03-01T12:00:00Z")
        .env("SMI_FIRMWARE_CONTACT_ABOVE_IMAGES", "2")
        .env("LOGNAME", "ann")
        .current_dir(desk.smi.folder())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code(), text(ran.stdout), text(ran.stderr))
}

/// SERVICE.md 7/31 and the planner's way: plan, shorten, ask; the Service Desk agrees; the batches are seen.
#[test]
fn a_schedule_is_planned_asked_for_agreed_and_shown_at_the_command_line() {
    let desk = Desk::new(contact_above(2), 3);
    let (url, supplier) = (desk.url(), SUPPLIER.to_string());
    let manage = ["--manage", &url, "--token", TOKEN];
    let (code, plan, err) = smi(&desk, &["firmware", "plan", "--images", "670000", "--from", "2026-03-02"]);
    assert_eq!((code, err.as_str()), (Some(0), "56 days, the last one is 2026-04-26\n"));
    assert_eq!((plan.lines().count(), plan.lines().last()), (57, Some("2026-04-26,10000")));
    fs::write(desk.smi.folder().join("plan.csv"), "day,images,update_firmware_on\n2026-03-02,3,2026-03-01\n")
        .unwrap();
    let ask = ["firmware", "ask", "plan.csv", "--as", &supplier, "--image", CAP_CHANGE, "--images", "3"];
    let (code, out, err) = smi(&desk, &[&ask[..], &manage].concat());
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.starts_with("schedule 1  asked  90-B3-D5-1F-30-01-00-00  3 images of 900000 bytes"), "{out}");
    let agree = ["firmware", "agree", "1", "--reason", "room for all"];
    assert_eq!(smi(&desk, &[&agree[..], &manage].concat()).0, Some(0));
    let (code, _, err) = smi(&desk, &[&agree[..], &manage].concat());
    assert_eq!(code, Some(1));
    assert!(err.contains("schedule 1 is agreed"), "{err}");
    desk.smi.move_to("2026-03-02T09:00:00Z");
    (0..2).for_each(|number| assert_eq!(activate(&desk.smi, meter(number), CAP_CHANGE).0, "I99"));
    let shown = [
        vec!["firmware", "show", "1"],
        vec!["firmware", "list", "--state", "agreed"],
        vec!["firmware", "days", "--from", "2026-03-02", "--days", "2"],
        vec!["firmware", "scope"],
        vec!["firmware", "targets", "--as", &supplier, "--image", CAP_CHANGE],
        vec![
            "firmware",
            "check",
            "--bytes",
            "900000",
            "--images",
            "1",
            "--as",
            &supplier,
            "--on",
            "2026-03-02",
        ],
        vec!["firmware", "check", "--bytes", "900000", "--images", "1000", "--smets", "2"],
        vec!["report", "firmware-trt", "--month", "2026-03"],
    ]
    .map(|arguments| {
        let (code, out, err) = smi(&desk, &arguments);
        format!("$ smi {} -> {}\n{out}{err}", arguments.join(" "), code.unwrap())
    });
    insta::assert_snapshot!(shown.join("\n"));
}

/// The file is written beside its place and moved there: who reads the old one reads it to its end.
#[test]
fn a_file_of_targets_takes_the_place_of_the_old_one_when_it_is_whole() {
    let desk = Desk::new(contact_above(2), 3);
    let (folder, supplier) = (desk.smi.folder(), SUPPLIER.to_string());
    let targets = |more: &[&str]| {
        let asked = ["firmware", "targets", "--as", &supplier, "--image", CAP_CHANGE];
        smi(&desk, &[&asked, more].concat())
    };
    let [old, read] = ["targets.csv", "read.csv"].map(|name| folder.join(name));
    fs::write(&old, "old").unwrap();
    fs::hard_link(&old, &read).unwrap();
    let (_, printed, told) = targets(&[]);
    assert_eq!((printed.lines().count(), told.as_str()), (4, "3 to do, 0 awaited, 0 on version 0A000001\n"));
    assert_eq!(targets(&["--out", "targets.csv"]), (Some(0), String::new(), told));
    assert_eq!([old, read].map(|file| fs::read_to_string(file).unwrap()), [printed, "old".to_owned()]);
    let (code, _, told) = targets(&["--out", "none/targets.csv"]);
    assert_eq!((code, told.starts_with("smi: none/targets.csv: ")), (Some(1), true), "{told}");
}

#[test]
fn each_command_also_prints_json() {
    let desk = Desk::new(contact_above(2), 1);
    desk.agree(&desk.ask(&[("2026-03-02", 3)]));
    let supplier = SUPPLIER.to_string();
    for arguments in [
        vec!["firmware", "show", "1", "--json"],
        vec!["firmware", "list", "--json"],
        vec!["firmware", "days", "--json"],
        vec!["firmware", "scope", "--json"],
        vec!["firmware", "targets", "--as", &supplier, "--image", CAP_CHANGE, "--json"],
        vec!["firmware", "check", "--bytes", "1", "--images", "1", "--json"],
        vec!["firmware", "plan", "--images", "1", "--from", "2026-03-02", "--json"],
        vec!["report", "firmware-use", "--month", "2026-03", "--format", "json"],
    ] {
        let (code, out, err) = smi(&desk, &arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {err}");
        let value = serde_json::from_str::<serde_json::Value>(&out).unwrap();
        assert!(value.is_object(), "{arguments:?}: {value}");
    }
    let (code, _, err) = smi(&desk, &["firmware", "show", "9"]);
    assert_eq!((code, err.contains("there is no schedule 9")), (Some(1), true), "{err}");
}
