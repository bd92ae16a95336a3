//! Each fault on purpose as a client meets it: what it sees, what the store holds then, and what its second try gets.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::json;
use smi::{duis::xml, store::Kind};

use super::bench::Bench;
use crate::support::{METER, OPERATOR, SUPPLIER};

/// One fault on the first message alone: a row of the table.
fn row(action: &str) -> String {
    let bench = Bench::start();
    bench.faults(&format!(r#"[{{"id": "f", "do": {action}, "times": 1}}]"#));
    let (request, message) = bench.deletion();
    let seen = bench.shown(&bench.send(&message));
    let kept = bench.smi.decisions(request.id);
    let is_there = bench.smi.exported(Kind::Devices).lines().count() == 2;
    let held = match kept.as_slice() {
        [] => "nothing",
        [_] => "the decision",
        _ => "more than one decision",
    };
    let meter = if is_there { "the meter is there" } else { "the meter is gone" };
    let second = bench.send(&message);
    let (again, after) = (bench.shown(&second), bench.smi.decisions(request.id).len());
    let third = bench.send(&message);
    // The first answer under a RequestID is the same to the last byte, whenever it is asked for.
    assert_eq!(second.body(), third.body(), "{action}");
    let listed = bench.get("/manage/faults");
    let count = |name: &str| listed.pointer(&format!("/faults/0/{name}")).cloned().unwrap();
    assert_eq!((count("acted"), count("fitted")), (json!(1), json!(3)), "{action}");
    let journal = bench.get("/manage/journal?fault=f");
    let journal = journal.pointer("/messages").unwrap().as_array().unwrap();
    assert_eq!(journal.len(), 1, "each act stands in the journal: {action}");
    format!("{action} | {seen} | {held}; {meter} | {again}; {after} decision\n")
}

/// HARNESS.md 5: the table of faults, by a client that meets each.
#[test]
fn each_fault_as_a_client_meets_it() {
    let mut table = "fault | the client saw | the store holds then | the second try\n".to_owned();
    for action in [
        r#"{"delay_ms": 300}"#,
        r#"{"status": 503, "retry_after": 2}"#,
        r#"{"status": 429}"#,
        r#"{"code": "E5"}"#,
        r#""drop_before""#,
        r#""drop_after""#,
        r#""bad_signature""#,
        r#""truncate""#,
        r#""wrong_type""#,
    ] {
        table.push_str(&row(action));
    }
    insta::assert_snapshot!("each_fault_as_a_client_meets_it", table);
}

#[test]
fn a_delayed_answer_is_the_same_one_later() {
    let bench = Bench::start();
    bench.faults(r#"[{"id": "slow", "do": {"delay_ms": 700}, "times": 1}]"#);
    let (_, message) = bench.deletion();
    let since = Instant::now();
    let slow = bench.send(&message);
    assert!(since.elapsed() >= Duration::from_millis(700), "{:?}", since.elapsed());
    let again = bench.send(&message);
    assert_eq!(slow.body(), again.body());
    assert_eq!(bench.shown(&slow), "I99");
}

/// A status that asks nothing about the message comes before the body is read: a client that waits with its body has it.
#[test]
fn a_status_comes_before_the_body_is_read() {
    use std::io::{Read as _, Write as _};
    let bench = Bench::start();
    bench.faults(r#"[{"id": "f", "do": {"status": 503, "retry_after": 7}}]"#);
    let mut stream = std::net::TcpStream::connect(bench.duis.address()).unwrap();
    stream.set_read_timeout(Some(crate::support::receiver::DEADLINE)).unwrap();
    let head = "POST /api/v1/serviceD HTTP/1.1\r\nhost: x\r\ncontent-type: application/xml\r\ncontent-length: 9\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 7\r\n"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    let journal = bench.get("/manage/journal");
    assert_eq!(journal["messages"][0]["request_bytes"], json!(null));
}

/// The answer with the code of the fault is valid by the schema's decoder and signed, and its RequestID stays unused.
#[test]
fn a_code_on_purpose_is_a_signed_answer_to_this_request_and_keeps_nothing() {
    let bench = Bench::start();
    bench.faults(r#"[{"id": "busy", "when": {"service": "8.4", "user": "90-B3-D5-1F-30-01-00-00"}, "do": {"code": "E20"}}]"#);
    let (request, message) = bench.deletion();
    let seen = bench.send(&message);
    assert_eq!(bench.shown(&seen), "E20");
    let document = xml::parse(seen.body()).unwrap();
    let answer = xml::read_answer(&document).unwrap();
    assert_eq!((answer.request_id, answer.variant), (Some(request.id), Some(request.variant)));
    assert!(bench.smi.decisions(request.id).is_empty());
    // Other Users, and other Service Requests, are decided as ever.
    let read = smi::domain::Body::ReadInventory(smi::domain::ReadInventory::DeviceId(METER));
    let other = bench.smi.signed(&bench.smi.request(SUPPLIER, read.clone()));
    assert_ne!(bench.shown(&bench.send(&other)), "E20");
    let other = bench.smi.signed(&bench.smi.request(OPERATOR, read));
    assert_ne!(bench.shown(&bench.send(&other)), "E20");
    assert_eq!(bench.call("DELETE", "/manage/faults", "").0, 200);
    assert_eq!(bench.shown(&bench.send(&message)), "I99");
}

/// HARNESS.md 5: percentages are seeded: the same seed, the same run, on another instance too.
#[test]
fn the_same_seed_is_the_same_run_on_another_instance() {
    let run = |seed: u32| {
        let bench = Bench::start();
        let list = r#"[{"id": "some", "when": {"percent": 40}, "do": {"status": 503}}]"#;
        assert_eq!(bench.call("PUT", &format!("/manage/faults?seed={seed}"), list).0, 200);
        (0..24).fold(String::new(), |mut run, _| {
            write!(run, "{} ", bench.send(b"<a/>").status()).unwrap();
            run
        })
    };
    let first = run(3);
    assert!(first.contains("503") && first.contains("200"), "{first}");
    assert_eq!(first, run(3));
    assert_ne!(first, run(4));
}

/// The journal names the fault even where the client did not wait for the answer.
#[test]
fn a_client_that_hangs_up_is_in_the_journal_with_its_fault() {
    use std::io::Write as _;
    let bench = Bench::start();
    bench.faults(r#"[{"id": "slow", "do": {"delay_ms": 600000}}]"#);
    let (request, message) = bench.deletion();
    let mut stream = std::net::TcpStream::connect(bench.duis.address()).unwrap();
    let head = format!(
        "POST /api/v1/serviceD HTTP/1.1\r\nhost: x\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n\r\n",
        message.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&message).unwrap();
    let since = Instant::now();
    while bench.smi.decisions(request.id).is_empty() {
        assert!(since.elapsed() < crate::support::receiver::DEADLINE);
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stream);
    let entry = loop {
        let journal = bench.get("/manage/journal?fault=slow");
        if let Some(entry) = journal["messages"].get(0) {
            break entry.clone();
        }
        assert!(since.elapsed() < crate::support::receiver::DEADLINE);
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!((&entry["status"], &entry["request_bytes"]), (&json!(null), &json!(message.len())));
}
