//! Every file of `fixtures/hostile`, and what is too large to be one: the answer, the reason, and what it costs.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use smi::{
    clock::Clock,
    db::Store,
    domain::{WebService, parse_instant},
    duis::{
        signature::{TrustStore, ValidityCheck, pki, sign, verify_request},
        xml::{self, Undecodable},
    },
    service::{App, Choices, Reply},
    store::{self, Kind},
};
use tempfile::TempDir;

use super::{folder, large};
use crate::support::{DCC, SUPPLIER, fixture_of, package};

/// Processor time of one message, in a build without optimisation: some 100 times what the dearest one takes.
const MOST_SECONDS: f64 = 20.0;
/// Memory of the whole test: 20 MB of body, its canonical form, which escaping may make six times as long, and room.
const MOST_MEMORY_KB: u64 = 400_000;

/// Bytes of a reason: a sender must not fill the log.
const MOST_SAID: usize = 2_000;

const TABLE: &str = "| --- | --- | --- |\n";

/// A service with the inventory of the fixtures, which knows the signers of the corpus.
struct Target {
    service: App,
    dir: TempDir,
    /// The inventory as it was.
    before: String,
}

impl Target {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(parse_instant("2026-06-01T12:00:00Z").unwrap());
        pki::init(&dir.path().join("pki"), clock.now().0).unwrap();
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&dir.path().join("pki")).unwrap();
        trust.load_folder(&folder().join("pki")).unwrap();
        assert_eq!(trust.warnings(), [] as [String; 0]);
        let store = Store::open(&format!("sqlite://{}", dir.path().join("smi.db").display())).unwrap();
        for kind in Kind::ALL {
            let csv = fs::read(fixture_of(*kind)).unwrap();
            store::import(&store, *kind, &csv, clock.now(), &mut |_| ()).unwrap();
        }
        let target =
            Self { service: App::new(store, trust, clock, Choices::of(DCC)), dir, before: String::new() };
        let before = target.inventory();
        Self { before, ..target }
    }

    /// The bytes of the database.
    fn database(&self) -> Vec<Vec<u8>> {
        ["smi.db", "smi.db-wal"].map(|name| fs::read(self.dir.path().join(name)).unwrap_or_default()).into()
    }

    /// What anybody could notice, beside the decisions.
    fn inventory(&self) -> String {
        let mut all = Vec::new();
        for kind in Kind::ALL {
            self.service.store().read(|connection| store::export(connection, *kind, &mut all)).unwrap();
        }
        String::from_utf8(all).unwrap()
    }

    /// The answer to a message: the HTTP status, or the code.
    fn answer(&self, message: &[u8]) -> String {
        match self.service.answer(message, WebService::NonDevice).unwrap() {
            Reply::NotXml(_) => "HTTP 400".to_owned(),
            Reply::NotImplemented(_) | Reply::LocalDelivery(_) | Reply::PreCommand(_) => {
                "HTTP 501".to_owned()
            }
            Reply::Withheld => panic!("no fault stands"),
            Reply::Answer(answer) => xml::read_answer(&xml::parse(&answer).unwrap()).unwrap().code,
        }
    }

    /// Why, in the words of the log; nothing where the message is a proven User's.
    fn reason(&self, message: &[u8]) -> Option<String> {
        match xml::decode(message) {
            Err(Undecodable::NotXml(reason)) => Some(reason.to_string()),
            Err(Undecodable::Invalid(reason)) => Some(reason.to_string()),
            Err(reason @ Undecodable::NotImplemented(_)) => Some(reason.to_string()),
            Ok(decoded) => {
                let verified = verify_request(&decoded, &self.service.trust(), self.service.clock().now().0);
                verified.err().map(|reason| reason.to_string())
            }
        }
    }

    /// Sends a message, and says what happened; it must not have changed anything.
    fn outcome(&self, name: &str, message: &[u8]) -> String {
        let database = self.database();
        let answer = self.answer(message);
        assert!(!answer.starts_with('I'), "{name}: answered as a success, {answer}");
        match self.reason(message) {
            Some(reason) => {
                assert!(self.database() == database, "{name}: the database is another");
                assert!(reason.len() < MOST_SAID, "{name}: {} bytes for the log", reason.len());
                format!("{answer}: {}", shown(&reason))
            }
            None => {
                assert!(self.inventory() == self.before, "{name}: the inventory is another");
                format!("{answer}, kept")
            }
        }
    }
}

/// On one line of a table, whatever a message made the reason contain.
fn shown(reason: &str) -> String {
    let mut shown = String::new();
    for character in reason.chars().take(110) {
        match character {
            '|' => shown.push_str("\\|"),
            ' '..='~' => shown.push(character),
            _ => shown.extend(character.escape_unicode()),
        }
    }
    if reason.chars().count() > 110 {
        shown.push_str("...");
    }
    shown
}

/// Every message of the corpus by its name.
pub(super) fn files() -> BTreeMap<String, PathBuf> {
    let root = folder();
    let mut files = BTreeMap::new();
    for part in fs::read_dir(&root).unwrap().map(|part| part.unwrap().path()) {
        let is_flaws = part.is_dir() && !["pki", "signed"].iter().any(|other| part.ends_with(other));
        let inside = if is_flaws { Some(fs::read_dir(&part).unwrap()) } else { None };
        for file in inside.into_iter().flatten() {
            let file = file.unwrap().path();
            files.insert(file.strip_prefix(&root).unwrap().display().to_string(), file);
        }
    }
    files
}

/// The seconds this thread has had of a processor.
fn processor_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// The most memory this process ever had, where the system tells.
fn most_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The flaw that the page has for each name.
fn flaws(page: &str) -> BTreeMap<String, String> {
    let (_, rows) = page.split_once(TABLE).unwrap();
    let rows = rows.lines().map(|row| {
        let mut cells = row.trim_start_matches("| ").splitn(3, " | ");
        (cells.next().unwrap().trim_matches('`').to_owned(), cells.next().unwrap().to_owned())
    });
    rows.collect()
}

fn good_request(target: &Target) -> Vec<u8> {
    let message = fs::read(package().join("fixtures/requests/8.4-correct-variant.xml")).unwrap();
    let trust = target.service.trust();
    let signer = trust.signer_for(SUPPLIER, target.service.clock().now().0).unwrap();
    sign(&message, signer).unwrap()
}

#[test]
fn every_flaw_is_refused_and_leaves_nothing() {
    let target = Target::new();
    let page = fs::read_to_string(folder().join("README.md")).unwrap();
    let mut says = flaws(&page);
    says.extend(large::ALL.iter().map(|(name, says, _)| (format!("made/{name}"), (*says).to_owned())));
    let mut fresh = page.split_once(TABLE).unwrap().0.to_owned() + TABLE;
    let made = large::ALL.iter().map(|(name, _, make)| (format!("made/{name}"), make()));
    let read = files().into_iter().map(|(name, path)| (name, fs::read(path).unwrap()));
    let mut messages: Vec<_> = made.chain(read).collect();
    messages.sort();
    assert!(messages.len() > 250, "{}", messages.len());
    for (name, message) in &messages {
        let before = processor_seconds();
        let outcome = target.outcome(name, message);
        let took = processor_seconds() - before;
        assert!(took < MOST_SECONDS, "{name}: {took} s of a processor");
        let flaw = says.get(name).unwrap_or_else(|| panic!("{name}: the page does not name its flaw"));
        writeln!(fresh, "| `{name}` | {flaw} | {outcome} |").unwrap();
    }
    assert!(most_memory_kb() < MOST_MEMORY_KB, "{} KB", most_memory_kb());
    assert_eq!(target.answer(&good_request(&target)), "I99", "it still answers");
    assert_page(&page, &fresh);
}

fn assert_page(page: &str, fresh: &str) {
    if page != fresh {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile.md");
        fs::write(&path, fresh).unwrap();
        panic!("fixtures/hostile/README.md is stale; read `{}` and copy it there", path.display());
    }
}

#[test]
fn the_signed_messages_have_no_flaw() {
    let target = Target::new();
    let mut codes = BTreeMap::new();
    for file in fs::read_dir(folder().join("signed")).unwrap() {
        let path = file.unwrap().path();
        let message = fs::read(&path).unwrap();
        assert_eq!(target.reason(&message), None, "{}", path.display());
        codes.insert(path.file_name().unwrap().to_string_lossy().into_owned(), target.answer(&message));
    }
    insta::assert_debug_snapshot!(codes, @r#"
    {
        "8.2-address.xml": "E080201",
        "8.4-change.xml": "I99",
        "8.4-comments.xml": "I99",
        "8.4-laid-out.xml": "I99",
    }
    "#);
}
