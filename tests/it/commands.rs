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
pub(crate) struct Served {
    process: Child,
    pub(crate) url: String,
    manage: String,
    log: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Served {
    fn start(dir: &Path, arguments: &[&str]) -> Self {
        Self::start_with(dir, arguments, &[])
    }

    /// With these variables in its environment.
    pub(crate) fn start_with(dir: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_smi"))
            .args(["serve", "--listen", "127.0.0.1:0", "--manage-listen", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(dir)
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let mut log = log.lines().map(|line| line.unwrap());
        let mut seen = Vec::new();
        let mut find = |name: &str| {
            let line = log.by_ref().inspect(|line| seen.push(line.clone())).find(|line| line.contains(name));
            format!("http://{}", line.unwrap().split(name).nth(1).unwrap())
        };
        let (url, manage) = (find("address="), find("manage="));
        // Someone must go on reading, or the service would wait for the pipe.
        let log = std::thread::spawn(move || seen.into_iter().chain(log).collect());
        Self { process, url, manage, log: Some(log) }
    }

    /// SIGTERM; the exit code, and what was logged.
    pub(crate) fn stop(mut self) -> (Option<i32>, Vec<String>) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.process.wait().unwrap().code();
        (code, self.log.take().unwrap().join().unwrap())
    }
}

impl Served {
    /// SIGKILL: it does not come to anything more.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
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
    let to_a_hub = send("8.11-add-esme", &[]);
    assert!(out(&to_a_hub).contains("<sr:ResponseCode>I99</sr:ResponseCode>"), "by its Command Variant");
    let refused = send("8.4-correct-variant", &["--as", "90-B3-D5-1F-30-03-00-00"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).ends_with("8.4-correct-variant.xml: E080407\n"), "{}", err(&refused));
    let explained = smi(dir.path(), &["explain", &fixture("requests/8.4-change-model.xml")]);
    assert_eq!(explained.status.code(), Some(1));
    assert!(out(&explained).contains("outcome: E080406, decided by SR8.4/d"), "{}", out(&explained));
    assert_eq!(served.stop().0, Some(0));
    for kept in [
        ["--request-id", "90-B3-D5-1F-30-03-00-00:90-B3-D5-1F-30-00-00-02:1002"],
        ["--device", "00-DB-12-34-56-78-90-A2"],
    ] {
        let kept = smi(dir.path(), &[&["explain"][..], &kept].concat());
        assert_eq!(kept.status.code(), Some(0), "{}", err(&kept));
        assert!(out(&kept).contains("outcome: E080407, decided by SR8.4/g"), "{}", out(&kept));
    }
    let none = smi(dir.path(), &["explain", "--device", "00-DB-12-34-56-78-90-FF"]);
    assert_eq!(none.status.code(), Some(1));
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
        let file = fixture(&format!("inventory/{kind}.csv"));
        // It has the extracts of five regions.
        let all = if kind == "coverage" { &["--all-regions"][..] } else { &[] };
        let imported = smi(dir.path(), &[&["import", kind, &file], all].concat());
        assert!(imported.status.success(), "{}", err(&imported));
        let first = smi(dir.path(), &["export", kind]);
        fs::write(dir.path().join("again.csv"), &first.stdout).unwrap();
        assert!(smi(dir.path(), &[&["import", kind, "again.csv"], all].concat()).status.success());
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

/// What takes the place of a region's coverage must be what the operator means, and all of it.
#[test]
fn a_file_of_coverage_says_what_it_replaces() {
    let dir = folder();
    let header = "csp_region,postcode,coverage_availability,wan_technology,connectivity_likelihood\n";
    let row = |region: &str, at| format!("{region},ZZ1 {at}AA,true,No Coverage Intended,High\n");
    fs::write(dir.path().join("south.csv"), format!("{header}{}{}", row("South", 1), row("South", 2)))
        .unwrap();
    fs::write(dir.path().join("stray.csv"), format!("{header}{}{}", row("North", 1), row("South", 1)))
        .unwrap();
    let import = |arguments: &[&str]| {
        let told = smi(dir.path(), &[&["import", "coverage"], arguments].concat());
        format!("{}: {}", told.status.code().unwrap(), err(&told))
    };
    let told = [
        import(&["south.csv", "--rows", "2"]),
        import(&["south.csv", "--rows", "3"]),
        import(&["stray.csv"]),
        import(&["stray.csv", "--region", "North"]),
        import(&["stray.csv", "--all-regions", "--rows", "2"]),
    ];
    insta::assert_snapshot!(told.concat(), @"
        0: south.csv: 2 coverage imported
        south.csv: 2 added, 0 replaced, 0 unchanged, 0 removed
        south.csv: South: 0 rows before, 2 now
        1: south.csv: nothing imported
        line 1: 2 rows follow the header, and not 3 as was said: the file is not whole
        1: stray.csv: nothing imported
        line 3, column `csp_region`: `South`, but line 2 is of North: the file would replace the whole extract of each; --all-regions (all_regions=true) says that it is to
        1: stray.csv: nothing imported
        line 3, column `csp_region`: `South` is not North, whose extract this is
        0: stray.csv: 2 coverage imported
        stray.csv: 2 added, 0 replaced, 0 unchanged, 2 removed
        stray.csv: North: 0 rows before, 1 now
        stray.csv: South: 2 rows before, 1 now
        ");
    for wrong in [&["south.csv", "--all-regions", "--region", "South"][..], &["south.csv", "--rows", "two"]] {
        assert!(import(wrong).starts_with("2: "), "{wrong:?}");
    }
    let of_users = smi(dir.path(), &["import", "users", "south.csv", "--rows", "2"]);
    assert_eq!(of_users.status.code(), Some(2), "{}", err(&of_users));
}

#[test]
fn a_bad_setting_starts_nothing() {
    let dir = folder();
    fs::write(dir.path().join("smi.toml"), "[server]\nport = 8079\n").unwrap();
    let output = smi(dir.path(), &["serve", "--config", "smi.toml"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(err(&output), @"
        smi: smi.toml: TOML parse error at line 2, column 1
          |
        2 | port = 8079
          | ^^^^
        unknown field `port`, expected one of `instance`, `listen`, `max_body_bytes`, `max_in_flight`, `max_in_flight_per_user`, `head_seconds`, `body_seconds`, `idle_seconds`, `max_connections`, `max_held_bytes`, `explain_headers`, `tls`
        ");
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

/// The status and the body.
fn manage(url: &str, method: &str, path: &str, token: Option<&str>) -> (u16, String) {
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{url}{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let agent = crate::support::agent();
    let mut reply = agent.run(request.body("{\"now\": \"2026-01-01\"}").unwrap()).unwrap();
    (reply.status().as_u16(), reply.body_mut().read_to_string().unwrap())
}

#[test]
fn a_management_token_is_made_once_kept_and_used_again() {
    let dir = folder();
    let file = dir.path().join("smi-manage.token");
    let first = Served::start(dir.path(), &[]);
    let token = fs::read_to_string(&file).unwrap().trim_end().to_owned();
    assert_eq!(token.len(), 64);
    let outbox = |served: &Served| manage(&served.manage, "GET", "/manage/outbox", Some(&token));
    assert_eq!(outbox(&first), (200, "{\"messages\":[],\"next\":null}".to_owned()));
    let printed = |log: Vec<String>| log.iter().filter(|line| line.contains(&token)).count();
    let (code, log) = first.stop();
    assert!(log.iter().any(|line| line.contains("made a management token, kept in ")), "{log:#?}");
    assert_eq!((code, printed(log)), (Some(0), 0), "a log gets the file's name");
    let second = Served::start(dir.path(), &[]);
    assert_eq!(outbox(&second).0, 200);
    let (code, log) = second.stop();
    assert_eq!((code, printed(log)), (Some(0), 0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn the_clock_is_moved_and_the_store_emptied_in_tests_alone() {
    let dir = folder();
    let settings = "[manage]\ntoken = \"open-sesame\"\n";
    fs::write(dir.path().join("smi.toml"), settings).unwrap();
    let load = fixture("inventory");
    let served = Served::start(dir.path(), &["--config", "smi.toml", "--load", &load]);
    let calls = [("PUT", "/manage/clock"), ("POST", "/manage/reset")];
    for (method, path) in calls {
        let refused = manage(&served.manage, method, path, Some("open-sesame"));
        let reason = "{\"error\":\"this needs `[test] clock`, which is not set\"}";
        assert_eq!(refused, (403, reason.to_owned()), "{path}");
    }
    assert_eq!(served.stop().0, Some(0));
    assert!(out(&smi(dir.path(), &["export", "devices"])).lines().count() > 1);
    assert!(!dir.path().join("smi-manage.token").exists(), "a token that was set is not kept");

    fs::write(dir.path().join("smi.toml"), format!("{settings}[test]\nclock = \"2026-01-01\"\n")).unwrap();
    let served = Served::start(dir.path(), &["--config", "smi.toml"]);
    for (method, path) in calls {
        assert_eq!(manage(&served.manage, method, path, Some("open-sesame")).0, 200, "{path}");
    }
    assert_eq!(served.stop().0, Some(0));
    assert_eq!(out(&smi(dir.path(), &["export", "devices"])).lines().count(), 1);
}

#[test]
fn the_token_is_not_printed() {
    let dir = folder();
    fs::write(dir.path().join("smi.toml"), "[manage]\ntoken = \"open-sesame\"\n").unwrap();
    let printed = smi(dir.path(), &["serve", "--print-config", "--config", "smi.toml"]);
    assert!(out(&printed).contains("[manage]\nlisten = \"127.0.0.1:8080\""), "{}", out(&printed));
    assert!(!format!("{}{}", out(&printed), err(&printed)).contains("open-sesame"));
    fs::write(dir.path().join("smi.toml"), "[manage]\ntoken = \"open sesame\"\n").unwrap();
    let refused = smi(dir.path(), &["serve", "--config", "smi.toml"]);
    assert_eq!(refused.status.code(), Some(1));
    let reason = "manage.token: a token is one or more visible ASCII characters without spaces";
    assert_eq!(err(&refused), format!("smi: {reason}\n"));
}
