//! The conformance suite: it passes against this service, and says what is wrong with another.

use std::{
    fs,
    net::TcpListener,
    process::{Command, Output},
};

use quick_xml::events::Event;
use smi::{
    clock::Clock,
    conform::{self, Files, Outcome, ScenarioReport, Setup, SetupFault, Suite},
    domain::{CodeOverrides, Eui64, ResponseCode, Timestamp, parse_instant, rulebook},
    http,
    pipeline::{Choices, Service},
    rules::{self, RuleSettings, WanUnknown},
    signature::{TrustStore, ValidityCheck, pki},
    store::{self, Cause, ImportFault, Kind, Store},
};
use tempfile::TempDir;

use crate::support::{DCC, package};

/// A service over HTTP with an empty store.
struct Endpoint {
    service: Service,
    clock: Clock,
    server: http::Running,
    dir: TempDir,
}

impl Endpoint {
    fn start(rules: RuleSettings, codes: CodeOverrides) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(parse_instant("2026-01-01T00:00:00Z").unwrap());
        pki::init(&dir.path().join("pki"), clock.now().0).unwrap();
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&dir.path().join("pki")).unwrap();
        let store = Store::open(&format!("sqlite://{}", dir.path().join("smi.db").display())).unwrap();
        let choices = Choices { dcc: DCC, rules, codes, csp_unavailable: Vec::new() };
        let service = Service::new(store, trust, clock.clone(), choices);
        let listener = http::Listener { address: ([127, 0, 0, 1], 0).into(), max_body_bytes: 1_000_000 };
        let server = http::spawn(service.clone(), listener).unwrap();
        Self { service, clock, server, dir }
    }

    fn suite<'a>(&'a self, setup: Option<&'a dyn Setup>) -> Suite<'a> {
        let url = format!("http://{}", self.server.address());
        Suite::new(&url, self.service.trust(), self.clock.clone(), DCC, setup, 1)
    }
}

impl Setup for Endpoint {
    /// It is empty when it starts, and plays one scenario.
    fn reset(&self) -> Result<(), SetupFault> {
        Ok(())
    }

    fn set_clock(&self, to: Timestamp) -> Result<(), SetupFault> {
        assert!(self.clock.set(to));
        Ok(())
    }

    fn import(&self, kind: Kind, csv: &str) -> Result<(), SetupFault> {
        let imported =
            store::import(self.service.store(), kind, csv.as_bytes(), self.clock.now(), &mut |_| ());
        match imported {
            Ok(_) => Ok(()),
            Err(faults @ ImportFault::Rows { .. }) => {
                let call = format!("import {kind}");
                Err(SetupFault::Refused { call, status: 422, reason: faults.to_string() })
            }
            Err(fault @ ImportFault::Store(_)) => panic!("{fault}"),
        }
    }

    fn event(&self, device: Eui64, name: &str) -> Result<(), SetupFault> {
        assert_eq!(name, "DeviceCommissioned");
        let now = self.clock.now();
        let cause = Cause { user: None, request_id: None, interface: "event" };
        let work = move |connection: &mut store::Connection| {
            let device = store::find_device(connection, device)?;
            let change = device.and_then(|device| rules::status::commissioned(&device, now));
            store::apply(connection, &change.into_iter().collect::<Vec<_>>(), &cause, now)
        };
        self.service.store().transact(work).unwrap();
        Ok(())
    }
}

/// Every scenario on a fresh service of its own.
fn played(rules: RuleSettings, codes: &CodeOverrides) -> Vec<ScenarioReport> {
    let scenarios = conform::read(&Files::embedded()).unwrap();
    let play = |scenario| {
        let endpoint = Endpoint::start(rules, codes.clone());
        let report = endpoint.suite(Some(&endpoint)).play(scenario, &mut |_| ());
        endpoint.server.stop().unwrap();
        report
    };
    scenarios.iter().map(play).collect()
}

#[test]
fn this_service_passes_however_it_shows_an_unknown_wan_variant() {
    for wan_unknown in [WanUnknown::Word, WanUnknown::Space] {
        let reports =
            played(RuleSettings { wan_unknown, ..RuleSettings::default() }, &CodeOverrides::default());
        for report in &reports {
            let steps = report.steps.iter().map(|step| format!("{step}\n")).collect::<String>();
            assert_eq!(report.outcome(), Outcome::Passed, "{}\n{steps}", report.id);
        }
    }
}

#[test]
fn a_broken_rule_is_named_by_scenario_step_and_requirement() {
    let reports = played(RuleSettings::default(), &broken("SR8.4/g", ResponseCode::E080409));
    let failed = reports.iter().filter(|report| report.outcome() == Outcome::Failed);
    let failed = failed.map(|report| report.id.as_str()).collect::<Vec<_>>();
    assert_eq!(failed, ["MP125-Q2", "MP125-Q3", "MP125-R9"]);
    insta::assert_snapshot!(conform::summary(&reports), @r#"
        scenario            steps  outcome
        MP125-Q1               10  passed   proves MP125-Q1
        MP125-Q2                9  FAILED   new-refused-before (MP125-Q2, MP125-R4); new-refused-still (MP125-Q2, MP125-R4); old-refused (MP125-R4)
        MP125-Q3               15  FAILED   whitelisted-by-another (MP125-R4); installed-by-another (MP125-R4); commissioned-by-another (MP125-R4)
        MP125-R5               11  passed   proves MP125-R5
        MP125-R6                4  passed   proves MP125-R6
        MP125-R9               31  FAILED   pre-notifier-refused-5.0 (MP125-R9, MP125-R4); pre-notifier-refused-5.1 (MP125-R9, MP125-R4); pre-notifier-refused-5.3 (MP125-R9, MP125-R4); pre-notifier-refused-5.4 (MP125-R9, MP125-R4)
        PRE-NOTIFICATION-1     20  passed   proves MP125-R1, MP125-R2, MP125-R7
        REFUSALS-1             12  passed   proves SMI.md 3
        REFUSALS-2             10  passed   proves SMI.md 3
        WAN-MATRIX-1           14  passed   proves MP106-R1, MP106-R2, MP106-R3, MP106-R6, MP106-R7
        WAN-MATRIX-2            5  passed   proves MP106-R5, MP106-R6, MP106-R8
        8 passed, 3 failed, 0 skipped
        "#);
    let q2 = reports.iter().find(|report| report.id == "MP125-Q2").unwrap();
    insta::assert_snapshot!(q2.different().last().unwrap(), @r#"
        DIFFERENT E080409   old-refused: the old Supplier, though it pre-notified the meter, is refused
          proves MP125-R4
          expected E080407, got E080409
          <sr:Response schemaVersion="5.4">
            <sr:Header>
              <sr:RequestID>90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:[counter]</sr:RequestID>
              <sr:ResponseCode>E080409</sr:ResponseCode>
              <sr:ResponseDateTime>[time]</sr:ResponseDateTime>
            </sr:Header>
            <sr:Body>
              <sr:ResponseMessage>
                <sr:ServiceReference>8.4</sr:ServiceReference>
                <sr:ServiceReferenceVariant>8.4</sr:ServiceReferenceVariant>
              </sr:ResponseMessage>
            </sr:Body>
            [signature]
          </sr:Response>
        "#);
}

#[test]
fn a_switch_that_contradicts_a_requirement_is_found() {
    let rules = RuleSettings { pre_notifier_after_pending: true, ..RuleSettings::default() };
    let reports = played(rules, &CodeOverrides::default());
    let q2 = reports.iter().find(|report| report.id == "MP125-Q2").unwrap();
    let different = q2.different().map(|step| (step.id.as_str(), &step.proves[..])).collect::<Vec<_>>();
    assert_eq!(different, [("old-refused", &["MP125-R4".to_owned()][..]), ("read-back", &q2.proves[..])]);
}

/// A rule that answers with another code.
fn broken(id: &str, code: ResponseCode) -> CodeOverrides {
    CodeOverrides::new([(rulebook::rule(id).unwrap(), code)])
}

fn smi_conform(endpoint: &Endpoint, arguments: &[&str]) -> Output {
    let url = format!("http://{}", endpoint.server.address());
    Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["conform", "--pki", "pki", "--url", &url])
        .args(arguments)
        .current_dir(endpoint.dir.path())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn without_management_what_is_not_there_is_skipped_with_the_reason() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    let output = smi_conform(&endpoint, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let out = text(&output.stdout);
    let summary = out.split("\n\n").last().unwrap();
    insta::assert_snapshot!(summary, @r#"
        scenario            steps  outcome
        MP125-Q1                0  skipped  step `commission` needs --manage
        MP125-Q2                0  skipped  step `change-of-supplier` needs --manage
        MP125-Q3                0  skipped  its users, registrations, devices must be there and are not (there is the Whitelisted ESME: expected I0, got E1); --manage puts them there
        MP125-R5                0  skipped  its users, registrations, devices must be there and are not (there is the Commissioned ESME, with ESME Variant A: expected I0, got E1); --manage puts them there
        MP125-R6                0  skipped  its users, registrations, devices must be there and are not (there is the SMETS1 ESME: expected I0, got E1); --manage puts them there
        MP125-R9                0  skipped  its users, registrations, devices must be there and are not (there is the Commissioned ESME: expected I0, got E1); --manage puts them there
        PRE-NOTIFICATION-1      0  skipped  its users must be there and are not (the ESME is not in the inventory yet: expected E080201, got E1); --manage puts them there
        REFUSALS-1             12  passed   proves SMI.md 3
        REFUSALS-2              0  skipped  its users must be there; --manage puts them there
        WAN-MATRIX-1            0  skipped  its users, coverage must be there and are not (there is coverage for ZZ4 4DD: expected I0, got E1); --manage puts them there
        WAN-MATRIX-2            0  skipped  step `north-space` needs --manage
        1 passed, 0 failed, 10 skipped
        "#);
}

#[test]
fn without_management_what_is_there_is_played() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    let scenarios = conform::read(&Files::embedded()).unwrap();
    let scenario = scenarios.iter().find(|scenario| scenario.id == "PRE-NOTIFICATION-1").unwrap();
    for (kind, csv) in &scenario.needs.imports {
        endpoint.import(*kind, csv).unwrap();
    }
    for _ in 0..2 {
        let output = smi_conform(&endpoint, &["--only", "PRE-NOTIFICATION-1"]);
        let out = text(&output.stdout);
        assert!(out.ends_with("1 passed, 0 failed, 0 skipped\n"), "{out}");
    }
}

#[test]
fn a_difference_is_exit_code_1_and_stands_in_the_junit_report() {
    let endpoint = Endpoint::start(RuleSettings::default(), broken("SR/4", ResponseCode::E4));
    let output = smi_conform(&endpoint, &["--only", "REFUSALS-1", "--report", "junit.xml"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let out = text(&output.stdout);
    let failed = "REFUSALS-1     12  FAILED   unsigned (SMI.md 3/4); tampered (SMI.md 3/4); signed-by-another (SMI.md 3/4)";
    assert!(out.contains(failed), "{out}");
    let junit = fs::read_to_string(endpoint.dir.path().join("junit.xml")).unwrap();
    let (mut cases, mut failures) = (0, Vec::new());
    let mut reader = quick_xml::Reader::from_str(&junit);
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            cases += usize::from(tag.name().as_ref() == "testcase");
            if tag.name().as_ref() == "failure" {
                let message = tag.try_get_attribute("message").unwrap().unwrap();
                failures.push(message.value.into_owned());
            }
        }
        if matches!(event, Event::Eof) {
            break;
        }
    }
    assert_eq!(cases, 12);
    assert_eq!(failures, ["expected E100, got E4 (proves SMI.md 3/4)"; 3]);
}

#[test]
fn an_endpoint_that_is_not_there_fails() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    // Nobody listens there: the port was ours a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = smi_conform(&endpoint, &["--only", "REFUSALS-1"]);
    assert_eq!(output.status.code(), Some(0));
    let output = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["conform", "--pki", "pki", "--url", &format!("http://{free}")])
        .current_dir(endpoint.dir.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("DIFFERENT"), "{}", text(&output.stdout));
}

/// A scenario file in a folder of its own, and what `smi conform` says about it.
fn refused(toml: &str) -> String {
    let files = Files::from_iter([("mine.toml".to_owned(), toml.to_owned())]);
    conform::read(&files).unwrap_err().to_string()
}

const HEAD: &str = "id = \"X\"\ntitle = \"x\"\nproves = [\"Y\"]\n";

#[test]
fn a_mistake_in_a_scenario_names_file_line_and_reason() {
    let unknown_key = refused(&format!("{HEAD}step = []\nproofs = []\n"));
    insta::assert_snapshot!(unknown_key, @r#"
        mine.toml: TOML parse error at line 5, column 1
          |
        5 | proofs = []
          | ^^^^^^
        unknown field `proofs`, expected one of `id`, `title`, `proves`, `needs`, `given`, `step`
        "#);
    let step = "[[step]]\nid = \"a\"\nsays = \"a\"\n";
    let sender = "90-B3-D5-1F-30-01-00-00";
    let send = |send: &str| format!("{HEAD}{step}[step.send]\nexpect = \"I0\"\n{send}\n");
    insta::assert_snapshot!(refused(&send("sender = \"90\"")), @r#"
        mine.toml: TOML parse error at line 9, column 10
          |
        9 | sender = "90"
          |          ^^^^
        `90` is not an EUI-64: 16 hex digits in pairs joined by `-`
        "#);
    let body = |body: &str| send(&format!("sender = \"{sender}\"\nservice = \"8.2\"\nbody = \"{body}\""));
    let reasons = [
        refused(&format!("{HEAD}{step}")),
        refused(&send("service = \"8.2\"")),
        refused(&send("request = \"none.xml\"")),
        refused(&body("<sr:ReadInventory>")),
        refused(&format!(
            "{}tamper = {{ replace = \"elsewhere\", by = \"z\" }}\n",
            body("<sr:ReadInventory/>")
        )),
        refused(&format!(
            "{}\n[[step]]\nid = \"b\"\nsays = \"b\"\nrepeat = \"c\"\n",
            body("<sr:ReadInventory/>")
        )),
        refused(&format!("{}\n{step}repeat = \"a\"\n", body("<sr:ReadInventory/>"))),
        refused("id = \"X\"\ntitle = \"x\"\nproves = []\nstep = []\n"),
    ];
    insta::assert_snapshot!(reasons.join("\n"), @r#"
        mine.toml, line 4: a step has one of `send`, `repeat`, `event`, `clock` and `import`
        mine.toml, line 7: a request has `sender`, `service` and `body`, or is a whole `request` file
        mine.toml, line 7: no file `none.xml` is beside it
        mine.toml, line 7: the body is not well-formed: line 1, column 367: ill-formed document: expected `</sr:ReadInventory>`, but `</sr:Body>` was found
        mine.toml, line 7: `elsewhere` does not stand in the request
        mine.toml, line 13: no earlier step is called `c`
        mine.toml, line 13: there is another step `a`
        mine.toml, line 3: a scenario names the requirements it proves
        "#);
}

#[test]
fn an_own_scenario_is_played_from_a_folder_and_its_answers_are_written_on_request() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    let folder = endpoint.dir.path().join("mine");
    fs::create_dir(&folder).unwrap();
    let whole = package().join("fixtures/requests/8.2-by-device.xml");
    fs::copy(whole, folder.join("read.xml")).unwrap();
    let send = "[step.send]\nrequest = \"read.xml\"\nexpect = \"E1\"\nanswers = [\"mine.a.xml\"]\n";
    let scenario = format!("{HEAD}[[step]]\nid = \"a\"\nsays = \"a\"\n{send}");
    fs::write(folder.join("mine.toml"), scenario).unwrap();
    let codes =
        [&["--scenarios", "mine"][..], &["--scenarios", "mine", "--accept"], &["--scenarios", "mine"]]
            .map(|arguments| smi_conform(&endpoint, arguments).status.code());
    assert_eq!(codes, [Some(1), Some(1), Some(0)]);
    let written = fs::read_to_string(folder.join("mine.a.xml")).unwrap();
    assert!(written.contains("<sr:ResponseCode>E1</sr:ResponseCode>"), "{written}");
}
