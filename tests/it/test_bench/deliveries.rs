//! Faults of deliveries, as the Receive Response address meets them, and what the outbox says of them then.

use std::time::{Duration, Instant};

use serde_json::json;
use smi::{
    db::{Connection, StoreFault},
    service::jobs::{Jobs, retention::Ages},
    store::{self, Kind, MessageKind, NewMessage},
    tls::ClientTls,
};

use super::bench::Bench;
use crate::support::{
    METER, SUPPLIER,
    receiver::{DEADLINE, Receiver},
};

/// A bench whose Supplier has that address, with these messages in the outbox, and its jobs.
fn delivering(list: &str, messages: &[&str]) -> (Bench, Receiver, Jobs) {
    let (bench, receiver) = (Bench::start(), Receiver::start(&[]));
    let users =
        format!("user_id,roles,status,receive_response_url\n{SUPPLIER},IS,Active,{}\n", receiver.url());
    bench.smi.import(Kind::Users, &users);
    bench.faults(list);
    for message in messages {
        let (message, now) = ((*message).to_owned(), bench.smi.now());
        let put = move |connection: &mut Connection| {
            let (kind, message) = (MessageKind::Alert, message.as_bytes());
            let new = NewMessage { user: SUPPLIER, device: Some(METER), request_id: None, kind, message };
            store::enqueue_message(connection, new, now)
        };
        bench.smi.service.store().transact::<_, StoreFault, _>(put).unwrap();
    }
    let jobs = Jobs::start(&bench.smi.service, Ages::of_days(0, 0), &ClientTls::none()).unwrap();
    (bench, receiver, jobs)
}

/// Waits until the outbox has so many delivered messages.
fn delivered(bench: &Bench, number: usize) {
    let since = Instant::now();
    loop {
        let listed = bench.get("/manage/outbox?state=delivered");
        if listed.pointer("/messages").unwrap().as_array().unwrap().len() == number {
            return;
        }
        assert!(since.elapsed() < DEADLINE, "{listed}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn came(receiver: &Receiver) -> Vec<String> {
    receiver.all().into_iter().map(|(_, body)| body).collect()
}

/// HARNESS.md 5: `deliver_twice`, `deliver_out_of_order`, `deliver_never` and `deliver_late_ms`.
#[test]
fn each_fault_of_a_delivery_as_its_receiver_meets_it() {
    for (action, expected) in [
        (r#""deliver_twice""#, vec!["<a/>", "<a/>", "<b/>"]),
        (r#""deliver_out_of_order""#, vec!["<b/>", "<a/>"]),
        (r#""deliver_never""#, vec!["<b/>"]),
        (r#"{"deliver_late_ms": 0}"#, vec!["<a/>", "<b/>"]),
    ] {
        let list = format!(r#"[{{"id": "f", "when": {{"device": "{METER}"}}, "do": {action}, "times": 1}}]"#);
        let (bench, receiver, jobs) = delivering(&list, &["<a/>", "<b/>"]);
        delivered(&bench, 2);
        jobs.stop();
        assert_eq!(came(&receiver), expected, "{action}");
        let journal = bench.get("/manage/journal?fault=f&kind=delivery");
        let acts = journal["messages"].as_array().unwrap().len();
        assert_eq!(
            acts,
            if action.contains("twice") || action.contains("order") { 2 } else { 1 },
            "{action}"
        );
        assert_eq!(journal["messages"][0]["user_id"], json!(SUPPLIER.to_string()));
    }
}

#[test]
fn a_late_delivery_holds_up_those_behind_it_and_no_stop() {
    let late = r#"[{"id": "late", "do": {"deliver_late_ms": 400}, "times": 1}]"#;
    let since = Instant::now();
    let (bench, receiver, jobs) = delivering(late, &["<a/>", "<b/>"]);
    assert_eq!(receiver.arrival().1, "<a/>");
    assert!(since.elapsed() >= Duration::from_millis(400));
    delivered(&bench, 2);
    jobs.stop();
    let hours = r#"[{"id": "late", "do": {"deliver_late_ms": 600000}}]"#;
    let (bench, receiver, jobs) = delivering(hours, &["<a/>"]);
    let since = Instant::now();
    jobs.stop();
    assert!(since.elapsed() < Duration::from_secs(60) && receiver.is_empty());
    assert_eq!(bench.get("/manage/outbox?state=waiting")["messages"].as_array().unwrap().len(), 1);
}

/// HARNESS.md 6: deliveries are in the journal, with what was answered.
#[test]
fn a_delivery_is_in_the_journal() {
    let (bench, receiver, jobs) = delivering("[]", &["<a/>"]);
    delivered(&bench, 1);
    jobs.stop();
    let entry = bench.get("/manage/journal?kind=delivery")["messages"][0].clone();
    assert_eq!((&entry["status"], &entry["path"]), (&json!(200), &json!(receiver.url())));
    assert_eq!((&entry["request_bytes"], &entry["answer_bytes"]), (&json!(4), &json!(0)));
    let number = entry["number"].as_i64().unwrap();
    let path = format!("/manage/journal/{number}/request.xml");
    assert_eq!(bench.bytes("GET", &path, ""), (200, b"<a/>".to_vec()));
}
