//! Delivery to Node-RED, as test houses have it: it accepts, refuses, is down, and is slow.

use std::time::Duration;

use smi::service::jobs::outbox::DeliveryTimeouts;

use crate::{
    outbox::Office,
    support::{METER, SUPPLIER, node_red::NodeRed},
};

#[test]
fn node_red_is_tried_again_after_a_refusal_a_timeout_and_an_absence() {
    let Some(node_red) = NodeRed::start() else { return };
    let office = Office::new(&[(SUPPLIER, &node_red.url("refuse"))]);
    let patience = DeliveryTimeouts { whole: Duration::from_secs(2), ..DeliveryTimeouts::default() };
    let delivery = office.start(patience);
    office.put(SUPPLIER, Some(METER), "<answer/>");
    assert_eq!(office.tried(1, 1).last_error.as_deref(), Some("HTTP 400"));

    office.know(&[(SUPPLIER, &node_red.url("slow"))]);
    office.move_to("2026-06-01T12:00:01Z");
    assert!(office.tried(1, 2).last_error.unwrap().contains("timeout"));

    let came = node_red.arrivals(2);
    drop(node_red);
    office.move_to("2026-06-01T12:00:03Z");
    assert!(office.tried(1, 3).last_error.unwrap().contains("refused"), "it is down");

    let Some(again) = NodeRed::start() else { return };
    office.know(&[(SUPPLIER, &again.url("accept"))]);
    office.move_to("2026-06-01T12:00:07Z");
    let accepted = office.tried(1, 4);
    assert!(accepted.delivered_at.is_some() && accepted.last_error.is_none());
    let came = came.into_iter().chain(again.arrivals(1)).map(|arrival| (arrival.path, arrival.body));
    let answer = "<answer/>".to_owned();
    assert!(came.eq(["/refuse", "/slow", "/accept"].map(|path| (path.to_owned(), answer.clone()))));
    delivery.stop();
}
