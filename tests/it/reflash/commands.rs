//! `smi reflash`: the same calls at the command line.

use std::{fs, process::Command};

use super::harness::{A, World, request_file};
use crate::support::managed::TOKEN;

/// Exit code, standard output, standard error.
pub(super) fn smi(world: &World, arguments: &[&str]) -> (Option<i32>, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(arguments)
        .env("SMI_STORE_URL", world.smi.url())
        .env("SMI_TEST_CLOCK", "2022-01-01T12:00:00Z")
        .env("LOGNAME", "olga")
        .current_dir(world.smi.folder())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code(), text(ran.stdout), text(ran.stderr))
}

#[test]
fn an_order_is_asked_for_shown_and_authorised_at_the_command_line() {
    let world = World::new(6);
    let (url, folder) = (world.url(), world.smi.folder());
    fs::write(folder.join("hubs.csv"), request_file(&[1, 2, 3])).unwrap();
    let manage = ["--manage", &url, "--token", TOKEN];
    let asked =
        ["--user", A, "--redeliver-to", "SUPA-1", "--redeliver-on", "2022-02-01", "--window", "09:00-12:00"];
    let call = |words: &[&str], more: &[&str]| smi(&world, &[&["reflash"], words, more, &manage].concat());
    // Who reads the old file reads it to its end.
    fs::write(folder.join("good.csv"), "old").unwrap();
    fs::hard_link(folder.join("good.csv"), folder.join("read.csv")).unwrap();
    let (code, out, err) =
        call(&["request", "hubs.csv", "--hubs", "3", "--dry-run", "--good", "good.csv"], &asked);
    assert_eq!((code, err.as_str()), (Some(1), "good.csv: 2 lines without fault\n"), "{out}");
    assert!(out.contains("line 4  00-DB-55-00-00-00-00-06  OTHER_USER  RF/g  required: "), "{out}");
    assert_eq!(fs::read_to_string(folder.join("good.csv")).unwrap(), request_file(&[1, 2]));
    assert_eq!(fs::read_to_string(folder.join("read.csv")).unwrap(), "old");
    let (code, out, err) = call(&["request", "good.csv", "--hubs", "2"], &asked);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with("RF-000001  Submitted  SUPA to FLASH-CS, 2 hubs;"), "{out}");
    let details = ["deliver_on=2022-01-20", "window=09:00-12:00"];
    let (code, out, _) = call(&["event", "RF-000001", "Authorise"], &details);
    assert_eq!(code, Some(0), "{out}");
    let (_, out, _) = smi(&world, &["reflash", "show", "RF-000001"]);
    insta::assert_snapshot!(out, @"
        RF-000001  Authorised  SUPA to FLASH-CS, 2 hubs; delivery 2022-01-20 09:00-12:00; back to SUPA-1 on 2022-02-01 09:00-12:00
        allowed: Cancel, Despatch, Late, Receive, Withdraw
        2022-01-01T12:00:00.000Z  Request by 90-B3-D5-1F-30-01-00-00: Submitted (2 hubs)
            RF/a    holds nothing of the request and its 2 lines fails it
            RF/b    holds nothing of the request and its 2 lines fails it
            RF/c    holds nothing of the request and its 2 lines fails it
            RF/d    holds nothing of the request and its 2 lines fails it
            RF/e    holds nothing of the request and its 2 lines fails it
            RF/f    holds nothing of the request and its 2 lines fails it
            RF/g    holds nothing of the request and its 2 lines fails it
            RF/h    holds nothing of the request and its 2 lines fails it
            RF/i    holds nothing of the request and its 2 lines fails it
            RF/j    holds nothing of the request and its 2 lines fails it
            RF/k    holds nothing of the request and its 2 lines fails it
            RF/l    holds nothing of the request and its 2 lines fails it
            RF/m    holds nothing of the request and its 2 lines fails it
            RF/n    holds nothing of the request and its 2 lines fails it
            RF/o    holds nothing of the request and its 2 lines fails it
        2022-01-01T12:00:00.000Z  Authorise by olga: Authorised (delivery 2022-01-20 09:00-12:00)
            RF/p    holds 2022-01-20 09:00-12:00; 0 deliveries of at most 2
            RF/q    holds with these 2 the site has 2 hubs in January 2022 of any number, and 2 at once of any number
            RF/r    holds all of them, for 2 hubs
        ");
    let (_, out, _) = smi(&world, &["reflash", "list", "--state", "Authorised", "--party", "SUPA"]);
    assert_eq!(out.lines().count(), 1);
    let (code, _, err) = call(&["event", "RF-000001", "Reject"], &["reasons=NOT_PENDING"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("HTTP 409: Reject is not allowed in the state Authorised"), "{err}");
    let (code, out, _) = call(&["slots", "--site", "FLASH-CS"], &[]);
    assert_eq!((code, out.lines().count()), (Some(0), 40));
    let (code, _, err) = smi(&world, &["reflash", "show", "RF-000009"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("there is no order RF-000009"), "{err}");
}
