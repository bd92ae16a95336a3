//! `smi correct`: whatever is killed, full or refused, every line has its outcome and is one request (MP125).

mod broken_off;
mod full;
mod left;
mod lines;
mod patience;
mod stub;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use diesel::RunQueryDsl as _;
use smi::{
    db::StoreFault,
    domain::Eui64,
    store::{self, Kind},
    web::{self, Bounds, Listener, server_thread::ServerThread},
};

use crate::support::{SUPPLIER, Smi, receiver::DEADLINE};

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
        self.write_lines(self.meters);
    }

    /// A line for each of the first meters.
    fn write_lines(&self, meters: u16) {
        let mut csv = "device_id,esme_variant\n".to_owned();
        for number in 0..meters {
            writeln!(csv, "{},ADE", meter(number)).unwrap();
        }
        fs::write(self.file(), csv).unwrap();
    }

    fn serve(&self) -> (ServerThread, String) {
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: 10_000,
            bounds: Bounds::default(),
            tls: None,
            kind: web::ListenerKind::Duis { max_in_flight: 64 },
        };
        let server = web::spawn(self.smi.service.clone(), listener).unwrap();
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

    /// Makes the row of a meter one that the service cannot read, or mends it.
    fn damage(&self, number: u16, date: &str) {
        let damage =
            format!("UPDATE devices SET date_commissioned = {date} WHERE device_id = '{}'", meter(number));
        let work = move |connection: &mut _| {
            Ok::<_, StoreFault>(diesel::sql_query(damage.as_str()).execute(connection)?)
        };
        assert_eq!(self.smi.service.store().transact(work).unwrap(), 1);
    }

    /// What the report says of each line that is left.
    fn left(&self) -> Vec<String> {
        let report = fs::read_to_string(beside(&self.file(), ".report.csv")).unwrap();
        report.lines().filter(|line| line.contains(",left,")).map(str::to_owned).collect()
    }

    /// The files of messages that are under way.
    fn under_way(&self) -> [String; 2] {
        [0, 1].map(|number| {
            let path = beside(&self.file(), &format!(".journal.sending-{number}"));
            fs::read_to_string(path).unwrap_or_default()
        })
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
        assert_eq!(self.under_way(), ["", ""], "nothing is left under way");
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
