//! `smi check`, `smi audit verify`, `smi backup` and `smi restore` as operators run them.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use smi::{domain::Eui64, store::Kind};
use tempfile::TempDir;

use crate::{
    faults::SmallDisk,
    retention::pre_notification,
    support::{SUPPLIER, Smi, package},
};

/// What a command printed, on both streams, and its exit code.
fn run(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    // It is for the tests, and no setting.
    command.env_remove("SMI_TEST_POSTGRES");
    let output: Output = command.args(arguments).current_dir(dir).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    format!("{}{}exit {code}", text(output.stdout), text(output.stderr))
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort_unstable();
    names
}

/// With a test PKI, whose serial numbers are masked, and a store; the clock stands.
fn folder(clock: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    set_clock(dir.path(), "2026-06-01");
    assert!(run(dir.path(), &["--config", "smi.toml", "pki", "init", "pki"]).ends_with("exit 0"));
    let users = package().join("fixtures/inventory/users.csv").display().to_string();
    assert!(run(dir.path(), &["--config", "smi.toml", "import", "users", &users]).ends_with("exit 0"));
    set_clock(dir.path(), clock);
    dir
}

fn set_clock(dir: &Path, clock: &str) {
    fs::write(dir.join("smi.toml"), format!("[test]\nclock = \"{clock}\"\n")).unwrap();
}

fn check(dir: &Path) -> String {
    run(dir, &["--config", "smi.toml", "check", "--audit"])
}

#[test]
fn a_check_before_the_first_start_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(run(dir.path(), &["check"]), @r#"
        ok       settings: instance `smi`
        warning  keys: there are none yet; `smi serve` makes a test PKI in `pki`
        ok       alert han_log_confirmed: sent as N24 (public)
        ok       alert han_log_unconfirmed: not sent: no public source names its code; the file of alerts.codes may
        warning  database: there is none yet; `smi serve` makes it
        exit 0
        "#);
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn a_check_names_certificates_that_expire_and_changes_nothing() {
    let dir = folder("2026-06-01");
    let database = fs::read(dir.path().join("smi.db")).unwrap();
    let listing = names(dir.path());
    let healthy = check(dir.path());
    assert!(healthy.ends_with("exit 0"), "{healthy}");
    assert!(!healthy.contains("warning") && !healthy.contains("failed"), "{healthy}");
    assert!(healthy.contains("ok       database: it has migration "), "{healthy}");
    assert!(healthy.contains("ok       audit: 0 decisions stand as they were kept"), "{healthy}");
    assert_eq!(fs::read(dir.path().join("smi.db")).unwrap(), database);
    assert_eq!(names(dir.path()), listing);

    let last = healthy.split("days left, until ").nth(1).unwrap().split('\n').next().unwrap().to_owned();
    set_clock(dir.path(), &last);
    let soon = check(dir.path());
    assert!(soon.contains("warning  certificate ") && soon.contains(": 0 days left, until "), "{soon}");
    assert!(soon.ends_with("exit 0"), "{soon}");
    set_clock(dir.path(), "2099-01-01");
    let expired = check(dir.path());
    assert!(expired.contains(&format!("it expired on {last}")), "{expired}");
    let reason = "failed   keys: there is no valid certificate with a private key for the DCC";
    assert!(expired.contains(reason) && expired.ends_with("exit 1"), "{expired}");
}

/// A database that can be read may not take a write.
#[test]
fn a_check_tries_to_write() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = folder("2026-06-01");
    let url = format!("sqlite://{}", disk.path().join("smi.db").display());
    fs::copy(dir.path().join("smi.db"), disk.path().join("smi.db")).unwrap();
    let settings =
        format!("[store]\nurl = \"{url}\"\n{}", fs::read_to_string(dir.path().join("smi.toml")).unwrap());
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    let healthy = check(dir.path());
    assert!(healthy.contains("ok       database: it can be written to\n"), "{healthy}");
    assert_eq!(names(disk.path()), ["smi.db"]);
    disk.fill();
    let full = check(dir.path());
    assert!(full.contains("failed   database: ") && full.contains("No space left on device"), "{full}");
    assert!(full.ends_with("exit 1"), "{full}");
    assert_eq!(names(disk.path()), ["ballast", "smi.db"]);
    disk.free();
    disk.remount("ro");
    let read_only = check(dir.path());
    assert!(
        read_only.contains("failed   database: ") && read_only.contains("Read-only file system"),
        "{read_only}"
    );
    assert!(read_only.ends_with("exit 1"), "{read_only}");
    disk.remount("rw");
    assert!(check(dir.path()).ends_with("exit 0"));
}

#[test]
fn a_check_looks_at_the_files_of_the_listener() {
    let dir = folder("2026-06-01");
    let checked = |key: &str| {
        let settings = fs::read_to_string(dir.path().join("smi.toml")).unwrap();
        let tls =
            format!("[server.tls]\ncertificate = \"pki/tls/server.pem\"\nkey = \"pki/{key}\"\n{settings}");
        fs::write(dir.path().join("tls.toml"), tls).unwrap();
        run(dir.path(), &["--config", "tls.toml", "check"])
    };
    let good = checked("tls/server.key");
    assert!(good.contains("ok       TLS certificate ") && good.ends_with("exit 0"), "{good}");
    let bad = checked("dcc.key");
    assert!(bad.contains("failed   TLS: ") && bad.ends_with("exit 1"), "{bad}");
}

#[test]
fn a_check_names_a_setting_and_a_database_that_cannot_be_used() {
    let dir = folder("2026-06-01");
    fs::write(dir.path().join("bad.toml"), "[store]\nretention_days = -1\n").unwrap();
    let bad = run(dir.path(), &["--config", "bad.toml", "check"]);
    assert!(bad.starts_with("failed   settings: bad.toml: ") && bad.ends_with("exit 1"), "{bad}");

    let database = dir.path().join("smi.db");
    let mut bytes = fs::read(&database).unwrap();
    let page = bytes.len() / 2 / 8192 * 8192;
    bytes[page..page + 2048].fill(0xA5);
    fs::write(&database, bytes).unwrap();
    let damaged = check(dir.path());
    assert!(damaged.contains("failed   database: ") && damaged.ends_with("exit 1"), "{damaged}");
    fs::write(&database, "this is a text").unwrap();
    let text = check(dir.path());
    assert!(text.contains("failed   database: cannot open database `smi.db`: "), "{text}");
}

/// A service's store in a folder of its own, where commands find it.
fn decided() -> (Smi, TempDir) {
    let smi = Smi::new();
    for device in 1..=3 {
        assert_eq!(smi.ask(SUPPLIER, pre_notification(Eui64::from_octets([device; 8]))).code, "I99");
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("smi.toml"), format!("[store]\nurl = \"{}\"\n", smi.url())).unwrap();
    (smi, dir)
}

#[test]
fn an_audit_prints_the_head_and_holds_a_noted_one_against_the_chain() {
    let (smi, dir) = decided();
    let verify =
        |more: &[&str]| run(dir.path(), &[&["--config", "smi.toml", "audit", "verify"], more].concat());
    let printed = verify(&[]);
    let head = printed.split("head ").nth(1).unwrap().split('\n').next().unwrap();
    assert_eq!(printed, format!("chain `smi`: 3 records; head {head}\nexit 0"));
    assert!(head.starts_with("3:"), "{head}");
    smi.ask(SUPPLIER, pre_notification(Eui64::from_octets([4; 8])));
    assert!(verify(&["--expect", head]).ends_with("exit 0"));
    let other = format!("2:{}", head.split_once(':').unwrap().1);
    let differs = verify(&["--expect", &other]);
    assert!(differs.contains("the chain was written anew") && differs.ends_with("exit 1"), "{differs}");
    insta::assert_snapshot!(verify(&["--chain", "other"]), @r#"
        chain `other`: 0 records
        smi: chain `other`: the chain has no anchor that can be read, so nobody knows where it ends
        exit 1
        "#);
    assert!(verify(&["--expect", "3"]).ends_with("exit 2"));
}

#[test]
fn a_running_service_is_backed_up_and_restored_elsewhere() {
    let (smi, dir) = decided();
    let at = |more: &[&str]| run(dir.path(), &[&["--config", "smi.toml"], more].concat());
    let done = at(&["backup", "smi.backup"]);
    assert!(done.starts_with("smi.backup: ") && done.ends_with("exit 0"), "{done}");
    insta::assert_snapshot!(at(&["backup", "smi.backup"]), @r#"
        smi: smi.backup: there is such a file already, and a backup never takes the place of anything
        exit 1
        "#);
    let busy = at(&["restore", "smi.backup", "--replace"]);
    assert!(busy.contains(" is in use: stop the service first") && busy.ends_with("exit 1"), "{busy}");
    fs::remove_file(dir.path().join("smi.toml")).unwrap();
    fs::write(dir.path().join("smi.toml"), "").unwrap();
    let restored = at(&["restore", "smi.backup"]);
    assert!(restored.contains("rows restored, as of 20") && restored.ends_with("exit 0"), "{restored}");
    let devices = at(&["export", "devices"]);
    assert_eq!(devices, format!("{}exit 0", smi.exported(Kind::Devices)));
    assert!(at(&["audit", "verify"]).ends_with("exit 0"));
}
