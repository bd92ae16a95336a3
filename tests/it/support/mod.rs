//! A service with a test PKI and an empty store in a temporary folder, and signed requests to send to it.

pub(crate) mod bodies;
#[expect(dead_code, reason = "the store's unit tests use the rest of it")]
pub(crate) mod database;
pub(crate) mod duis;
pub(crate) mod managed;
pub(crate) mod node_red;
pub(crate) mod pooler;
mod reads;
pub(crate) mod receiver;
pub(crate) mod served;
pub(crate) mod server;
pub(crate) mod skip;
pub(crate) mod terminal;

use smi::{
    clock::Clock,
    db::{PgConnection, Store},
    domain::{
        Body, CodeOverrides, CommandVariant, CspRegion, Decision, Eui64, Now, Request, RequestId,
        SchemaVersion, ServiceRequest, Timestamp, WebService, parse_instant,
    },
    duis::{
        signature::{self, TrustStore, ValidityCheck, pki},
        xml,
    },
    rules::{RuleSettings, WanUnknown, alert::AlertSettings},
    service::{App, Choices, Reply, SimulatedDevices, csp::Csps},
    store::{self, Kind},
};
use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};
use tempfile::TempDir;

use database::Database;

/// A client of the services under test: any status is an answer, and one that does not come fails the test.
pub(crate) fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(receiver::DEADLINE)).build().into()
}

pub(crate) const DCC: Eui64 = pki::DCC;
pub(crate) const SUPPLIER: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x01, 0, 0]);
pub(crate) const OTHER_SUPPLIER: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x03, 0, 0]);
pub(crate) const OPERATOR: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x02, 0, 0]);
pub(crate) const METER: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xA0]);

pub(crate) const USERS: &str = "\
user_id,party_signifier,party_name,roles,status
90-B3-D5-1F-30-01-00-00,INST,Installing,IS;GS,Active
90-B3-D5-1F-30-03-00-00,GAIN,Gaining,IS;GS,Active
90-B3-D5-1F-30-02-00-00,NETW,Network,ED;GT,Active
";

/// A database with empty tables.
pub(crate) fn fresh_database() -> Database {
    Database::new(make_tables)
}

fn make_tables(url: &str) {
    drop(Store::open(url).unwrap());
}

/// The folder of the package.
pub(crate) fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The file of that kind among the fixtures.
pub(crate) fn fixture_of(kind: Kind) -> PathBuf {
    let file = |folder: &str| package().join("fixtures").join(folder).join(format!("{kind}.csv"));
    let folders = ["inventory", "hubs", "firmware", "service"].map(file);
    folders.into_iter().find(|file| file.exists()).unwrap()
}

/// A service, its folder and its clock.
pub(crate) struct Smi {
    pub(crate) service: App,
    pub(crate) clock: Clock,
    dir: TempDir,
    database: Database,
    counter: AtomicU64,
}

impl Smi {
    pub(crate) fn new() -> Self {
        Self::with(WanUnknown::Word, Vec::new())
    }

    pub(crate) fn with(wan_unknown: WanUnknown, csp_unavailable: Vec<CspRegion>) -> Self {
        let rules = RuleSettings { wan_unknown, ..RuleSettings::default() };
        Self::under(rules, CodeOverrides::default(), csp_unavailable, None)
    }

    /// As an operator would have it.
    pub(crate) fn under(
        rules: RuleSettings,
        codes: CodeOverrides,
        csp_unavailable: Vec<CspRegion>,
        simulated_devices: Option<SimulatedDevices>,
    ) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        let choices = Choices { rules, codes, csp_unavailable, simulated_devices, ..Choices::of(DCC) };
        Self::of(database, store, choices)
    }

    /// With those choices.
    pub(crate) fn choosing(choices: Choices) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        Self::of(database, store, choices)
    }

    /// With choices that name the database.
    pub(crate) fn choosing_by(choices: impl FnOnce(&str) -> Choices) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        let choices = choices(&database.url);
        Self::of(database, store, choices)
    }

    /// With a limit of one User's requests in flight.
    pub(crate) fn with_user_limit(limit: NonZeroUsize) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        Self::of(database, store, Choices { max_in_flight_per_user: Some(limit), ..Choices::of(DCC) })
    }

    /// With other rules.
    pub(crate) fn with_rules(rules: RuleSettings) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        Self::of(database, store, Choices { rules, ..Choices::of(DCC) })
    }

    /// With these DCC Alerts.
    pub(crate) fn alerting(alerts: AlertSettings, rules: RuleSettings) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        Self::of(database, store, Choices { alerts, rules, ..Choices::of(DCC) })
    }

    /// With a store of the caller's.
    pub(crate) fn with_store(store: Store) -> Self {
        Self::of(Database::file(), store, Choices::of(DCC))
    }

    /// On a file, whatever the environment says.
    pub(crate) fn on_a_file(choices: impl FnOnce(&str) -> Choices) -> Self {
        let database = Database::file_with_tables(make_tables);
        let store = Store::open(&database.url).unwrap();
        let choices = choices(&database.url);
        Self::of(database, store, choices)
    }

    /// With CSPs to be asked.
    pub(crate) fn asking(rules: RuleSettings, csps: impl FnOnce(&Clock) -> Csps) -> Self {
        let database = fresh_database();
        let store = Store::open(&database.url).unwrap();
        let choices = Choices { rules, ..Choices::of(DCC) };
        Self::of_all(database, store, choices, |clock| Some(csps(clock)))
    }

    fn of(database: Database, store: Store, choices: Choices) -> Self {
        Self::of_all(database, store, choices, |_| None)
    }

    fn of_all(
        database: Database,
        store: Store,
        choices: Choices,
        csps: impl FnOnce(&Clock) -> Option<Csps>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(parse_instant("2026-06-01T12:00:00Z").unwrap());
        pki::init(&dir.path().join("pki"), clock.now().0).unwrap();
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&dir.path().join("pki")).unwrap();
        let csps = csps(&clock);
        let service = App::with_csps(store, trust, clock.clone(), choices, csps);
        let smi = Self { service, clock, dir, database, counter: AtomicU64::new(0) };
        smi.import(Kind::Users, USERS);
        smi
    }

    /// Another instance on the same database, with the same keys and choices.
    pub(crate) fn another_instance(&self) -> App {
        self.instance_on(self.url())
    }

    /// The same, on another database.
    pub(crate) fn instance_on(&self, url: &str) -> App {
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&self.folder().join("pki")).unwrap();
        let store = Store::open(url).unwrap();
        App::new(store, trust, self.clock.clone(), self.service.choices().clone())
    }

    /// Where its database is.
    pub(crate) fn url(&self) -> &str {
        &self.database.url
    }

    /// Where its keys are, in `pki`.
    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn now(&self) -> Now {
        self.clock.now()
    }

    pub(crate) fn move_to(&self, instant: &str) {
        assert!(self.clock.set(instant.parse::<Timestamp>().unwrap()));
    }

    pub(crate) fn import(&self, kind: Kind, csv: &str) {
        store::import(self.service.store(), kind, csv.as_bytes(), self.now(), &mut |_| ()).unwrap();
    }

    pub(crate) fn request(&self, sender: Eui64, body: Body) -> Request {
        let counter = self.counter.fetch_add(1, Ordering::Relaxed);
        let service: ServiceRequest = body.service();
        Request {
            schema_version: SchemaVersion::newest(),
            id: RequestId { originator: sender, target: DCC, counter },
            command_variant: CommandVariant::NON_DEVICE,
            variant: service.as_str().parse().unwrap(),
            body,
        }
    }

    /// A device request, for that Device.
    pub(crate) fn request_to(&self, target: Eui64, sender: Eui64, body: Body) -> Request {
        let request = self.request(sender, body);
        let id = RequestId { target, ..request.id };
        Request { id, command_variant: CommandVariant::SEND, ..request }
    }

    pub(crate) fn signed(&self, request: &Request) -> Vec<u8> {
        self.sign(&xml::compose(request), request.id.originator)
    }

    pub(crate) fn sign(&self, message: &str, signer: Eui64) -> Vec<u8> {
        let trust = self.service.trust();
        let signer = trust.signer_for(signer, self.now().0).unwrap();
        signature::sign(message.as_bytes(), signer).unwrap()
    }

    /// Sends bytes; the answer's signature is verified.
    pub(crate) fn post(&self, message: &[u8]) -> Told {
        self.post_to(WebService::NonDevice, message)
    }

    pub(crate) fn post_to(&self, service: WebService, message: &[u8]) -> Told {
        match self.service.answer(message, service).unwrap() {
            Reply::Answer(answer) => {
                let text = String::from_utf8(answer).unwrap();
                let document = xml::parse(text.as_bytes()).unwrap();
                signature::verify_document(&document, DCC, &self.service.trust(), self.now().0).unwrap();
                let code = xml::read_answer(&document).unwrap().code;
                Told { code, text }
            }
            reply @ (Reply::NotXml(_)
            | Reply::NotImplemented(_)
            | Reply::LocalDelivery(_)
            | Reply::Withheld
            | Reply::PreCommand(_)) => panic!("{reply:?}"),
        }
    }

    pub(crate) fn ask(&self, sender: Eui64, body: Body) -> Told {
        self.post(&self.signed(&self.request(sender, body)))
    }

    /// What would be decided, without deciding it.
    pub(crate) fn what_if(&self, sender: Eui64, body: Body) -> Decision {
        let request = self.request(sender, body);
        let now = self.now();
        let decide =
            |connection: &mut _| self.service.decide(connection, &request, WebService::NonDevice, now);
        self.service.store().read(decide).unwrap()
    }
}

/// An answer.
pub(crate) struct Told {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl Told {
    /// The answer with its time and signature masked.
    pub(crate) fn masked(&self) -> String {
        let signature = self.text.find("<ds:Signature").unwrap_or(self.text.len());
        let (before, after) = self.text.split_at(signature);
        let end = after.find("</ds:Signature>").map_or(0, |at| at + "</ds:Signature>".len());
        format!("{before}[signature]{}", &after[end..])
    }
}
