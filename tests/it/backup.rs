//! A backup is one moment of the store; it comes back whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use proptest::prelude::*;
use smi::{
    db::{ReadOnlyStore, Store, StoreOptions},
    domain::{Csp, CspRegion, Eui64, Now},
    duis::signature::pki,
    hash::Hasher,
    rules::n3::KnownHubs,
    service::{App, HubReply},
    store::{self, BackedUp, BackupFault, Finding, Kind, Restored},
};
use tempfile::TempDir;

use crate::{
    retention::pre_notification,
    support::{SUPPLIER, Smi, fixture_of, fresh_database, package},
};

const TIMEOUT: Duration = Duration::from_secs(5);

fn full() -> Smi {
    let smi = Smi::new();
    // Before the Central Products List is loaded, which does not have their model.
    for device in 1..=3 {
        assert_eq!(smi.ask(SUPPLIER, pre_notification(Eui64::from_octets([device; 8]))).code, "I99");
    }
    notify(&smi.service, 1);
    for kind in Kind::ALL {
        smi.import(*kind, &fs::read_to_string(fixture_of(*kind)).unwrap());
    }
    smi
}

/// A CSP tells of the hubs of that batch: they are new.
fn notify(service: &App, batch: u8) {
    let text = fs::read_to_string(package().join("fixtures/csp/n3.xml")).unwrap();
    let text = text.replace("batchId=\"1\"", &format!("batchId=\"{batch}\""));
    let text = text.replace("56-78-91-", &format!("56-78-B{batch}-"));
    let [_, (_, id)] = pki::CSPS;
    let csp = Csp { id, regions: vec![CspRegion::Central] };
    let reply = service.submit_hubs(text, csp, KnownHubs::Stay).wait().unwrap();
    let HubReply::Answer(answer) = reply else { panic!("{reply:?}") };
    let answer = String::from_utf8(answer).unwrap();
    assert_eq!(answer.matches("outcome=\"new\"").count(), 2, "{answer}");
}

pub(crate) fn back_up(url: &str, file: &Path, now: Now) -> Result<BackedUp, BackupFault> {
    let mut store = ReadOnlyStore::open(url, TIMEOUT).unwrap().unwrap();
    store::backup(&mut store, file, now)
}

/// A folder to restore into, and the URL of a store in it that is not there yet.
fn elsewhere() -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("restored.db").display());
    (dir, url)
}

/// The lines of a backup, in an order that does not depend on the database, and without the mark that each restore makes anew.
fn lines(file: &Path) -> Vec<String> {
    let (mut lines, counters) = (all_lines(file), "{\"table\":\"counters\",\"rows\":");
    let all = lines.len();
    lines.retain(|line| !line.contains("\"restore_mark\""));
    let marks = all - lines.len();
    for line in &mut lines {
        if let Some(number) = line.strip_prefix(counters).and_then(|rest| rest.strip_suffix('}')) {
            *line = format!("{counters}{}}}", number.parse::<usize>().unwrap() - marks);
        }
    }
    lines
}

fn all_lines(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let (body, _) = text.trim_end().rsplit_once('\n').unwrap();
    let mut lines = body.lines().map(str::to_owned).collect::<Vec<_>>();
    lines.sort_unstable();
    lines
}

/// What the last restore marked the store with.
fn mark(file: &Path) -> Option<String> {
    all_lines(file).into_iter().find(|line| line.contains("\"restore_mark\""))
}

fn wrong_in(url: &str) -> Vec<Finding> {
    let mut wrong = Vec::new();
    let mut store = ReadOnlyStore::open(url, TIMEOUT).unwrap().unwrap();
    let verified = store
        .read(|connection| store::audit_verify(connection, "smi", None, &mut |found| wrong.push(found)))
        .unwrap();
    assert!(verified.records > 0);
    wrong
}

/// Backed up, restored, and backed up again.
#[test]
#[expect(clippy::too_many_lines, reason = "most are those of the snapshot")]
fn what_is_restored_is_what_was_backed_up() {
    let smi = full();
    let (dir, url) = elsewhere();
    let [first, second] = ["first", "second"].map(|name| dir.path().join(name));
    let done = back_up(smi.url(), &first, smi.now()).unwrap();
    let restored = store::restore(&url, StoreOptions::default(), &first, false).unwrap();
    assert_eq!(restored, Restored { rows: done.rows, taken_at: "2026-06-01T12:00:00.000Z".to_owned() });
    back_up(&url, &second, smi.now()).unwrap();
    assert_eq!(lines(&first), lines(&second));
    assert_eq!(wrong_in(&url), []);
    // And back into the kind of database it came from, whose service then goes on with it.
    let home = fresh_database();
    store::restore(&home.url, StoreOptions::default(), &second, true).unwrap();
    let mark_before = mark(&second);
    fs::remove_file(&second).unwrap();
    back_up(&home.url, &second, smi.now()).unwrap();
    assert_eq!(lines(&first), lines(&second));
    assert!(mark(&first).is_none() && mark_before.is_some() && mark(&second) != mark_before);
    let more = "device_id,device_type,status,device_manufacturer,device_model\n\
        00-DB-12-34-56-78-90-FE,GSME,Pending,AB01,MODEL\n";
    let store = Store::open(&home.url).unwrap();
    store::import(&store, Kind::Devices, more.as_bytes(), smi.now(), &mut |_| ()).unwrap();
    notify(&smi.instance_on(&home.url), 2);
    assert_eq!(wrong_in(&home.url), []);
    let tables = lines(&first).into_iter().filter(|line| line.starts_with("{\"table\"")).collect::<Vec<_>>();
    insta::assert_snapshot!(tables.join("\n"), @r#"
        {"table":"acts","rows":3}
        {"table":"answer_tallies","rows":0}
        {"table":"audit_heads","rows":1}
        {"table":"awaited","rows":0}
        {"table":"changes","rows":3}
        {"table":"charges","rows":6}
        {"table":"compatibility","rows":2}
        {"table":"contacts","rows":6}
        {"table":"counters","rows":1}
        {"table":"coverage","rows":15}
        {"table":"coverage_extracts","rows":5}
        {"table":"cpl","rows":11}
        {"table":"decisions","rows":5}
        {"table":"derogations","rows":2}
        {"table":"device_tallies","rows":0}
        {"table":"devices","rows":27}
        {"table":"firmware_activations","rows":0}
        {"table":"firmware_batches","rows":0}
        {"table":"firmware_capacity","rows":2}
        {"table":"firmware_days","rows":0}
        {"table":"firmware_images","rows":4}
        {"table":"firmware_parts","rows":0}
        {"table":"firmware_schedules","rows":0}
        {"table":"forecasts","rows":2}
        {"table":"hub_firmware","rows":5}
        {"table":"hub_notifications","rows":2}
        {"table":"imports","rows":21}
        {"table":"locations","rows":4}
        {"table":"maintenance_cases","rows":0}
        {"table":"maintenance_published","rows":0}
        {"table":"maintenance_schedules","rows":0}
        {"table":"maintenance_windows","rows":3}
        {"table":"model_variants","rows":2}
        {"table":"notice_recipients","rows":0}
        {"table":"notices","rows":0}
        {"table":"outbox","rows":0}
        {"table":"outbox_acts","rows":0}
        {"table":"privacy_assessments","rows":2}
        {"table":"reflash_hubs","rows":0}
        {"table":"reflash_orders","rows":0}
        {"table":"registrations","rows":13}
        {"table":"requests","rows":4}
        {"table":"status_history","rows":27}
        {"table":"stock","rows":10}
        {"table":"supplier_notices","rows":0}
        {"table":"tsat","rows":5}
        {"table":"units","rows":3}
        {"table":"users","rows":4}
        "#);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// The SHA-256 of the last line is that of the bytes before it, as any tool computes it.
#[test]
fn the_last_line_is_checked_with_common_tools() {
    let smi = full();
    let (dir, _) = elsewhere();
    let file = dir.path().join("backup");
    let done = back_up(smi.url(), &file, smi.now()).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let (body, last) = text.trim_end().rsplit_once('\n').unwrap();
    let mut hasher = Hasher::plain();
    hasher.raw(format!("{body}\n").as_bytes());
    assert_eq!(hasher.finish(), done.hash);
    assert_eq!(last, format!("{{\"sha256\":\"{}\"}}", done.hash));
}

/// Every accepted request adds a Device, a decision, an answer and a line of history: in any one moment there are as many
/// of each.
#[test]
fn a_backup_beside_a_busy_writer_is_one_moment() {
    let smi = Smi::new();
    let (dir, url) = elsewhere();
    let enough = AtomicBool::new(false);
    let busy = |first: u8| {
        let mut number = 0_u32;
        while !enough.load(Ordering::Relaxed) && number < 5_000 {
            number += 1;
            let [a, b, c, d] = number.to_be_bytes();
            let told = smi.ask(SUPPLIER, pre_notification(Eui64::from_octets([first, 0, 0, 0, a, b, c, d])));
            assert_eq!(told.code, "I99");
        }
    };
    let files = [1, 2, 3, 4, 5].map(|number| dir.path().join(format!("backup-{number}")));
    std::thread::scope(|scope| {
        let clients = [scope.spawn(|| busy(1)), scope.spawn(|| busy(2))];
        for file in &files {
            let before =
                smi.read(|connection| Ok(store::audit_head(connection, "smi")?.map(|head| head.last)));
            back_up(smi.url(), file, smi.now()).unwrap();
            let after =
                || smi.read(|connection| Ok(store::audit_head(connection, "smi")?.map(|head| head.last)));
            while after() == before {
                std::thread::yield_now();
            }
        }
        enough.store(true, Ordering::Relaxed);
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
    let counts = files.each_ref().map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let rows = |table: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(&format!("{{\"table\":\"{table}\",\"rows\":")));
            line.unwrap().trim_end_matches('}').parse::<u64>().unwrap()
        };
        let counts = ["devices", "decisions", "requests", "status_history"].map(rows);
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
        counts[0]
    });
    assert!(counts.is_sorted() && counts[4] > counts[0], "the writer was not busy: {counts:?}");
    store::restore(&url, StoreOptions::default(), &files[4], false).unwrap();
    assert_eq!(wrong_in(&url), []);
}

#[test]
fn a_backup_takes_the_place_of_nothing() {
    let smi = full();
    let (dir, _) = elsewhere();
    let file = dir.path().join("backup");
    fs::write(&file, "mine").unwrap();
    let refused = back_up(smi.url(), &file, smi.now()).unwrap_err();
    assert!(matches!(refused, BackupFault::Exists(_)), "{refused}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let nowhere = dir.path().join("missing").join("backup");
    assert!(matches!(back_up(smi.url(), &nowhere, smi.now()), Err(BackupFault::File { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_store_that_is_in_use_or_full_is_not_restored_into() {
    let smi = full();
    let (dir, url) = elsewhere();
    let file = dir.path().join("backup");
    back_up(smi.url(), &file, smi.now()).unwrap();
    let before = smi.exported(Kind::Devices);
    let busy = store::restore(smi.url(), StoreOptions::default(), &file, true).unwrap_err().to_string();
    assert!(busy.ends_with("` is in use: stop the service first"), "{busy}");
    assert_eq!(smi.exported(Kind::Devices), before);
    store::restore(&url, StoreOptions::default(), &file, false).unwrap();
    insta::assert_snapshot!(store::restore(&url, StoreOptions::default(), &file, false).unwrap_err(), @"the store is not empty (table `users` has rows): --replace puts the backup in the place of all of it");
    let again = dir.path().join("again");
    back_up(&url, &again, smi.now()).unwrap();
    assert_eq!(lines(&file), lines(&again));
    store::restore(&url, StoreOptions::default(), &file, true).unwrap();
    fs::remove_file(&again).unwrap();
    back_up(&url, &again, smi.now()).unwrap();
    assert_eq!(lines(&file), lines(&again));
}

/// The URL of a store that a backup was restored into, in the folder of the service.
pub(crate) fn restored_service(smi: &Smi, file: &Path) -> String {
    let url = format!("sqlite://{}", smi.folder().join("restored.db").display());
    store::restore(&url, StoreOptions::default(), file, false).unwrap();
    url
}

/// With another first line, and the checksum that belongs to it.
pub(crate) fn with_header(file: &Path, to: PathBuf, change: impl Fn(&str) -> String) -> PathBuf {
    let text = fs::read_to_string(file).unwrap();
    let (body, _) = text.trim_end().rsplit_once('\n').unwrap();
    let (header, rest) = body.split_once('\n').unwrap();
    let body = format!("{}\n{rest}\n", change(header));
    let mut hasher = Hasher::plain();
    hasher.raw(body.as_bytes());
    fs::write(&to, format!("{body}{{\"sha256\":\"{}\"}}\n", hasher.finish())).unwrap();
    to
}

#[test]
fn what_is_no_backup_of_this_version_is_refused_with_its_reason() {
    let smi = full();
    let (dir, url) = elsewhere();
    let at = |name: &str| dir.path().join(name);
    back_up(smi.url(), &at("backup"), smi.now()).unwrap();
    let refused =
        |file: &Path| store::restore(&url, StoreOptions::default(), file, false).unwrap_err().to_string();
    let newer = with_header(&at("backup"), at("newer"), |header| {
        header.replace("\"schema\":\"20", "\"schema\":\"99")
    });
    let format =
        with_header(&at("backup"), at("format"), |header| header.replace("backup\":1", "backup\":2"));
    fs::write(at("empty"), "").unwrap();
    fs::write(at("text"), "smi\n").unwrap();
    insta::assert_snapshot!([newer, format, at("empty"), at("text")].map(|file| refused(&file)).join("\n"), @"
        the backup is from a newer version of smi: it has migration `99261129000010`, which this version does not know
        line 1: format 2 is not known, only format 1
        line 1: the file ends here, too early
        line 1: it is not a backup of smi
        ");
    let missing = store::restore(&url, StoreOptions::default(), &at("missing"), false).unwrap_err();
    assert!(matches!(missing, BackupFault::File { .. }), "{missing}");
    assert!(!at("restored.db").exists(), "nothing is made");
    let renamed = with_header(&at("backup"), at("same"), str::to_owned);
    store::restore(&url, StoreOptions::default(), &renamed, false).unwrap();
}

#[test]
fn a_row_that_the_store_refuses_takes_everything_back() {
    let smi = full();
    let (dir, url) = elsewhere();
    let at = |name: &str| dir.path().join(name);
    back_up(smi.url(), &at("backup"), smi.now()).unwrap();
    let text = fs::read_to_string(at("backup")).unwrap();
    let bad = text.replacen("\"status\":\"Pending\"", "\"status\":\"Waiting\"", 1);
    assert_ne!(bad, text);
    fs::write(at("bad"), bad).unwrap();
    let bad = with_header(&at("bad"), at("sealed"), str::to_owned);
    store::restore(&url, StoreOptions::default(), &at("backup"), false).unwrap();
    let refused = store::restore(&url, StoreOptions::default(), &bad, true).unwrap_err();
    assert!(refused.to_string().contains("CHECK constraint failed"), "{refused}");
    back_up(&url, &at("after"), smi.now()).unwrap();
    assert_eq!(lines(&at("backup")), lines(&at("after")));
}

#[test]
fn a_backup_with_any_bit_changed_or_any_byte_missing_is_refused() {
    let smi = full();
    let (dir, url) = elsewhere();
    let file = dir.path().join("backup");
    back_up(smi.url(), &file, smi.now()).unwrap();
    store::restore(&url, StoreOptions::default(), &file, false).unwrap();
    let (good, broken) = (fs::read(&file).unwrap(), dir.path().join("broken"));
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let outcome = runner.run(&(any::<prop::sample::Index>(), 0..8_u8, any::<bool>()), |(at, bit, cut)| {
        let at = at.index(good.len());
        let mut bytes = good.clone();
        if cut {
            bytes.truncate(at)
        } else {
            bytes[at] ^= 1 << bit
        }
        fs::write(&broken, bytes).unwrap();
        prop_assert!(store::restore(&url, StoreOptions::default(), &broken, true).is_err());
        Ok(())
    });
    outcome.unwrap();
    let longer = [good.as_slice(), b"\n"].concat();
    fs::write(&broken, longer).unwrap();
    assert!(store::restore(&url, StoreOptions::default(), &broken, true).is_err());
    let after = dir.path().join("after");
    back_up(&url, &after, smi.now()).unwrap();
    assert_eq!(lines(&file), lines(&after), "the store is as it was");
}
