//! The journal: the bytes of each message and of its answer, and which were kept.

use serde_json::{Value, json};

use super::bench::Bench;
use crate::support::SUPPLIER;

fn numbers(listed: &Value) -> Vec<i64> {
    listed["messages"].as_array().unwrap().iter().map(|entry| entry["number"].as_i64().unwrap()).collect()
}

/// HARNESS.md 6: raw request, raw answer, headers, times, rule.
#[test]
fn a_message_and_its_answer_are_there_to_the_last_byte() {
    let bench = Bench::start();
    let (request, message) = bench.deletion();
    let seen = bench.send(&message);
    assert_eq!(bench.bytes("GET", "/manage/journal/1/request.xml", ""), (200, message.clone()));
    assert_eq!(bench.bytes("GET", "/manage/journal/1/answer.xml", ""), (200, seen.body().to_vec()));
    let entry = bench.get("/manage/journal")["messages"][0].clone();
    for (field, value) in [
        ("kind", json!("request")),
        ("at", json!("2026-06-01T12:00:00.000Z")),
        ("path", json!("/api/v1/serviceD")),
        ("user_id", json!(SUPPLIER.to_string())),
        ("request_id", json!(request.id.to_string())),
        ("service_reference_variant", json!("8.4")),
        ("rule", json!("SR8.4/l")),
        ("status", json!(200)),
        ("fault", json!(null)),
        ("request_bytes", json!(message.len())),
        ("answer_bytes", json!(seen.body().len())),
    ] {
        assert_eq!(entry[field], value, "{field}");
    }
    let has = |headers: &str, name: &str| {
        let headers = entry[headers].as_array().unwrap();
        headers.iter().any(|header| header["name"] == name)
    };
    assert!(has("request_headers", "content-length") && has("answer_headers", "content-type"), "{entry}");
    assert!(entry["peer"].as_str().unwrap().starts_with("127.0.0.1:"));
    // What is no request of DUIS is there too, with its reason.
    bench.send(b"<a");
    let entry = bench.get("/manage/journal?rule=SR/2")["messages"][0].clone();
    assert_eq!((&entry["status"], &entry["request_bytes"]), (&json!(400), &json!(2)));
    assert!(
        bench.bytes("GET", "/manage/journal/2/answer.xml", "").1.starts_with(b"no XML")
            || entry["answer_bytes"].as_u64().unwrap() > 0
    );
}

#[test]
fn it_is_listed_by_what_is_asked_for_and_in_pages_and_forgotten() {
    let bench = Bench::start();
    for _ in 0..3 {
        bench.send(b"<a/>");
    }
    let (request, message) = bench.deletion();
    bench.send(&message);
    assert_eq!(numbers(&bench.get("/manage/journal?limit=2")), [1, 2]);
    assert_eq!(bench.get("/manage/journal?limit=2")["next"], json!("2"));
    assert_eq!(numbers(&bench.get("/manage/journal?limit=2&after=2")), [3, 4]);
    assert_eq!(numbers(&bench.get(&format!("/manage/journal?request_id={}", request.id))), [4]);
    assert_eq!(numbers(&bench.get(&format!("/manage/journal?user={SUPPLIER}&kind=request"))), [4]);
    assert_eq!(numbers(&bench.get("/manage/journal?kind=delivery")), [0_i64; 0]);
    assert_eq!(bench.call("DELETE", "/manage/journal", ""), (200, json!({ "removed": 4 })));
    assert_eq!(numbers(&bench.get("/manage/journal")), [0_i64; 0]);
    let gone = bench.call("GET", "/manage/journal/4/request.xml", "");
    assert_eq!(gone, (404, json!({ "error": "the journal has no such body of a message `4`" })));
}

/// HARNESS.md 6: larger than its bound, the oldest goes.
#[test]
fn the_oldest_goes_where_the_journal_is_full() {
    let by_number = Bench::with_journal(2, 1_000_000);
    for _ in 0..5 {
        by_number.send(b"<a/>");
    }
    assert_eq!(numbers(&by_number.get("/manage/journal")), [4, 5]);
    let by_bytes = Bench::with_journal(100, 20_000);
    for _ in 0..3 {
        by_bytes.send(format!("<a>{}</a>", "x".repeat(8_000)).as_bytes());
    }
    assert_eq!(numbers(&by_bytes.get("/manage/journal")), [2, 3]);
    let off = Bench::with_journal(0, 1_000_000);
    off.send(b"<a/>");
    let (status, body) = off.call("GET", "/manage/journal", "");
    assert_eq!((status, body["error"].as_str().unwrap()), (403, "`[test] journal` is 0, which keeps none"));
}
