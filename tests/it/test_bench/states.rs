//! States: kept and put back while the service runs, and nothing of after them is left.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use smi::{
    db::{Connection, StoreFault},
    domain::{Body, Eui64, ReadInventory, RequestId},
    rules::privacy::PrivacySettings,
    service::{
        Choices,
        jobs::{Jobs, retention::Ages},
        test_bench::{StatesChoices, TestChoices},
    },
    store::{self, Kind, MessageKind, NewMessage},
    tls::ClientTls,
};
use tempfile::TempDir;

use super::bench::Bench;
use crate::support::{
    DCC, METER, SUPPLIER, Smi,
    receiver::{DEADLINE, Receiver},
    served::Served,
};

/// A bench with a folder for states, on which every Other User that sends something is assessed.
pub(super) fn keeping() -> (Bench, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let smi = Smi::choosing_by(|url| {
        let dir = folder.path().join("states");
        let states = StatesChoices { dir, store_url: url.to_owned(), store_timeout: Duration::from_secs(5) };
        let test = TestChoices { states: Some(states), ..TestChoices::default() };
        let privacy = PrivacySettings { threshold: Some(0), ..PrivacySettings::default() };
        Choices { test: Some(test), privacy, ..Choices::of(DCC) }
    });
    (Bench::of(smi), folder)
}

fn exported(bench: &Bench) -> Vec<String> {
    [Kind::Devices, Kind::Users, Kind::Registrations].map(|kind| bench.smi.exported(kind)).into()
}

/// HARNESS.md 6: back to the store as it stood, and the clock with it.
#[test]
fn a_state_brings_back_the_store_and_the_clock() {
    let (bench, _folder) = keeping();
    let (before, kept_at) = (exported(&bench), bench.smi.now());
    let kept = bench.call("PUT", "/manage/states/before", "");
    assert_eq!((kept.0, &kept.1["taken_at"]), (200, &json!("2026-06-01T12:00:00.000Z")), "{}", kept.1);
    bench.smi.move_to("2027-01-01T00:00:00Z");
    let (request, message) = bench.deletion();
    assert_eq!(bench.shown(&bench.send(&message)), "I99");
    assert_ne!(exported(&bench), before);
    let restored = bench.call("POST", "/manage/states/before/restore", "");
    assert_eq!((restored.0, &restored.1["name"]), (200, &json!("before")), "{}", restored.1);
    assert_eq!((exported(&bench), bench.smi.now()), (before, kept_at));
    assert!(bench.smi.decisions(request.id).is_empty());
    // Its RequestID is new again.
    assert_eq!(bench.shown(&bench.send(&message)), "I99");
    let acts = bench.get("/manage/acts?area=test");
    let acts = acts["acts"].as_array().unwrap().iter().map(|act| (act["about"].clone(), act["act"].clone()));
    assert_eq!(acts.collect::<Vec<_>>(), [(json!("state before"), json!("restore"))]);
    // Of that name again: it takes the place of the one before.
    assert_eq!(bench.call("PUT", "/manage/states/before", "").0, 200);
    assert_eq!(bench.get("/manage/states")["states"].as_array().unwrap().len(), 1);
    assert_eq!(bench.call("POST", "/manage/states/before/restore", "").0, 200);
    assert_eq!(bench.smi.decisions(request.id).len(), 1);
    assert_eq!(bench.call("DELETE", "/manage/states/before", "").0, 200);
    assert_eq!(bench.get("/manage/states")["states"], json!([]));
}

/// What a client knows of one of its requests.
#[derive(Clone, Copy)]
struct Sent {
    begun: Instant,
    answered: Instant,
}

/// Sends reads, each under a RequestID of its own, until it is told to stop.
fn send_until(bench: &Bench, stop: &AtomicBool, sent: &Mutex<Vec<(RequestId, Sent)>>) {
    while !stop.load(Ordering::SeqCst) {
        let body = Body::ReadInventory(ReadInventory::DeviceId(METER));
        let request = bench.smi.request(SUPPLIER, body);
        let (message, begun) = (bench.smi.signed(&request), Instant::now());
        let seen = bench.send(&message);
        assert_eq!(seen.status(), 200);
        sent.lock().unwrap().push((request.id, Sent { begun, answered: Instant::now() }));
    }
}

/// Waits until the clients got so many more answers that some of the requests began after this.
fn until_more_are_answered(sent: &Mutex<Vec<(RequestId, Sent)>>) {
    let answered = || sent.lock().unwrap().len();
    let (before, since) = (answered(), Instant::now());
    while answered() < before + 64 {
        assert!(since.elapsed() < DEADLINE, "{} answers, then no more", answered());
        thread::sleep(Duration::from_millis(5));
    }
}

pub(super) fn ten_thousand_devices() -> String {
    (0..10_000_u32).fold("device_id,device_type,status\n".to_owned(), |csv, number| {
        let [.., a, b, c] = number.to_be_bytes();
        let id = Eui64::from_octets([0, 0xDB, 0, 0, 1, a, b, c]);
        format!("{csv}{id},ESME,Commissioned\n")
    })
}

/// HARNESS.md 6: 10,000 Devices, restored while 16 clients send: nothing of after the state is left, nothing that was acknowledged
/// before it is missing. How long requests wait is printed: docs/TESTING.md says what was measured.
#[test]
fn a_restore_of_ten_thousand_devices_while_sixteen_clients_send() {
    let (bench, _folder) = keeping();
    bench.smi.import(Kind::Devices, &ten_thousand_devices());
    let (stop, sent) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let times = thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| send_until(&bench, &stop, &sent));
        }
        until_more_are_answered(&sent);
        let keeping = Instant::now();
        assert_eq!(bench.call("PUT", "/manage/states/s", "").0, 200);
        let kept = Instant::now();
        until_more_are_answered(&sent);
        let restoring = Instant::now();
        let (status, body) = bench.call("POST", "/manage/states/s/restore", "");
        assert_eq!(status, 200, "{body}");
        let restored = Instant::now();
        until_more_are_answered(&sent);
        stop.store(true, Ordering::SeqCst);
        (keeping, kept, restoring, restored, body["took_ms"].as_u64().unwrap())
    });
    let (keeping, kept, restoring, restored, took_ms) = times;
    println!("restored in {took_ms} ms, {} ms with all", (restored - restoring).as_millis());
    let (mut before, mut between, mut after) = (0, 0, 0);
    for (id, Sent { begun, answered }) in sent.into_inner().unwrap() {
        let is_there = !bench.smi.decisions(id).is_empty();
        if answered < keeping {
            before += 1;
            assert!(is_there, "acknowledged before the state, and missing: {id}");
        } else if begun > kept && answered < restoring {
            between += 1;
            assert!(!is_there, "of after the state, and left: {id}");
        } else if begun > restored {
            after += 1;
            assert!(is_there, "acknowledged after the restore, and missing: {id}");
        }
    }
    assert!(before > 0 && between > 0 && after > 0, "{before} {between} {after}");
    assert_eq!(bench.smi.exported(Kind::Devices).lines().count(), 10_002);
}

/// HARNESS.md 6: a delivery of after the state is void, and what waited then waits again.
#[test]
fn what_waited_for_its_delivery_is_delivered_again() {
    let ((bench, _folder), receiver) = (keeping(), Receiver::start(&[]));
    let users =
        format!("user_id,roles,status,receive_response_url\n{SUPPLIER},IS,Active,{}\n", receiver.url());
    bench.smi.import(Kind::Users, &users);
    let now = bench.smi.now();
    let put = move |connection: &mut Connection| {
        let (kind, message) = (MessageKind::Alert, b"<a/>".as_slice());
        let new = NewMessage { user: SUPPLIER, device: None, request_id: None, kind, message };
        store::enqueue_message(connection, new, now)
    };
    bench.smi.service.store().transact::<_, StoreFault, _>(put).unwrap();
    assert_eq!(bench.call("PUT", "/manage/states/waiting", "").0, 200);
    let jobs = Jobs::start(&bench.smi.service, Ages::of_days(0, 0), &ClientTls::none()).unwrap();
    assert_eq!(receiver.body(), "<a/>");
    assert_eq!(bench.call("POST", "/manage/states/waiting/restore", "").0, 200);
    assert_eq!(receiver.body(), "<a/>");
    let since = Instant::now();
    while bench.get("/manage/outbox?state=delivered")["messages"].as_array().unwrap().is_empty() {
        assert!(since.elapsed() < DEADLINE);
        thread::sleep(Duration::from_millis(5));
    }
    jobs.stop();
}

/// HARNESS.md 6: names that are paths, states that are not there, and files that were changed are refused with the reason.
#[test]
fn what_is_no_state_is_refused_with_the_reason() {
    let (bench, folder) = keeping();
    for (method, path) in [
        ("PUT", "/manage/states/a%2Fb"),
        ("PUT", "/manage/states/a/b"),
        ("PUT", "/manage/states/.a"),
        ("PUT", "/manage/states/%2e%2e"),
        ("DELETE", "/manage/states/a%20b"),
        ("POST", "/manage/states/a%2Fb/restore"),
    ] {
        let (status, body) = bench.call(method, path, "");
        let error = body["error"].as_str().unwrap();
        assert!(status == 400 && error.starts_with("name: `"), "{method} {path}: {status} {error}");
    }
    let gone = (404, json!({ "error": "there is no state `gone`" }));
    assert_eq!(bench.call("POST", "/manage/states/gone/restore", ""), gone);
    assert_eq!(bench.call("DELETE", "/manage/states/gone", ""), gone);
    assert_eq!(bench.call("PUT", "/manage/states/a", "").0, 200);
    let file = folder.path().join("states/a.backup");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("ADE", "ADF")).unwrap();
    let before = exported(&bench);
    let (status, body) = bench.call("POST", "/manage/states/a/restore", "");
    assert!(status == 409 && body["error"].as_str().unwrap().contains("the file was changed"), "{body}");
    assert_eq!(exported(&bench), before);
}

/// HARNESS.md 6: a restore while another runs: 409 with the reason. The other ends when what is under way has ended.
#[test]
fn a_restore_waits_for_what_is_under_way_and_another_is_refused() {
    let (bench, _folder) = keeping();
    assert_eq!(bench.call("PUT", "/manage/states/a", "").0, 200);
    let under_way = actix_web::rt::System::new().block_on(bench.smi.service.gate().pass());
    let restore = || bench.call("POST", "/manage/states/a/restore", "");
    thread::scope(|scope| {
        // It may come while the loop below keeps a state, and is refused then.
        let first = scope.spawn(|| {
            loop {
                let reply = restore();
                if reply.0 != 409 {
                    return reply;
                }
            }
        });
        let since = Instant::now();
        loop {
            // This does not wait for what is under way, so that the restore comes to have its turn.
            let (status, body) = bench.call("PUT", "/manage/states/b", "");
            if status == 409 && body["error"] == "another state is being kept, restored or removed" {
                break;
            }
            assert!(since.elapsed() < DEADLINE, "{status} {body}");
        }
        assert_eq!(restore().0, 409);
        drop(under_way);
        assert_eq!(first.join().unwrap().0, 200);
    });
    assert_eq!(bench.call("POST", "/manage/states/a/restore", "").0, 200);
}

/// HARNESS.md 6: states are for one instance alone: 409 while another has the database open.
#[test]
fn with_another_instance_no_state_is_restored() {
    let (bench, folder) = keeping();
    assert_eq!(bench.call("PUT", "/manage/states/a", "").0, 200);
    let settings = format!("[store]\nurl = '{}'\n[manage]\ntoken = 'x'\n", bench.smi.url());
    std::fs::write(folder.path().join("smi.toml"), settings).unwrap();
    let other = Served::start(folder.path(), folder.path());
    other.address("manage");
    let (status, body) = bench.call("POST", "/manage/states/a/restore", "");
    let reason = "another instance or program has the database open: states are for one instance alone";
    assert_eq!((status, body["error"].as_str().unwrap()), (409, reason));
    drop(other);
    let since = Instant::now();
    while bench.call("POST", "/manage/states/a/restore", "").0 != 200 {
        assert!(since.elapsed() < DEADLINE);
    }
}
