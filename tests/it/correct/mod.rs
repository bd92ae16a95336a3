//! `smi correct`: whatever is killed, full or refused, every line has its outcome and is one request (MP125).

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use smi::{
    domain::Eui64,
    http::{self, Bounds, Listener},
    running::Running,
    store::{self, Kind},
};

use crate::{
    faults::SmallDisk,
    support::{OTHER_SUPPLIER, SUPPLIER, Smi, receiver::DEADLINE},
};

/// A service with meters, and a folder to correct them from.
struct House {
    smi: Smi,
    meters: u16,
}

fn meter(number: u16) -> Eui64 {
    let [high, low] = number.to_be_bytes();
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, high, low])
}

impl House {
    /// With so many Commissioned ESMEs of variant A, of one Supplier.
    fn with(meters: u16) -> Self {
        let smi = Smi::new();
        let mut devices = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,\
            firmware_version,esme_variant,import_mpxn\n"
            .to_owned();
        let mut registrations = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
        for number in 0..meters {
            let (id, mpan) = (meter(number), format!("10{number:011}"));
            writeln!(devices, "{id},ESME,Commissioned,Acme,M1,SMETS2 V5.1,01020304,A,{mpan}").unwrap();
            writeln!(registrations, "{mpan},IS,{SUPPLIER},2020-01-01,").unwrap();
        }
        smi.import(Kind::Devices, &devices);
        smi.import(Kind::Registrations, &registrations);
        Self { smi, meters }
    }

    fn file(&self) -> PathBuf {
        self.smi.folder().join("wrong.csv")
    }

    /// A line for each meter.
    fn write_file(&self) {
        let mut csv = "device_id,esme_variant\n".to_owned();
        for number in 0..self.meters {
            writeln!(csv, "{},ADE", meter(number)).unwrap();
        }
        fs::write(self.file(), csv).unwrap();
    }

    fn serve(&self) -> (Running, String) {
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: 10_000,
            max_in_flight: 64,
            bounds: Bounds::default(),
        };
        let server = http::spawn(self.smi.service.clone(), listener).unwrap();
        let url = format!("http://{}", server.address());
        (server, url)
    }

    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        command
            .env("SMI_TRUST_PEM_DIR", self.smi.folder().join("pki"))
            .env("SMI_TEST_CLOCK", "2026-06-01T12:00:00Z")
            .current_dir(self.smi.folder())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn command(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = self.program();
        command.arg("correct").arg(self.file()).args(["--url", url, "--as", &SUPPLIER.to_string()]);
        command.args(arguments);
        command
    }

    fn correct(&self, url: &str, arguments: &[&str]) -> Told {
        Told::of(self.command(url, arguments).output().unwrap())
    }

    /// How often each meter was decided about, and under how many RequestIDs, at most.
    fn most_decisions(&self) -> usize {
        let decisions =
            |number| self.smi.read(|connection| store::decisions_of_device(connection, meter(number))).len();
        (0..self.meters).map(decisions).max().unwrap()
    }

    fn corrected(&self) -> usize {
        self.smi.exported(Kind::Devices).lines().filter(|line| line.contains(",ADE,")).count()
    }

    fn journal_lines(&self) -> usize {
        let journal = fs::read(beside(&self.file(), ".journal")).unwrap_or_default();
        journal.iter().filter(|byte| **byte == b'\n').count()
    }

    /// Outcome, code and rule of each line of the report.
    fn report(&self) -> Vec<String> {
        let report = fs::read_to_string(beside(&self.file(), ".report.csv")).unwrap();
        let outcome = |line: &str| {
            let fields = line.splitn(7, ',').collect::<Vec<_>>();
            let [line, _, _, outcome, code, rule, _] = fields.as_slice() else { panic!("{line}") };
            format!("{line} {outcome} {code} {rule}").trim_end().to_owned()
        };
        report.lines().skip(1).map(outcome).collect()
    }

    /// That every line is done, by one request each.
    fn assert_all_done_once(&self) {
        let meters = usize::from(self.meters);
        assert_eq!(self.report().iter().filter(|line| line.ends_with("done I99")).count(), meters);
        assert_eq!((self.corrected(), self.most_decisions()), (meters, 1));
        let under_way = |number| beside(&self.file(), &format!(".journal.sending-{number}")).exists();
        assert!(!under_way(0) && !under_way(1), "nothing is left under way");
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Told {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn assert_ended(&self, code: i32, reason: &str) {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        assert!(self.err.contains(reason), "{}", self.err);
    }
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

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

/// The service as a process of its own, at an address that it gets again.
struct Served {
    child: Child,
}

impl Served {
    fn start(house: &House, address: &str) -> Self {
        let child = house
            .program()
            .args(["serve", "--listen", address, "--manage-listen", "127.0.0.1:0"])
            .env("SMI_STORE_URL", house.smi.url())
            .env("SMI_MANAGE_TOKEN", "open-sesame")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self { child };
        wait_until("the service is ready", || {
            ureq::get(format!("http://{address}/health/ready")).call().is_ok()
        });
        served
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// An address that is free now: nobody else takes it before the service does, or the test fails.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_service_that_is_killed_half_way_loses_nothing_and_does_nothing_twice() {
    let house = House::with(300);
    house.write_file();
    let address = free_address();
    let url = format!("http://{address}");
    let service = Served::start(&house, &address);
    // A run that has the patience to wait for the service goes on by itself.
    let patient = house.command(&url, &["--patience", "60"]).spawn().unwrap();
    wait_until("some are answered", || house.journal_lines() > 20);
    drop(service);
    let service = Served::start(&house, &address);
    wait_until("more are answered", || house.journal_lines() > 120);
    drop(service);
    let service = Served::start(&house, &address);
    Told::of(patient.wait_with_output().unwrap()).assert_ended(0, "");
    house.assert_all_done_once();
    drop(service);
}

#[test]
fn a_run_that_gave_up_is_finished_by_another_one() {
    let house = House::with(200);
    house.write_file();
    let address = free_address();
    let url = format!("http://{address}");
    let service = Served::start(&house, &address);
    let run = house.command(&url, &["--patience", "1", "--rate", "400"]).spawn().unwrap();
    wait_until("some are answered", || house.journal_lines() > 40);
    drop(service);
    let told = Told::of(run.wait_with_output().unwrap());
    told.assert_ended(1, "ended early: no answer within --patience: http://127.0.0.1");
    assert!(told.out.contains("left"), "{}", told.out);
    let service = Served::start(&house, &address);
    house.correct(&url, &[]).assert_ended(0, "lines were answered in earlier runs");
    house.assert_all_done_once();
    drop(service);
}

#[test]
fn a_run_that_is_killed_is_finished_by_another_one() {
    let house = House::with(200);
    house.write_file();
    let (server, url) = house.serve();
    for lines in [10, 60, 110] {
        let mut run = house.command(&url, &["--rate", "300"]).spawn().unwrap();
        wait_until("some are answered", || house.journal_lines() > lines);
        run.kill().unwrap();
        run.wait().unwrap();
    }
    house.correct(&url, &[]).assert_ended(0, "lines were answered in earlier runs");
    house.assert_all_done_once();
    server.stop().unwrap();
}

#[test]
fn a_run_that_is_interrupted_waits_for_its_answers_and_reports() {
    let house = House::with(200);
    house.write_file();
    let (server, url) = house.serve();
    for signal in ["-INT", "-TERM"] {
        let lines = house.journal_lines();
        let run = house.command(&url, &["--rate", "100"]).spawn().unwrap();
        wait_until("some are answered", || house.journal_lines() > lines + 20);
        assert!(Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success());
        let told = Told::of(run.wait_with_output().unwrap());
        told.assert_ended(1, "ended early: interrupted; run it again to go on");
        let report = house.report();
        assert_eq!(report.iter().filter(|line| line.ends_with("done I99")).count(), house.corrected());
        assert!(report.iter().any(|line| line.ends_with("left")));
    }
    house.correct(&url, &[]).assert_ended(0, "");
    house.assert_all_done_once();
    server.stop().unwrap();
}

#[test]
fn a_journal_on_a_full_disk_ends_the_run_and_another_one_finishes() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: this user may not mount a file system, so no disk can be filled");
        return;
    };
    let house = House::with(600);
    house.write_file();
    let (server, url) = house.serve();
    let journal = disk.path().join("x.journal");
    let arguments = ["--journal", journal.to_str().unwrap()];
    disk.fill();
    house.correct(&url, &arguments).assert_ended(1, "No space left on device");
    assert_eq!(house.corrected(), 0, "nothing is sent that is not kept");
    // Room for one group of messages, and not for two.
    disk.leave(800_000);
    let told = house.correct(&url, &arguments);
    told.assert_ended(1, "ended early: the journal cannot be kept: ");
    assert!(told.err.contains("No space left on device"), "{}", told.err);
    assert!(house.report().iter().any(|line| line.ends_with("left")));
    assert!(house.corrected() < 600);
    disk.free();
    house.correct(&url, &arguments).assert_ended(0, "");
    assert_eq!((house.corrected(), house.most_decisions()), (600, 1));
    server.stop().unwrap();
}

/// Stands before the service, and answers in its place for as long as there are answers.
struct Stub {
    url: String,
    /// The bodies of what came, and when.
    seen: mpsc::Receiver<(Instant, Vec<u8>)>,
}

impl Stub {
    fn before(service: String, answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, seen) = mpsc::channel();
        // It ends with the test.
        thread::spawn(move || {
            let mut answers = answers.into_iter();
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let body = body_of(&connection);
                if tell.send((Instant::now(), body.clone())).is_err() {
                    return;
                }
                let answer = answers.next().unwrap_or_else(|| passed_on(&service, &body));
                connection.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, seen }
    }
}

fn body_of(connection: &TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(connection);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    body
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

fn passed_on(service: &str, body: &[u8]) -> String {
    let url = format!("{service}/api/v1/serviceD");
    let mut reply = ureq::post(url).content_type("application/xml").send(body).unwrap();
    answer("200 OK", "Content-Type: application/xml\r\n", &reply.body_mut().read_to_string().unwrap())
}

#[test]
fn retry_after_is_honoured_and_the_same_bytes_are_sent_again() {
    let house = House::with(1);
    house.write_file();
    let (server, url) = house.serve();
    let answers = ["503 Service Unavailable", "429 Too Many Requests"];
    let answers = answers.map(|status| answer(status, "Retry-After: 1\r\n", "later"));
    let stub = Stub::before(url, answers.to_vec());
    house.correct(&stub.url, &[]).assert_ended(0, "");
    let seen = stub.seen.try_iter().collect::<Vec<_>>();
    assert_eq!(seen.len(), 3);
    for pair in seen.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= Duration::from_secs(1), "it waits as long as it is asked to");
        assert!(pair[0].1 == pair[1].1, "another signature would be another message");
    }
    house.assert_all_done_once();
    server.stop().unwrap();
}

#[test]
fn whoever_asks_to_wait_too_long_or_answers_what_cannot_be_believed_ends_the_run() {
    let house = House::with(1);
    house.write_file();
    let (server, url) = house.serve();
    let refused = [
        (
            answer("503 Busy", "Retry-After: 600\r\n", "later"),
            "no answer within --patience: HTTP 503: later; it asks to wait 600 s",
        ),
        (
            answer("404 Not Found", "", "no such path"),
            "ended early: HTTP 404: no such path; run it again once that is mended",
        ),
        (answer("200 OK", "", "<html/>"), "ended early: "),
    ];
    let journal = |stub: &Stub| fs::remove_file(beside(&house.file(), ".journal")).map(|()| stub.url.clone());
    for (answer, reason) in refused {
        let stub = Stub::before(url.clone(), vec![answer]);
        house.correct(&stub.url, &[]).assert_ended(1, reason);
        assert_eq!(house.report(), ["2 left"]);
        // What is under way stays so; only the journal's name for the service is another one each time.
        journal(&stub).unwrap();
    }
    house.correct(&url, &[]).assert_ended(0, "");
    house.assert_all_done_once();
    server.stop().unwrap();
}
