//! Batches as a whole: their number, their size, and the same one again.

use std::time::Instant;

use smi::{
    service::jobs::retention::{self, Ages},
    store,
};

use super::{Gated, Hub, hub, outcomes_in};
use crate::support::Smi;

/// SMI.md 3/6, for batches: the very same message gets the first answer again, and nothing is applied twice.
#[test]
fn the_same_batch_gets_the_first_answer_and_another_under_its_number_is_refused() {
    let gated = Gated::with_updates();
    let batch = hub::message(7, &[Hub::new(1)]);
    let first = gated.post("csp-north", &batch);
    assert_eq!((first.0, outcomes_in(&first.1)), (200, vec!["new".to_owned()]));
    let before = gated.everything();
    gated.smi.move_to("2026-06-02T12:00:00Z");
    assert_eq!(gated.post("csp-north", &batch), first);
    assert_eq!(gated.everything(), before);
    let other = gated.post("csp-north", &batch.replace('\n', " "));
    assert_eq!(other, (409, "batchId `7` was used before, by another message\n".to_owned()));
    assert_eq!(gated.everything(), before);
    // The numbers of another CSP are its own.
    assert_eq!(gated.outcomes("csp-central-south", 7, &[Hub::new(2)]), ["refused N3/a"]);
    gated.server.stop().unwrap();
}

/// SMI.md 3/6: what was given up is not applied again either.
#[test]
fn an_old_batch_is_never_applied_again_though_its_answer_is_gone() {
    let gated = Gated::new();
    let batch = hub::message(7, &[Hub::new(1)]);
    gated.post("csp-north", &batch);
    gated.smi.move_to("2026-09-01T00:00:00Z");
    let given_up = retention::purge_expired(
        gated.smi.service.store(),
        Ages::of_days(30, 0),
        gated.smi.now(),
        &mut || true,
    );
    assert_eq!((given_up.totals.answers, given_up.faults.len()), (1, 0));
    let (status, reason) = gated.post("csp-north", &batch);
    assert_eq!((status, reason.contains("no longer kept")), (409, true), "{reason}");
    gated.server.stop().unwrap();
}

/// Ten thousand hubs are one durable step; one more is refused with its reason.
#[test]
fn ten_thousand_hubs_are_taken_in_one_step_and_one_more_is_not() {
    let gated = Gated::new();
    let mut hubs = (1..=10_001).map(Hub::new).collect::<Vec<_>>();
    let (status, reason) = gated.post("csp-north", &hub::message(1, &hubs));
    assert_eq!(
        (status, reason.as_str()),
        (413, "there are 10001 hubs; one call carries 10000 hubs at most\n")
    );
    hubs.truncate(10_000);
    let begun = Instant::now();
    let outcomes = gated.north(1, &hubs);
    println!("10,000 new hubs: {:?}", begun.elapsed());
    assert_eq!((outcomes.len(), outcomes.iter().all(|outcome| outcome == "new")), (10_000, true));
    assert_eq!(chained(&gated.smi), 10_000);
    assert!(gated.device(&hubs[9_999].gpf()).is_some());
    gated.server.stop().unwrap();
}

/// A statement carries some hundreds of rows: what is before, between and after is done alike, and in order.
#[test]
fn outcomes_stand_in_the_order_of_the_hubs_however_many_there_are() {
    let gated = Gated::with_updates();
    let hubs = (0..1_101).map(Hub::new).collect::<Vec<_>>();
    // Every third is known before.
    let known = hubs.iter().step_by(3).cloned().collect::<Vec<_>>();
    assert_eq!(gated.north(1, &known).len(), 367);
    let mut told = hubs.clone();
    for (number, hub) in (0..).zip(&mut told) {
        match number % 6 {
            0 => hub.set("firmwareVersion", "02000001"),
            4 => hub.set("cspRegion", "South"),
            _ => {}
        }
    }
    let expected = ["updated", "new", "new", "unchanged", "refused N3/a", "new"];
    let outcomes = gated.north(2, &told);
    assert!(outcomes.iter().eq(expected.iter().cycle().take(1_101)), "{outcomes:?}");
    for (hub, expected) in told.iter().zip(expected.iter().cycle()) {
        let device = gated.device(&hub.gpf());
        let firmware = device.and_then(|device| device.details.firmware_version);
        let there = !expected.starts_with("refused");
        assert_eq!(
            firmware.map(|version| version.to_string()),
            there.then(|| hub.get("firmwareVersion").to_owned())
        );
    }
    assert_eq!(chained(&gated.smi), 367 + 1_101);
    gated.server.stop().unwrap();
}

/// So many decisions stand in the chain as they were kept.
fn chained(smi: &Smi) -> u64 {
    smi.read(|connection| {
        let verified = store::audit_verify(connection, "smi", None, &mut |finding| panic!("{finding}"))?;
        Ok(verified.records)
    })
}

/// As many nodes as the most hubs need are read, and not without end.
#[test]
fn what_is_no_batch_is_refused_with_the_place() {
    let gated = Gated::new();
    let many = "<!-- -->".repeat(400_001);
    let comments = hub::message(1, &[Hub::new(1)]).replace("</Hub", &format!("{many}</Hub"));
    for (body, status, reason) in [
        ("", 400, "line 1, column 1: there is no root element"),
        ("<a>", 400, "line 1, column 1: an element is not closed"),
        ("<!DOCTYPE a><a/>", 400, "line 1, column 1: a document type declaration is not accepted"),
        ("<a/>", 422, "a (line 1): it is not `HubNotifications` of namespace `urn:smi:cspm-n3:1`"),
        (
            comments.as_str(),
            413,
            "more than 400000 nodes and attributes; one call carries 10000 hubs at most",
        ),
    ] {
        let (told, text) = gated.post("csp-north", body);
        assert_eq!((told, text.contains(reason)), (status, true), "{text}");
    }
    gated.server.stop().unwrap();
}
