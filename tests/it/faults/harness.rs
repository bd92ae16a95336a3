//! The harness: clients send, something is killed, everything goes on, and in the end the store is compared with what
//! was answered.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use smi::{
    clock::Clock,
    db::Store,
    duis::signature::{TrustStore, ValidityCheck, pki},
    store::Kind,
};
use tempfile::TempDir;

use super::{
    client::{Client, Report, SHARED},
    gate::Gate,
    model::{Answered, Rows, complaints},
    random::Random,
    server::Server,
    service::{Process, Recipe},
};
use crate::support::{SUPPLIER, USERS};

/// Longest random wait between the answer that was waited for and the kill: about as long as one commit takes.
const AFTER_ANSWER: u64 = 5_000;
/// Longest random wait before a start is cut short.
const INTO_START: u64 = 60_000;

/// How much is killed, by how many watched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) kills: u64,
    pub(super) clients: u64,
}

/// A folder with keys and lists, a store, and how to start the service on them.
pub(super) struct House {
    pub(super) recipe: Recipe,
    pub(super) trust: TrustStore,
    load: PathBuf,
    _folder: TempDir,
}

impl House {
    /// On a file of SQLite in the folder.
    pub(super) fn on_sqlite() -> Self {
        Self::on(|folder| format!("sqlite://{}", folder.join("smi.db").display()))
    }

    pub(super) fn on(store_url: impl FnOnce(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (pki, load) = (folder.path().join("pki"), folder.path().join("load"));
        pki::init(&pki, Clock::System.now().0).unwrap();
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&pki).unwrap();
        write_lists(&load).unwrap();
        let store_url = store_url(folder.path());
        let recipe = Recipe { folder: folder.path().to_owned(), store_url, settings: &[] };
        Self { recipe, trust, load, _folder: folder }
    }

    /// With these settings, and these lists in the place of its own.
    pub(super) fn with(
        mut self,
        settings: &'static [(&'static str, &'static str)],
        lists: &[(Kind, String)],
    ) -> Self {
        self.recipe.settings = settings;
        fs::remove_dir_all(&self.load).unwrap();
        fs::create_dir(&self.load).unwrap();
        for (kind, csv) in lists {
            fs::write(self.load.join(format!("{kind}.csv")), csv).unwrap();
        }
        self
    }

    /// A service whose lists are loaded, and the rows of its store then.
    pub(super) fn begin(&self) -> (Process, Rows) {
        // What was imported was committed before it listened.
        self.recipe.start(Some(&self.load)).kill();
        let before = self.rows();
        (self.recipe.start(None), before)
    }

    /// The rows of the store, while no service has it open.
    pub(super) fn rows(&self) -> Rows {
        Rows::of(&Store::open(&self.recipe.store_url).unwrap())
    }
}

fn write_lists(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    fs::write(folder.join("users.csv"), USERS)?;
    let mut devices = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,\
        firmware_version,esme_variant,import_mpxn\n"
        .to_owned();
    let mut registrations = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
    for (number, device) in SHARED.iter().enumerate() {
        let mpan = format!("100000000000{number}");
        writeln!(devices, "{device},ESME,Commissioned,Acme,M1,SMETS2 V5.1,01020304,A,{mpan}").unwrap();
        writeln!(registrations, "{mpan},IS,{SUPPLIER},2020-01-01,").unwrap();
    }
    fs::write(folder.join("devices.csv"), devices)?;
    fs::write(folder.join("registrations.csv"), registrations)
}

/// What a run came to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) answered: Vec<Answered>,
    pub(super) complaints: Vec<String>,
    pub(super) unanswered: usize,
    pub(super) refused: usize,
    pub(super) replays: usize,
    /// Requests that were done before a kill and answered only after it.
    pub(super) done_before: usize,
    pub(super) waits: Vec<Duration>,
    /// The rows before the first request.
    pub(super) before: Rows,
}

impl Outcome {
    fn add(&mut self, report: Report) {
        self.answered.extend(report.answered);
        self.complaints.extend(report.complaints);
        self.unanswered += report.unanswered;
        self.refused += report.refused;
        self.replays += report.replays;
        self.waits.extend(report.waits);
    }

    fn count_done_before(&mut self, log: &[String]) {
        let repeated = self.answered.iter().filter(|one| one.sends > 1).map(|one| one.id.to_string());
        let repeated = repeated.collect::<BTreeSet<_>>();
        let again = log.iter().filter(|line| line.contains("first answer sent again"));
        let of_repeated = |line: &&String| repeated.iter().any(|id| line.contains(id.as_str()));
        self.done_before = again.filter(of_repeated).count();
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let repeated = self.answered.iter().filter(|one| one.sends > 1).count();
        write!(
            f,
            "{} requests answered, {} after repetition ({} of them done before the kill), {} connections ended \
             without an answer, {} times HTTP 503, {} answered messages replayed, {} complaints",
            self.answered.len(),
            repeated,
            self.done_before,
            self.unanswered,
            self.refused,
            self.replays,
            self.complaints.len()
        )
    }
}

/// Lets clients send while `disturb` does its worst to the service, then compares.
pub(super) fn run(
    house: &House,
    plan: Plan,
    pace: impl Fn() + Sync,
    disturb: impl FnOnce(Process, &Gate, &mut Random) -> (Process, Vec<String>),
) -> Outcome {
    let (service, before) = house.begin();
    let gate = Gate::default();
    gate.up(service.url.as_deref().unwrap());
    let now = Clock::System.now();
    let mut outcome = Outcome::default();
    let log = std::thread::scope(|scope| {
        let clients = (1..=plan.clients).map(|number| {
            let client = Client::new(&gate, &house.trust, now, number, plan.seed);
            let pace = &pace;
            scope.spawn(move || client.run(pace))
        });
        let clients = clients.collect::<Vec<_>>();
        let (service, mut log) = disturb(service, &gate, &mut Random::new(plan.seed));
        gate.close();
        for client in clients {
            outcome.add(client.join().unwrap());
        }
        log.extend(service.stop());
        log
    });
    outcome.complaints.extend(gate.complaints());
    outcome.complaints.extend(complaints(&before, &outcome.answered, &house.rows()));
    outcome.count_done_before(&log);
    outcome.before = before;
    outcome
}

/// Lets one client do what a test says; then everything that was answered must be there, and nothing else.
pub(super) fn watch(house: &House, work: impl FnOnce(&mut Client<'_>, &Process)) {
    let (service, before) = house.begin();
    let gate = Gate::default();
    gate.up(service.url.as_deref().unwrap());
    let mut client = Client::new(&gate, &house.trust, Clock::System.now(), 1, 1);
    for _ in 0..5 {
        client.proceed().unwrap();
    }
    work(&mut client, &service);
    for _ in 0..5 {
        client.proceed().unwrap();
    }
    service.stop();
    assert_eq!(complaints(&before, &client.into_report().answered, &house.rows()), [""; 0]);
}

/// Kills the service again and again, at moments of chance: between answers, while it commits, while it starts.
pub(super) fn kill_service(
    recipe: &Recipe,
    mut service: Process,
    kills: u64,
    gate: &Gate,
    random: &mut Random,
) -> (Process, Vec<String>) {
    let mut log = Vec::new();
    for _ in 0..kills {
        if !gate.wait_for_answers(gate.answered() + random.below(40)) {
            break;
        }
        pause(random.below(AFTER_ANSWER));
        gate.down();
        log.extend(service.kill());
        if random.below(4) == 0 {
            let unborn = recipe.spawn();
            pause(random.below(INTO_START));
            drop(unborn);
        }
        service = recipe.start(None);
        gate.up(service.url.as_deref().unwrap());
    }
    (service, log)
}

/// Microseconds of chance: the moment of a kill is what is drawn, nothing is waited for.
fn pause(microseconds: u64) {
    std::thread::sleep(Duration::from_micros(microseconds));
}

/// Kills the database's server under a service that goes on.
pub(super) fn kill_server(server: &Server, kills: u64, gate: &Gate, random: &mut Random) {
    for _ in 0..kills {
        if !gate.wait_for_answers(gate.answered() + 1 + random.below(40)) {
            break;
        }
        pause(random.below(AFTER_ANSWER));
        server.kill();
        server.begin();
    }
    // It goes on after the last one too.
    gate.wait_for_answers(gate.answered() + 1);
}
