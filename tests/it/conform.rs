//! The conformance suite: it passes against this service, and says what is wrong with another.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use quick_xml::events::Event;
use smi::{
    clock::Clock,
    db::Store,
    domain::{CodeOverrides, ResponseCode, parse_instant},
    duis::signature::{TrustStore, ValidityCheck, pki},
    rules::{RuleSettings, WanUnknown, rulebook},
    service::{App, Choices},
    tools::{
        conform::{self, ScenarioFiles, ScenarioOutcome, ScenarioReport, Suite},
        management::Management,
    },
    web::{self, Bounds, Listener, server_thread::ServerThread},
};
use tempfile::TempDir;

use crate::{
    oracles::npm,
    support::{DCC, database::Database, fresh_database, package},
};

const TOKEN: &str = "open-sesame";

/// The scenarios that need settings: `conform_hubs` plays them.
const OF_SETTINGS: [&str; 4] = ["N3-1", "N3-2", "N3-3", "SSMI-1"];

fn today() -> Clock {
    Clock::fixed(parse_instant("2026-01-01T00:00:00Z").unwrap())
}

/// A service with both listeners, and an empty store.
struct Endpoint {
    service: App,
    duis: ServerThread,
    manage: ServerThread,
    dir: TempDir,
    _database: Database,
}

impl Endpoint {
    fn start(rules: RuleSettings, codes: CodeOverrides) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = today();
        pki::init(&dir.path().join("pki"), clock.now().0).unwrap();
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&dir.path().join("pki")).unwrap();
        Self::start_with(dir, trust, clock, Choices { rules, codes, ..Choices::of(DCC) })
    }

    /// With the keys of a key store.
    fn of_keystore(keystore: &Path) -> Self {
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_keystore(keystore).unwrap();
        Self::start_with(tempfile::tempdir().unwrap(), trust, today(), Choices::of(DCC))
    }

    /// With a test PKI in which the certificates of these Users ended in 2020.
    fn with_expired(users: &[&str], validity: ValidityCheck) -> Self {
        let (dir, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let keys = dir.path().join("pki");
        pki::init(&keys, today().now().0).unwrap();
        pki::init(old.path(), parse_instant("2010-01-01").unwrap()).unwrap();
        for file in users.iter().flat_map(|user| [format!("{user}.pem"), format!("{user}.key")]) {
            fs::copy(old.path().join(&file), keys.join(&file)).unwrap();
        }
        let mut trust = TrustStore::new(validity);
        trust.load_folder(&keys).unwrap();
        Self::start_with(dir, trust, today(), Choices::of(DCC))
    }

    fn start_with(dir: TempDir, trust: TrustStore, clock: Clock, choices: Choices) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        let service = App::new(store, trust, clock, choices);
        let (address, max_body_bytes) = (([127, 0, 0, 1], 0).into(), 1_000_000);
        let bounds = Bounds::default();
        let listener = Listener {
            address,
            max_body_bytes,
            bounds,
            tls: None,
            kind: web::ListenerKind::Duis { max_in_flight: 16 },
        };
        let duis = web::spawn(service.clone(), listener).unwrap();
        let token = TOKEN.parse().unwrap();
        let manage = Listener {
            address,
            max_body_bytes,
            bounds,
            tls: None,
            kind: web::ListenerKind::Manage { token },
        };
        let manage = web::spawn(service.clone(), manage).unwrap();
        Self { service, duis, manage, dir, _database: database }
    }

    fn url(&self) -> String {
        format!("http://{}", self.duis.address())
    }

    fn manage_url(&self) -> String {
        format!("http://{}", self.manage.address())
    }

    /// `smi conform` against it, with what its scenarios need.
    fn conform_all(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let manage = self.manage_url();
        let output = self.conform(&[&["--manage", &manage, "--token", TOKEN], arguments].concat());
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    /// `smi conform` against it.
    fn conform(&self, arguments: &[&str]) -> Output {
        smi_conform(self.dir.path(), &[&["--url", &self.url()], arguments].concat())
    }
}

fn smi_conform(dir: &Path, arguments: &[&str]) -> Output {
    let keys = if arguments.contains(&"--pki") { &[][..] } else { &["--pki", "pki"] };
    Command::new(env!("CARGO_BIN_EXE_smi"))
        .arg("conform")
        .args(keys)
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A rule that answers with another code.
fn broken(id: &str, code: ResponseCode) -> CodeOverrides {
    CodeOverrides::new([(rulebook::rule(id).unwrap(), code)])
}

/// Every scenario, one after the other, on one service.
fn played(rules: RuleSettings, codes: CodeOverrides) -> Vec<ScenarioReport> {
    let endpoint = Endpoint::start(rules, codes);
    let management = Management::new(&endpoint.manage_url(), TOKEN.to_owned());
    let (trust, clock) = (endpoint.service.trust(), Clock::System);
    let mut suite = Suite::new(&endpoint.url(), &trust, clock, DCC, Some(&management), 1);
    let scenarios = conform::read(&ScenarioFiles::embedded()).unwrap();
    scenarios.iter().map(|scenario| suite.play(scenario, &mut |_| ())).collect()
}

#[test]
fn this_service_passes_however_it_shows_an_unknown_wan_variant() {
    for wan_unknown in [WanUnknown::Word, WanUnknown::Space] {
        let reports =
            played(RuleSettings { wan_unknown, ..RuleSettings::default() }, CodeOverrides::default());
        let (left, run) = reports.iter().partition::<Vec<_>, _>(|report| report.skipped.is_some());
        assert_eq!(left.iter().map(|report| report.id.as_str()).collect::<Vec<_>>(), OF_SETTINGS);
        for report in run {
            let steps = report.steps.iter().map(|step| format!("{step}\n")).collect::<String>();
            assert_eq!(report.outcome(), ScenarioOutcome::Passed, "{}\n{steps}", report.id);
        }
    }
}

#[test]
fn a_broken_rule_is_named_by_scenario_step_and_requirement() {
    let reports = played(RuleSettings::default(), broken("SR8.4/g", ResponseCode::E080409));
    let failed = reports.iter().filter(|report| report.outcome() == ScenarioOutcome::Failed);
    let failed = failed.map(|report| report.id.as_str()).collect::<Vec<_>>();
    assert_eq!(failed, ["MP125-Q2", "MP125-Q3", "MP125-R9"]);
    insta::assert_snapshot!(conform::summary(&reports), @"
    scenario            steps  outcome
    FACTS-1                14  passed   proves SMI.md 1, SMI.md 2
    FIRMWARE-1             11  passed   proves SERVICE.md 3.1, MP230-R8, MP230-R9
    MP125-Q1               11  passed   proves MP125-Q1
    MP125-Q2                9  FAILED   new-refused-before (MP125-Q2, MP125-R4); new-refused-still (MP125-Q2, MP125-R4); old-refused (MP125-R4)
    MP125-Q3               15  FAILED   whitelisted-by-another (MP125-R4); installed-by-another (MP125-R4); commissioned-by-another (MP125-R4)
    MP125-R5               11  passed   proves MP125-R5
    MP125-R6                4  passed   proves MP125-R6
    MP125-R9               31  FAILED   pre-notifier-refused-5.0 (MP125-R9, MP125-R4); pre-notifier-refused-5.1 (MP125-R9, MP125-R4); pre-notifier-refused-5.3 (MP125-R9, MP125-R4); pre-notifier-refused-5.4 (MP125-R9, MP125-R4)
    N3-1                    0  skipped  it needs `csp_gateway.update_known_hubs = true` there; --setting csp_gateway.update_known_hubs=true says that it is so
    N3-2                    0  skipped  it needs `csp_gateway.update_known_hubs = false` there; --setting csp_gateway.update_known_hubs=false says that it is so
    N3-3                    0  skipped  it needs `reflash.enabled = true` there; --setting reflash.enabled=true says that it is so
    PRE-NOTIFICATION-1     20  passed   proves MP125-R1, MP125-R2, MP125-R7
    REFUSALS-1             12  passed   proves SMI.md 3
    REFUSALS-2             10  passed   proves SMI.md 3
    SSMI-1                  0  skipped  it needs `reflash.smi_update = ssmi` there; --setting reflash.smi_update=ssmi says that it is so
    WAN-MATRIX-1           14  passed   proves MP106-R1, MP106-R2, MP106-R3, MP106-R6, MP106-R7
    WAN-MATRIX-2            5  passed   proves MP106-R5, MP106-R6, MP106-R8
    10 passed, 3 failed, 4 skipped
    ");
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
    let reports = played(rules, CodeOverrides::default());
    let q2 = reports.iter().find(|report| report.id == "MP125-Q2").unwrap();
    let different = q2.different().map(|step| (step.id.as_str(), &step.proves[..])).collect::<Vec<_>>();
    assert_eq!(different, [("old-refused", &["MP125-R4".to_owned()][..]), ("read-back", &q2.proves[..])]);
}

#[test]
fn the_command_sets_up_what_it_needs_and_passes_again_and_again() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    // With the paths that people copy, too.
    for path in ["", "/manage/"] {
        let manage = format!("{}{path}", endpoint.manage_url());
        let output = endpoint.conform(&["--manage", &manage, "--token", TOKEN]);
        let out = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{out}{}", text(&output.stderr));
        assert!(out.ends_with("13 passed, 0 failed, 4 skipped\n"), "{out}");
    }
}

/// The key store has a Supplier whose certificate ended in 2025.
#[test]
fn the_published_key_store_plays_every_scenario_as_it_comes() {
    let Some(keystore) = npm("dccboxed-keystore/keystore.json") else { return };
    let endpoint = Endpoint::of_keystore(&keystore);
    let keystore = keystore.display().to_string();
    for flag in [&[][..], &["--ignore-validity"]] {
        let (code, out, err) = endpoint.conform_all(&[&["--pki", &keystore], flag].concat());
        assert_eq!(code, Some(0), "{out}{err}");
        assert!(out.ends_with(", 0 failed, 4 skipped\n"), "{out}");
        let played = "smi: `gaining` is played by 00-DB-12-34-56-78-00-04: the certificate of 90-B3-D5-1F-30-03-00-00 ";
        assert!(err.contains(played), "{err}");
    }
}

#[test]
fn an_expired_certificate_is_named_with_the_flag_that_passes_over_it() {
    let expired = ["supplier-2", "other-user", "network-operator"];
    let lax = Endpoint::with_expired(&expired, ValidityCheck::Off);
    let (code, out, _) = lax.conform_all(&["--only", "MP125-Q2"]);
    let reason = "the certificate of 90-B3-D5-1F-30-03-00-00 held until 2020-01-01T00:00:00.000Z, and `trust.check_validity` is \
        on; --ignore-validity takes it all the same";
    assert!(code == Some(1) && out.contains(reason), "{out}");
    let (code, out, err) = lax.conform_all(&["--ignore-validity"]);
    assert_eq!(code, Some(0), "{out}{err}");
    // Where the endpoint refuses what has expired, the flag on this side is of no help, and that is said.
    let strict = Endpoint::with_expired(&expired, ValidityCheck::Enforced);
    let (code, out, _) = strict.conform_all(&["--only", "MP125-Q2", "--ignore-validity"]);
    let note = "the certificate of 90-B3-D5-1F-30-03-00-00 held until 2020-01-01T00:00:00.000Z, so the endpoint may refuse it";
    assert!(code == Some(1) && out.contains(note), "{out}");
}

#[test]
fn who_plays_whom_can_be_chosen() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    let swapped =
        ["--user", "gaining=90-B3-D5-1F-30-01-00-00", "--user", "installing=00-DB-12-34-56-78-00-04"];
    let (code, out, err) = endpoint.conform_all(&swapped);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(err.contains("`gaining` is played by 90-B3-D5-1F-30-01-00-00 instead of"), "{err}");
    for (user, code, reason) in [
        ("losing=90-B3-D5-1F-30-01-00-00", 1, "no scenario has the role `losing`; there are "),
        ("gaining=90-B3-D5-1F-30-00-00-02", 1, "is the DCC, which plays no User"),
        ("gaining", 2, "wanted is ROLE=EUI64"),
        ("gaining=9", 2, "`9` is not an EUI-64"),
    ] {
        let output = endpoint.conform(&["--user", user]);
        assert_eq!(output.status.code(), Some(code), "{user}");
        assert!(text(&output.stderr).contains(reason), "{user}: {}", text(&output.stderr));
    }
}

#[test]
fn a_page_shows_each_step_with_request_answer_difference_and_requirement() {
    let endpoint = Endpoint::start(RuleSettings::default(), broken("SR/4", ResponseCode::E4));
    let output = endpoint.conform(&["--only", "REFUSALS-1", "--html", "report.html"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let page = fs::read_to_string(endpoint.dir.path().join("report.html")).unwrap();
    let count = |what: &str| page.matches(what).count();
    assert_eq!((count("<details"), count("<details open>")), (12, 3));
    assert_eq!(
        (count("<h3>Request</h3>"), count("<h3>Answer</h3>"), count("<h3>Difference</h3>")),
        (12, 12, 3)
    );
    assert_eq!(count("Requirement: SMI.md 3/4;"), 3);
    assert!(
        page.contains("expected E100, got E4") && page.contains("[signature by the certificate "),
        "{page}"
    );
    assert_eq!(count("<script"), 0);
    let refused = endpoint.conform(&["--only", "REFUSALS-1", "--html", "no/folder.html"]);
    assert!(text(&refused.stderr).contains("no/folder.html: "), "{}", text(&refused.stderr));
}

#[test]
fn a_wrong_token_fails_and_says_so() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    let manage = endpoint.manage_url();
    let output = endpoint.conform(&["--manage", &manage, "--token", "sesame", "--only", "MP125-Q1"]);
    assert_eq!(output.status.code(), Some(1));
    let out = text(&output.stdout);
    assert!(out.contains("POST /manage/reset: HTTP 401: send the token of `[manage]`"), "{out}");
}

#[test]
fn without_management_what_is_not_there_is_skipped_with_the_reason() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    let output = endpoint.conform(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let out = text(&output.stdout);
    let summary = out.split("\n\n").last().unwrap();
    insta::assert_snapshot!(summary, @"
    scenario            steps  outcome
    FACTS-1                 0  skipped  step `gsme-commissioned` needs --manage
    FIRMWARE-1              0  skipped  step `activated` needs --manage
    MP125-Q1                0  skipped  step `commission` needs --manage
    MP125-Q2                0  skipped  step `change-of-supplier` needs --manage
    MP125-Q3                0  skipped  its users, registrations, devices must be there and are not (there is the Whitelisted ESME: expected I0, got E1); --manage puts them there
    MP125-R5                0  skipped  its users, registrations, devices must be there and are not (there is the Commissioned ESME, with ESME Variant A: expected I0, got E1); --manage puts them there
    MP125-R6                0  skipped  its users, registrations, devices must be there and are not (there is the SMETS1 ESME: expected I0, got E1); --manage puts them there
    MP125-R9                0  skipped  its users, registrations, devices must be there and are not (there is the Commissioned ESME: expected I0, got E1); --manage puts them there
    N3-1                    0  skipped  it needs `csp_gateway.update_known_hubs = true` there; --setting csp_gateway.update_known_hubs=true says that it is so
    N3-2                    0  skipped  it needs `csp_gateway.update_known_hubs = false` there; --setting csp_gateway.update_known_hubs=false says that it is so
    N3-3                    0  skipped  it needs `reflash.enabled = true` there; --setting reflash.enabled=true says that it is so
    PRE-NOTIFICATION-1      0  skipped  its users must be there and are not (the ESME is not in the inventory yet: expected E080201, got E1); --manage puts them there
    REFUSALS-1             12  passed   proves SMI.md 3
    REFUSALS-2              0  skipped  its users must be there; --manage puts them there
    SSMI-1                  0  skipped  it needs `reflash.smi_update = ssmi` there; --setting reflash.smi_update=ssmi says that it is so
    WAN-MATRIX-1            0  skipped  its users, coverage must be there and are not (there is coverage for ZZ4 4DD: expected I0, got E1); --manage puts them there
    WAN-MATRIX-2            0  skipped  step `north-space` needs --manage
    1 passed, 0 failed, 16 skipped
    ");
}

#[test]
fn without_management_what_is_there_is_played() {
    let endpoint = Endpoint::start(RuleSettings::default(), CodeOverrides::default());
    let scenarios = conform::read(&ScenarioFiles::embedded()).unwrap();
    let scenario = scenarios.iter().find(|scenario| scenario.id == "PRE-NOTIFICATION-1").unwrap();
    for (kind, csv) in &scenario.needs.imports {
        endpoint.service.import(*kind, csv.as_bytes()).unwrap();
    }
    for _ in 0..2 {
        let output = endpoint.conform(&["--only", "PRE-NOTIFICATION-1"]);
        let out = text(&output.stdout);
        assert!(out.ends_with("1 passed, 0 failed, 0 skipped\n"), "{out}");
    }
}

#[test]
fn a_difference_is_exit_code_1_and_stands_in_the_junit_report() {
    let endpoint = Endpoint::start(RuleSettings::default(), broken("SR/4", ResponseCode::E4));
    let output = endpoint.conform(&["--only", "REFUSALS-1", "--report", "junit.xml"]);
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
    let dir = tempfile::tempdir().unwrap();
    pki::init(&dir.path().join("pki"), Clock::System.now().0).unwrap();
    // Nobody listens there: the port was ours a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = smi_conform(dir.path(), &["--url", &format!("http://{free}"), "--only", "REFUSALS-1"]);
    assert_eq!(output.status.code(), Some(1));
    let out = text(&output.stdout);
    assert!(out.contains(&format!("DIFFERENT -         unknown-element: an element the schema does not know\n    proves SMI.md 3/3\n    http://{free}/api/v1/serviceD: ")), "{out}");
}

/// What is wrong with a scenario file.
fn refused(toml: &str) -> String {
    let files = ScenarioFiles::from_iter([("mine.toml".to_owned(), toml.to_owned())]);
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
        unknown field `proofs`, expected one of `id`, `title`, `proves`, `roles`, `needs`, `given`, `step`
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
        mine.toml, line 4: a step has one of `send`, `repeat`, `event`, `clock`, `import`, `n3` and `call`
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
            .map(|arguments| endpoint.conform(arguments).status.code());
    assert_eq!(codes, [Some(1), Some(1), Some(0)]);
    let written = fs::read_to_string(folder.join("mine.a.xml")).unwrap();
    assert!(written.contains("<sr:ResponseCode>E1</sr:ResponseCode>"), "{written}");
}
