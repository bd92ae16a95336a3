//! The command line as its users run it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::support::package;

fn smi(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_smi")).args(arguments).current_dir(dir).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn fixture(name: &str) -> String {
    package().join("fixtures").join(name).display().to_string()
}

/// `smi serve` as a process; it is ended when dropped.
struct Served {
    process: Child,
    url: String,
    log: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Served {
    fn start(dir: &Path, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_smi"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(dir)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let mut log = log.lines().map(|line| line.unwrap());
        let address = log.by_ref().find_map(|line| line.split("address=").nth(1).map(str::to_owned)).unwrap();
        // Someone must go on reading, or the service would wait for the pipe.
        let log = std::thread::spawn(move || log.collect());
        Self { process, url: format!("http://{address}"), log: Some(log) }
    }

    /// SIGTERM; the exit code, and what was logged.
    fn stop(mut self) -> (Option<i32>, Vec<String>) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.process.wait().unwrap().code();
        (code, self.log.take().unwrap().join().unwrap())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_demo_tells_its_story() {
    let dir = folder();
    let output = smi(dir.path(), &["demo"]);
    assert!(output.status.success(), "{}{}", out(&output), err(&output));
    let story = out(&output).lines().skip(2).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("demo", story);
}

#[test]
fn a_new_user_serves_sends_explains_and_stops() {
    let dir = folder();
    let served = Served::start(dir.path(), &["--load", &fixture("inventory")]);
    let send = |name: &str, more: &[&str]| {
        let file = fixture(&format!("requests/{name}.xml"));
        smi(dir.path(), &[&["send", &file, "--url", &served.url][..], more].concat())
    };
    let accepted = send("8.4-correct-variant", &[]);
    assert_eq!(accepted.status.code(), Some(0), "{}", err(&accepted));
    assert!(out(&accepted).contains("<sr:ResponseCode>I99</sr:ResponseCode>"));
    let refused = send("8.4-correct-variant", &["--as", "90-B3-D5-1F-30-03-00-00"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).ends_with("8.4-correct-variant.xml: E080407\n"), "{}", err(&refused));
    let explained = smi(dir.path(), &["explain", &fixture("requests/8.4-change-model.xml")]);
    assert_eq!(explained.status.code(), Some(1));
    assert!(out(&explained).contains("outcome: E080406, decided by SR8.4/d"), "{}", out(&explained));
    assert_eq!(served.stop().0, Some(0));
}

#[test]
fn the_log_names_the_rule_and_the_place_and_never_the_body() {
    let dir = folder();
    let served = Served::start(dir.path(), &["--load", &fixture("inventory")]);
    let valid = fs::read_to_string(fixture("requests/8.4-change-model.xml")).unwrap();
    let messages = [
        valid.replace("SM-E2", "SECRET-MODEL"),
        valid.replace("SM-E2", "SECRET-MODEL-THAT-IS-MUCH-TOO-LONG").replace(":1003<", ":1<"),
    ];
    for (name, message) in ["refused.xml", "invalid.xml"].into_iter().zip(messages) {
        fs::write(dir.path().join(name), message).unwrap();
        assert_eq!(smi(dir.path(), &["send", name, "--url", &served.url]).status.code(), Some(1));
    }
    let (_, log) = served.stop();
    let one = |text: &str| log.iter().filter(|line| line.contains(text)).count();
    assert_eq!((one("rule=\"SR8.4/d\""), one("rule=\"SR/3\"")), (1, 1), "{log:#?}");
    assert_eq!(one("Request/Body/UpdateInventory/UpdateDeviceDetails/DeviceModel"), 1, "{log:#?}");
    assert_eq!(one("SECRET"), 0, "{log:#?}");
}

#[test]
fn sign_and_verify_are_each_others_reverse() {
    let dir = folder();
    assert!(smi(dir.path(), &["pki", "init", "pki"]).status.success());
    let signed = smi(dir.path(), &["sign", &fixture("requests/8.2-by-device.xml")]);
    assert!(signed.status.success(), "{}", err(&signed));
    fs::write(dir.path().join("signed.xml"), &signed.stdout).unwrap();
    let verified = smi(dir.path(), &["verify", "signed.xml"]);
    assert!(verified.status.success(), "{}", err(&verified));
    assert!(out(&signed).contains("<ds:Signature") && !out(&verified).contains("<ds:Signature"));
    fs::write(dir.path().join("tampered.xml"), out(&signed).replace("90-A2", "90-A1")).unwrap();
    let tampered = smi(dir.path(), &["verify", "tampered.xml"]);
    assert_eq!((tampered.status.code(), out(&tampered).as_str()), (Some(1), ""));
    assert!(err(&tampered).contains("tampered.xml: not verified"), "{}", err(&tampered));
}

#[test]
fn what_is_imported_is_exported_again() {
    let dir = folder();
    for kind in ["users", "registrations", "devices", "coverage", "cpl"] {
        let imported = smi(dir.path(), &["import", kind, &fixture(&format!("inventory/{kind}.csv"))]);
        assert!(imported.status.success(), "{}", err(&imported));
        let first = smi(dir.path(), &["export", kind]);
        fs::write(dir.path().join("again.csv"), &first.stdout).unwrap();
        assert!(smi(dir.path(), &["import", kind, "again.csv"]).status.success());
        assert!(smi(dir.path(), &["export", kind, "second.csv"]).status.success());
        assert_eq!(first.stdout, fs::read(dir.path().join("second.csv")).unwrap(), "{kind}");
    }
}

#[test]
fn a_bad_file_is_refused_whole_with_its_faults() {
    let dir = folder();
    let users = "user_id,roles,status\n90-B3-D5-1F-30-01-00-00,IS,Active\n90,IS;XX,Active\n";
    fs::write(dir.path().join("users.csv"), users).unwrap();
    let imported = smi(dir.path(), &["import", "users", "users.csv"]);
    assert_eq!(imported.status.code(), Some(1));
    insta::assert_snapshot!(err(&imported), @r#"
        users.csv: nothing imported
        line 3, column `user_id`: `90` is not an EUI-64: 16 hex digits in pairs joined by `-`
        line 3, column `roles`: `XX` is not a User Role: one of IS, ES, GS, RSA, ED, GT, OU
        "#);
    assert_eq!(out(&smi(dir.path(), &["export", "users"])).lines().count(), 1);
}

#[test]
fn a_bad_setting_starts_nothing() {
    let dir = folder();
    fs::write(dir.path().join("smi.toml"), "[server]\nport = 8079\n").unwrap();
    let output = smi(dir.path(), &["serve", "--config", "smi.toml"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(err(&output), @r#"
        smi: smi.toml: TOML parse error at line 2, column 1
          |
        2 | port = 8079
          | ^^^^
        unknown field `port`, expected one of `listen`, `max_body_bytes`, `tls`
        "#);
    let left = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 1, "only the settings file is there");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let dir = folder();
    for arguments in [&["serve", "--nonsense"][..], &["import", "tariffs", "x.csv"], &[]] {
        assert_eq!(smi(dir.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
    let mut help = String::new();
    smi(dir.path(), &["--help"]).stdout.as_slice().read_to_string(&mut help).unwrap();
    assert!(help.contains("Exit codes"));
}

#[test]
fn the_settings_in_force_are_printed() {
    let dir = folder();
    let output = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["serve", "--print-config"])
        .env("SMI_RULES_WAN_UNKNOWN", "space")
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(out(&output).contains("wan_unknown = \"space\""), "{}", out(&output));
}
