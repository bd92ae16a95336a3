//! Where commands write to: a terminal, a pipe that nobody reads any more, a full disk.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    commands::Served,
    support::{package, terminal::smi_on_a_terminal},
};

fn fixture(name: &str) -> String {
    package().join("fixtures").join(name).display().to_string()
}

fn smi(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(arguments).current_dir(dir);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// `8.2.xml`, an SR 8.2 that nobody sent before.
fn new_request(dir: &Path) {
    static COUNTER: AtomicU64 = AtomicU64::new(5_000);
    let counter = COUNTER.fetch_add(1, Ordering::Relaxed);
    let request = fs::read_to_string(fixture("requests/8.2-by-device.xml")).unwrap();
    let (before, after) = request.split_once("</sr:RequestID>").unwrap();
    let (parties, _) = before.rsplit_once(':').unwrap();
    fs::write(dir.join("8.2.xml"), format!("{parties}:{counter}</sr:RequestID>{after}")).unwrap();
}

/// What a command came to whose standard output nobody reads any more.
fn unread(dir: &Path, arguments: &[&str]) -> Output {
    let mut process = smi(dir, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    process.wait_with_output().unwrap()
}

/// A folder with keys, an inventory, and a signed message.
fn furnished() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert!(smi(dir.path(), &["pki", "init", "pki"]).output().unwrap().status.success());
    for kind in ["users", "devices"] {
        let file = fixture(&format!("inventory/{kind}.csv"));
        assert!(smi(dir.path(), &["import", kind, &file]).output().unwrap().status.success());
    }
    let signed = smi(dir.path(), &["sign", &fixture("requests/8.2-by-device.xml")]).output().unwrap();
    fs::write(dir.path().join("signed.xml"), signed.stdout).unwrap();
    dir
}

/// The commands that print and need no service.
fn printing() -> Vec<Vec<String>> {
    let what_if =
        "explain --what-if --device-type ESME --status Commissioned --sender neither --change variant";
    let request = fixture("requests/8.2-by-device.xml");
    let explain = format!("explain {request}");
    let sign = format!("sign {request}");
    let commands = [
        "rules",
        "rules --format json",
        "export devices",
        "export coverage",
        "verify signed.xml",
        "check",
        "serve --print-config",
        what_if,
        explain.as_str(),
        sign.as_str(),
    ];
    commands.map(|line| line.split(' ').map(str::to_owned).collect()).to_vec()
}

/// `smi rules | head`: as of a command that SIGPIPE ended.
#[test]
fn a_reader_that_leaves_ends_every_command_without_a_word() {
    let dir = furnished();
    for command in printing() {
        let output = unread(dir.path(), &command.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(141), ""), "{command:?}");
    }
}

/// `smi import users no.csv 2>&1 | head -n 0`: the exit code stays, and nothing panics.
#[test]
fn nobody_need_read_what_is_told_aside() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in
        [&["import", "users", "no.csv"][..], &["send", "no.xml"], &["health", "--url", "http://127.0.0.1:1"]]
    {
        let mut process = smi(dir.path(), arguments).stderr(Stdio::piped()).spawn().unwrap();
        drop(process.stderr.take());
        assert_eq!(process.wait().unwrap().code(), Some(1), "{arguments:?}");
    }
}

#[test]
fn a_full_disk_is_named_once() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return crate::support::skip::skip("/dev/full");
    }
    let dir = furnished();
    for command in printing() {
        let arguments = command.iter().map(String::as_str).collect::<Vec<_>>();
        let stdout = File::options().write(true).open(full).unwrap();
        let output = smi(dir.path(), &arguments).stdout(stdout).output().unwrap();
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {told}");
        assert!(told.starts_with("smi: standard output: "), "{command:?}: {told}");
        assert_eq!(told.matches("No space left on device").count(), 1, "{command:?}: {told}");
    }
    for file in [&["export", "devices", "/dev/full"][..], &["export", "coverage", "/dev/full"]] {
        let output = smi(dir.path(), file).output().unwrap();
        let told = text(&output.stderr);
        assert_eq!(
            told, "smi: /dev/full: cannot write the file: No space left on device (os error 28)\n",
            "{file:?}"
        );
    }
}

/// A file that another made, with a sequence that colours a terminal and a space that is none.
#[test]
fn what_others_wrote_reaches_no_terminal_raw() {
    let dir = tempfile::tempdir().unwrap();
    let users = "user_id,roles,status\n90-B3-D5-1F-30-01-00-00,IS,\u{1b}[31mActive\u{a0}\n";
    fs::write(dir.path().join("users.csv"), users).unwrap();
    let told = text(&smi(dir.path(), &["import", "users", "users.csv"]).output().unwrap().stderr);
    assert!(told.contains("\\u{1b}[31mActive\\u{a0}") && !told.contains(['\u{1b}', '\u{a0}']), "{told:?}");
}

#[test]
fn on_a_terminal_an_answer_is_laid_out_for_people() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::start_with(dir.path(), &["--load", &fixture("inventory")], &[]);
    let send = ["send", "8.2.xml", "--url", served.url.as_str()];
    new_request(dir.path());
    let piped = smi(dir.path(), &send).output().unwrap();
    let bytes = text(&piped.stdout);
    assert!(bytes.starts_with("<?xml") && bytes.lines().count() == 1, "{bytes}");
    let seen = |more: &[&str], environment: &[(&str, &str)]| {
        new_request(dir.path());
        let output = smi_on_a_terminal(dir.path(), &[&send[..], more].concat(), environment)?;
        assert!(output.status.success());
        Some(text(&output.stdout).replace("\r\n", "\n"))
    };
    let Some(plain) = seen(&[], &[("NO_COLOR", "1")]) else { return };
    assert!(plain.contains("\n          <sr:DeviceID>00-DB-12-34-56-78-90-A2</sr:DeviceID>\n"), "{plain}");
    assert!(plain.contains("[signature by the certificate ") && !plain.contains("SignatureValue"), "{plain}");
    assert!(plain.contains("\nDevice                   type   status        model "), "{plain}");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let coloured = seen(&[], &[]).unwrap();
    assert!(coloured.contains("\u{1b}[36m<sr:Response\u{1b}[0m"), "{coloured}");
    assert!(!seen(&[], &[("TERM", "dumb")]).unwrap().contains('\u{1b}'));
    let raw = seen(&["--raw"], &[]).unwrap();
    assert!(raw.contains("<ds:SignatureValue>") && raw.starts_with("<?xml"), "{raw}");
    assert_eq!(served.stop().0, Some(0));
}

#[test]
fn a_url_may_have_the_path_of_a_web_service() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::start_with(dir.path(), &["--load", &fixture("inventory")], &[]);
    let file = "8.2.xml";
    let send = |path: &str, more: &[&str]| {
        new_request(dir.path());
        let url = format!("{}{path}", served.url);
        let output = smi(dir.path(), &[&["send", file, "--url", &url], more].concat()).output().unwrap();
        (output.status.code(), text(&output.stderr))
    };
    for path in ["/", "/api/v1/serviceD", "/api/v1", "/serviced/"] {
        assert_eq!(send(path, &[]), (Some(0), format!("{file}: I0\n")), "{path}");
    }
    assert_eq!(send("/api/v1/serviceS", &[]), (Some(1), format!("{file}: E13\n")));
    let (code, told) = send("/api/v1/serviceS", &["--service", "serviceD"]);
    assert_eq!(
        (code, told.as_str()),
        (Some(1), "smi: --service is serviceD, and --url names serviceS: give one of them\n")
    );
    let (code, told) = send("/smi", &[]);
    let wanted = format!("{}/smi/api/v1/serviceD", served.url);
    assert!(code == Some(1) && told.contains("HTTP 404: ") && told.contains(&wanted), "{told}");
    let (code, told) = send("/?a=b", &[]);
    assert!(code == Some(2) && told.contains("wanted is scheme, host and port"), "{told}");
    assert_eq!(served.stop().0, Some(0));
}

/// A log keeps what it gets, and others read it.
#[test]
fn a_new_token_is_shown_on_a_terminal_alone() {
    let dir = tempfile::tempdir().unwrap();
    // The address is taken, so that the service ends once the token is made.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let serve = ["serve", "--listen", &address, "--manage-listen", "127.0.0.1:0"];
    let token = || fs::read_to_string(dir.path().join("smi-manage.token")).unwrap().trim_end().to_owned();
    let piped = smi(dir.path(), &serve).output().unwrap();
    let told = text(&piped.stderr);
    assert!(told.contains("smi: made a management token, kept in /"), "{told}");
    assert!(!told.contains(&token()), "{told}");
    fs::remove_file(dir.path().join("smi-manage.token")).unwrap();
    for times in [1, 0] {
        let Some(seen) = smi_on_a_terminal(dir.path(), &serve, &[]) else { return };
        let seen = text(&seen.stdout);
        assert_eq!(seen.matches(&token()).count(), times, "{seen}");
    }
}

/// A client of Smart DCC's tools against a service with keys of its own.
#[test]
fn a_message_of_dcc_boxed_names_the_setting_once() {
    let dir = furnished();
    let signed = fs::read_to_string(dir.path().join("signed.xml")).unwrap();
    let boxed = signed.replace("CN=SMI-TEST-ROOT,OU=07", "CN=Z1,OU=07");
    assert_ne!(signed, boxed);
    let served = Served::start_with(dir.path(), &[], &[]);
    for message in [&signed.replace("CN=SMI-TEST-ROOT", "CN=ANOTHER"), &boxed, &boxed] {
        let answer = ureq::post(format!("{}/api/v1/serviceD", served.url))
            .content_type("application/xml")
            .send(message)
            .unwrap();
        assert!(answer.into_body().read_to_string().unwrap().contains("<sr:ResponseCode>E100<"));
    }
    let (_, log) = served.stop();
    let hints = log.iter().filter(|line| line.contains("the test PKI of DCC Boxed")).collect::<Vec<_>>();
    assert_eq!(hints.len(), 1, "{log:#?}");
    assert!(hints[0].contains("WARN") && hints[0].contains("trust.keystore"), "{hints:?}");
}
