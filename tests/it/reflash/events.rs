//! Events: what the state allows, what rules refuse, who is told.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use serde_json::{Value, json};
use smi::store::Kind;

use super::harness::{ASKED, DEVICE_COLUMNS, World, device_rows, labels, words};

fn authorise(on: &str, window: &str) -> Value {
    json!({ "event": "Authorise", "by": "A. Clerk", "deliver_on": on, "window": window })
}

fn state(world: &World, order: &str) -> String {
    world.get(&format!("/manage/reflash/orders/{order}"))["state"].as_str().unwrap().to_owned()
}

/// MP155-T3, R4: what an authorisation tells; the location and the re-delivery stay exactly as asked.
#[test]
fn mp155_t3_an_authorisation_has_every_part() {
    let world = World::new(6);
    let asked = world.request(&[1, 2], ASKED);
    let order = asked.body["order"].as_str().unwrap();
    let mut event = authorise("2022-01-20", "09:00-12:00");
    event["purchase_order"] = "PO-1".into();
    event["contact"] = "desk@dcc.example".into();
    let authorised = world.event(order, &event);
    assert_eq!((authorised.status, &authorised.body["state"]), (200, &"Authorised".into()), "{authorised:?}");
    let delivery =
        json!({ "number": "DL-000001-1", "on": "2022-01-20", "window": "09:00-12:00", "late": null });
    assert_eq!(
        (&authorised.body["delivery"], &authorised.body["redelivery"]),
        (&delivery, &asked.body["redelivery"])
    );
    let (kind, address, text) = world.notices(order).pop().unwrap();
    assert_eq!((kind.as_str(), address.as_str()), ("reflash.authorised", "stock@alder.example"));
    insta::assert_snapshot!(text, @"
        The request RF-000001 of SUPA is accepted as it was asked, and authorised.

        Booking reference: RF-000001
        Delivery to: FLASH-CS, South site, 2 Jig Road, ZZ4 4CC
        Delivery date and window: 2022-01-20 09:00-12:00
        Delivery number: DL-000001-1
        Hubs: 2
        Purchase order: PO-1
        Work Order: -
        Contact: desk@dcc.example

        Labels, one on each:
        - 1 of 1: pallet P00000, 2 hubs
        ");
    let acts = authorised.body["acts"].as_array().unwrap();
    let rules = acts[1]["checks"].as_array().unwrap().iter().map(|check| check["rule"].as_str().unwrap());
    assert_eq!(rules.collect::<Vec<_>>(), ["RF/p", "RF/q", "RF/r"]);
}

/// HUBS.md 7: 409 with state and allowed events; the same event twice.
#[test]
fn an_event_that_the_state_does_not_allow_changes_nothing() {
    let world = World::new(6);
    let order = world.ordered(&[1, 2]);
    let cancel = json!({ "event": "Cancel", "by": "A. Clerk", "reason": "sold" });
    assert_eq!(world.event(&order, &json!({ "event": "Withdraw", "by": "A. Clerk" })).status, 409);
    assert_eq!(world.event(&order, &cancel).body["state"], "Cancelled");
    let again = world.event(&order, &cancel);
    assert_eq!(
        (again.status, again.body),
        (
            409,
            json!({ "error": "Cancel is not allowed in the state Cancelled", "state": "Cancelled", "allowed": [] })
        )
    );
    assert_eq!(world.get(&format!("/manage/reflash/orders/{order}"))["acts"].as_array().unwrap().len(), 2);
    assert_eq!(world.ordered(&[1, 2]), "RF-000002", "its hubs are free");
    assert_eq!(world.event("RF-000009", &cancel).status, 404);
}

/// HUBS.md 7, RF/p: the last place of a window is given once.
#[test]
fn rf_p_the_last_place_is_given_once() {
    let world = World::new(20);
    let orders = [world.ordered(&[1]), world.ordered(&[2]), world.ordered(&[4])];
    let given = orders.each_ref().map(|order| world.event(order, &authorise("2022-01-20", "09:00-12:00")));
    assert_eq!(given.each_ref().map(|answer| answer.status), [200, 200, 422]);
    assert_eq!(given[2].body["checks"][0]["rule"], "RF/p");
    assert_eq!(state(&world, &orders[2]), "Submitted");
    assert_eq!(world.event(&orders[0], &json!({ "event": "Cancel", "by": "A. Clerk" })).status, 200);
    assert_eq!(world.event(&orders[2], &authorise("2022-01-20", "09:00-12:00")).status, 200, "free again");
    for (on, window) in
        [("2022-01-22", "09:00-12:00"), ("2021-12-31", "09:00-12:00"), ("2022-01-20", "10:00-12:00")]
    {
        let order = world.ordered(&[5]);
        assert_eq!(world.event(&order, &authorise(on, window)).status, 422, "{on} {window}");
        assert_eq!(world.event(&order, &json!({ "event": "Cancel", "by": "A. Clerk" })).status, 200);
    }
}

/// RF/r: a hub that was installed meanwhile.
#[test]
fn rf_r_what_changed_since_the_request_refuses_its_authorisation() {
    let world = World::new(6);
    let order = world.ordered(&[1, 2]);
    world.smi.import(Kind::Devices, &format!("{DEVICE_COLUMNS}{}", device_rows(2, "Commissioned")));
    let refused = world.event(&order, &authorise("2022-01-20", "09:00-12:00"));
    assert_eq!(refused.status, 422);
    let check = &refused.body["checks"][2];
    assert_eq!(
        (&check["rule"], &check["saw"]),
        (&"RF/r".into(), &"line 3: CHF Commissioned, GPF Commissioned".into())
    );
    let reject = json!({ "event": "Reject", "by": "A. Clerk", "reasons": ["NOT_PENDING"], "note": "one is installed" });
    let rejected = world.event(&order, &reject);
    assert_eq!(
        (&rejected.body["state"], labels(&rejected)),
        (&"Rejected".into(), vec!["NOT_PENDING".to_owned()])
    );
    let (kind, _, text) = world.notices(&order).pop().unwrap();
    assert!(kind == "reflash.rejected" && text.contains("one is installed"), "{text}");
    assert_eq!(
        world.event(&order, &json!({ "event": "Reject", "by": "A. Clerk", "reasons": [] })).status,
        400
    );
}

/// HUBS.md 8 row 23; MP155-R12.
#[test]
fn row_23_a_refused_delay_lists_every_open_slot() {
    let world = World::new(6);
    world.smi.move_to("2021-12-23T12:00:00Z");
    let order = world.ordered(&[1, 2]);
    assert_eq!(world.event(&order, &authorise("2021-12-24", "13:00-17:00")).status, 200);
    let late =
        json!({ "event": "Late", "by": "B. Driver", "arrives_on": "2021-12-29", "window": "09:00-12:00" });
    let waits = world.event(&order, &late);
    assert_eq!(waits.body["delivery"]["late"], json!({ "on": "2021-12-29", "window": "09:00-12:00" }));
    assert!(words(&waits.body["allowed"]).contains(&"RefuseLate"));
    let refused = world.event(&order, &json!({ "event": "RefuseLate", "by": "A. Clerk" }));
    assert_eq!((&refused.body["state"], &refused.body["delivery"]), (&"Submitted".into(), &Value::Null));
    let (kind, _, text) = world.notices(&order).pop().unwrap();
    let slots = text.lines().filter_map(|line| line.strip_prefix("- ")).collect::<Vec<_>>();
    assert_eq!((kind.as_str(), slots.len()), ("reflash.late_refused", 40));
    assert_eq!((slots[0], slots[39]), ("2021-12-24 09:00-12:00", "2022-01-25 13:00-17:00"));
    for holiday in ["2021-12-27", "2021-12-28", "2022-01-03"] {
        assert!(!text.contains(holiday), "{holiday}");
    }
    let again = world.event(&order, &authorise("2021-12-29", "09:00-12:00"));
    assert_eq!(again.body["delivery"]["number"], "DL-000001-2", "the first number is void");
    let open = world.get("/manage/reflash/slots?site=FLASH-CS");
    assert_eq!(open["slots"].as_array().unwrap().len(), 40);
}

/// A later arrival that the DCC takes, whether or not a place is open.
#[test]
fn an_accepted_delay_moves_the_delivery() {
    let world = World::new(6);
    let order = world.ordered(&[1, 2]);
    world.event(&order, &authorise("2022-01-20", "09:00-12:00"));
    let despatch = json!({ "event": "Despatch", "by": "B. Driver", "sent_at": "2022-01-19T08:00:00Z" });
    assert_eq!(world.event(&order, &despatch).body["state"], "Despatched");
    assert_eq!(
        world.event(&order, &json!({ "event": "AcceptLate", "by": "A. Clerk" })).status,
        409,
        "nothing waits"
    );
    let late =
        json!({ "event": "Late", "by": "B. Driver", "arrives_on": "2022-01-21", "window": "13:00-17:00" });
    assert_eq!(world.event(&order, &late).status, 200);
    let moved = world.event(&order, &json!({ "event": "AcceptLate", "by": "A. Clerk" }));
    let delivery =
        json!({ "number": "DL-000001-1", "on": "2022-01-21", "window": "13:00-17:00", "late": null });
    assert_eq!((&moved.body["state"], &moved.body["delivery"]), (&"Despatched".into(), &delivery));
    assert_eq!(world.notices(&order).pop().unwrap().0, "reflash.late_accepted");
    let withdrawn = world
        .event(&order, &json!({ "event": "Withdraw", "by": "A. Clerk", "reason": "the site is closed" }));
    assert_eq!(withdrawn.body["state"], "Submitted");
    assert!(world.notices(&order).pop().unwrap().2.contains("the site is closed"));
}

/// HUBS.md 5: `smi_hub_events_total` counts what was committed, and nothing that was refused, tried or repeated.
#[test]
fn events_are_counted_without_ids() {
    let world = World::new(6);
    let query = format!("{ASKED}&reference=A-1");
    for query in [&format!("{ASKED}&dry_run=true"), &query, &query] {
        assert_eq!(world.request(&[1, 2], query).status, 200);
    }
    let order = "RF-000001";
    assert_eq!(world.event(order, &json!({ "event": "Release", "by": "A. Clerk" })).status, 409);
    assert_eq!(world.event(order, &authorise("2022-01-22", "09:00-12:00")).status, 422);
    assert_eq!(world.event(order, &authorise("2022-01-20", "09:00-12:00")).status, 200);
    let (_, page) = world.page("/metrics");
    let counted = page.lines().filter_map(|line| line.strip_prefix("smi_hub_events_total"));
    let counted = counted.filter(|line| !line.ends_with(" 0")).collect::<Vec<_>>();
    assert_eq!(counted.len(), 2, "{counted:?}");
    assert!(counted.contains(&"{event=\"Request\"} 1") && counted.contains(&"{event=\"Authorise\"} 1"));
    assert!(page.contains("smi_hub_events_total{event=\"Redelivered\"} 0"), "each is there from the start");
}

#[test]
fn what_an_event_does_not_take_is_refused_with_its_name() {
    let world = World::new(4);
    let order = world.ordered(&[1, 2]);
    let refused = |body: Value| {
        let answer = world.event(&order, &body);
        format!("{} {}", answer.status, answer.body["error"].as_str().unwrap())
    };
    let told = [
        refused(json!({ "event": "Authorise", "by": "A" })),
        refused(
            json!({ "event": "Authorise", "by": "A", "deliver_on": "2022-01-20", "window": "12:00-09:00" }),
        ),
        refused(json!({ "event": "Cancel", "by": "A", "window": "09:00-12:00" })),
        refused(json!({ "event": "Cancel" })),
        refused(json!({ "event": "Vanish", "by": "A" })),
        refused(json!({ "event": "Request", "by": "A" })),
        refused(json!({ "event": "Reject", "by": "A", "reasons": ["LAZY"] })),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
        400 deliver_on: is missing
        400 window: `12:00-09:00` is not a window like `09:00-12:00`, which does not end before it begins
        400 window: `Cancel` has none
        400 body: missing field `by` at line 1 column 18
        400 event: `Vanish` is not an event of an order: one of Request, Authorise, Reject, Cancel, Withdraw, Correct, Despatch, Late, AcceptLate, RefuseLate, Receive, Start, Batch, Outcome, Finish, Amend, Release, Redelivered
        400 event: `Request` does not come this way
        400 reasons: `LAZY` is not the label of a reason: one of MISSING_DATA, COUNT_DIFFERS, LISTED_TWICE, UNKNOWN_HUB, NOT_PENDING, WAS_INSTALLED, OTHER_USER, NOT_DELIVERED, WRONG_CSP_OR_FACILITY, ADDRESS_NOT_LISTED, PACKAGING_OR_DAMAGE, DATA_DIFFERS, ALREADY_LATEST, NO_FIRMWARE, IN_ANOTHER_ORDER, OUTSIDE_WORKING_HOURS
        ");
    assert_eq!(state(&world, &order), "Submitted");
}
