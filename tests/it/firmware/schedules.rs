//! Schedules: asked for, agreed, settled, withdrawn (SERVICE.md 3.2).

#![expect(clippy::indexing_slicing, reason = "a path that is not there fails the test")]

use serde_json::{Value, json};
use smi::{
    domain::Eui64,
    service::{Choices, SimulatedServiceDesk},
    store::Kind,
};

use super::desk::{Desk, broken, contact_above, days};
use crate::support::{DCC, OTHER_SUPPLIER, SUPPLIER};

const CAPACITY: &str = "day,images,reason\n2026-03-03,5000,Migration of a cohort\n";

/// A agreed 12,000 for 2 March; capacity 5,000 on 3 March.
fn clashing() -> (Desk, Value) {
    let desk = Desk::new(Choices::of(DCC), 0);
    desk.smi.import(Kind::Capacity, CAPACITY);
    let first = desk.ask(&[("2026-03-02", 12_000)]);
    assert_eq!(first["state"], "asked");
    (desk, first)
}

fn notice(kind: &str, about: &Value, user: Eui64) -> (String, String, String) {
    (kind.to_owned(), about.to_string(), format!("Party {user}, ServiceDesk -"))
}

/// SERVICE.md 7/30, MP230-R11, R12, R13.
#[test]
fn mp230_r12_a_clash_is_settled_by_another_day() {
    let (desk, first) = clashing();
    let agreed = desk.agree(&first);
    assert_eq!(
        (&agreed["state"], &agreed["batches"][0]["placed_because"]),
        (&"agreed".into(), &"as asked".into())
    );
    let second = desk.ask_other(&[("2026-03-02", 8_000)]);
    assert_eq!(second["room"][0]["room"], 0);
    let clash = desk.act(&second, "agree", Value::Null);
    assert_eq!(broken(&clash), ["FW/i 2026-03-02: room for 0, 8000 asked"]);
    assert_eq!(desk.show(&second)["state"], "asked", "nothing changed");
    let moved = desk.act(&second, "agree", json!({ "clash": "move" })).good();
    assert_eq!(days(&moved), ["2026-03-04"]);
    assert_eq!(moved["batches"][0]["asked_day"], "2026-03-02");
    let third = desk.ask_other(&[("2026-03-02", 5_000)]);
    let moved = desk.act(&third, "agree", json!({ "clash": "move" })).good();
    assert_eq!(days(&moved), ["2026-03-03"]);
    let act = moved["acts"].as_array().unwrap().last().unwrap();
    assert_eq!((&act["by"], &act["reason"]), (&"Dot".into(), &"as the Users agreed".into()));
    assert_eq!(act["checks"].as_array().unwrap().last().unwrap()["rule"], "FW/k");
}

/// SERVICE.md 7/30: the User that makes room is told in the same step.
#[test]
fn mp230_r12_a_clash_is_settled_by_moving_the_other_one() {
    let (desk, first) = clashing();
    desk.agree(&first);
    let second = desk.ask_other(&[("2026-03-02", 8_000)]);
    let other = first["batches"][0]["id"].clone();
    let settled =
        desk.act(&second, "agree", json!({ "clash": "displace", "displace": [other.clone()] })).good();
    assert_eq!(days(&settled), ["2026-03-02"]);
    let gone = json!([{
        "batch": other, "user_id": SUPPLIER.to_string(), "from": "2026-03-02", "to": "2026-03-04"
    }]);
    assert_eq!(settled["displaced"], gone);
    let altered = desk.show(&first);
    assert_eq!(days(&altered), ["2026-03-04"]);
    assert_eq!(altered["acts"].as_array().unwrap().last().unwrap()["act"], "altered");
    let told = desk.notices();
    assert_eq!(
        told,
        [
            notice("firmware.agreed", &first["id"], SUPPLIER),
            notice("firmware.altered", &first["id"], SUPPLIER),
            notice("firmware.agreed", &second["id"], OTHER_SUPPLIER),
        ]
    );
}

/// FW/q: what is withdrawn makes room, and the User is told.
#[test]
fn fw_q_withdrawing_frees_what_was_not_sent() {
    let (desk, first) = clashing();
    desk.agree(&first);
    let day = || desk.get("/manage/firmware/days?from=2026-03-02&days=1")["days"][0].clone();
    assert_eq!((&day()["agreed"], &day()["room"]), (&json!(12_000), &json!(0)));
    let batch =
        json!({ "id": first["batches"][0]["id"], "schedule": first["id"], "images": 12_000, "sent": 0 });
    assert_eq!(day()["users"][0]["batches"], json!([batch]), "what could make room is named");
    let withdrawn = desk.act(&first, "withdraw", Value::Null).good();
    assert_eq!(
        (&withdrawn["state"], &withdrawn["batches"][0]["state"]),
        (&"withdrawn".into(), &"withdrawn".into())
    );
    assert_eq!((&day()["agreed"], &day()["room"]), (&json!(0), &json!(12_000)));
    assert_eq!(desk.notices().last(), Some(&notice("firmware.withdrawn", &first["id"], SUPPLIER)));
    // What is over has lapsed, and stays so.
    let past = desk.ask(&[("2026-03-01", 501), ("2026-03-04", 501)]);
    desk.agree(&past);
    desk.smi.move_to("2026-03-02T09:00:00Z");
    let withdrawn = desk.act(&past, "withdraw", Value::Null).good();
    let states = [&withdrawn["batches"][0]["state"], &withdrawn["batches"][1]["state"]];
    assert_eq!(states, ["lapsed", "withdrawn"]);
    desk.smi.move_to("2026-03-01T12:00:00Z");
    // Lowering a capacity moves nothing: the day is over it.
    let next = desk.ask(&[("2026-03-02", 12_000)]);
    desk.agree(&next);
    desk.smi.import(Kind::Capacity, "day,images,reason\n2026-03-02,10000,Less room\n");
    assert_eq!((&day()["over"], &day()["reason"]), (&json!(2_000), &"Less room".into()));
}

/// `[simulate] service_desk`: what clashes with nothing is agreed at once.
#[test]
fn a_simulated_service_desk_agrees_what_clashes_with_nothing() {
    let simulated_service_desk = Some(SimulatedServiceDesk::Agree);
    let desk = Desk::new(Choices { simulated_service_desk, ..Choices::of(DCC) }, 0);
    let first = desk.ask(&[("2026-03-02", 12_000), ("2026-03-03", 600)]);
    assert_eq!(first["state"], "agreed");
    let second = desk.ask_other(&[("2026-03-02", 1)]);
    assert_eq!((&second["state"], &second["warnings"][0]["rule"]), (&"asked".into(), &"FW/h".into()));
    let list = desk.get("/manage/firmware/schedules?state=asked");
    assert_eq!(list["schedules"].as_array().unwrap().len(), 1);
    let own = desk.get(&format!("/manage/firmware/schedules?user_id={SUPPLIER}"));
    assert_eq!(
        (&own["schedules"][0]["first_day"], &own["schedules"][0]["number_of_batches"]),
        (&"2026-03-02".into(), &json!(2))
    );
}

/// SERVICE.md 7/25 and 7/31 over the management listener.
#[test]
fn mp230_d1_a_plan_fills_what_is_left_of_each_day() {
    let (desk, first) = clashing();
    let plan = |body: Value| desk.call("POST", "/manage/firmware/plan", &body).good();
    let whole = plan(json!({ "images": 670_000, "from": "2026-04-01" }));
    assert_eq!((&whole["days"], &whole["last_day"]), (&json!(56), &"2026-05-26".into()));
    desk.agree(&first);
    let left = plan(json!({ "images": 17_000, "from": "2026-03-02" }));
    let expected = json!([
        { "day": "2026-03-03", "images": 5_000 }, { "day": "2026-03-04", "images": 12_000 }
    ]);
    assert_eq!(left["batches"], expected);
    let check = |body: Value| desk.call("POST", "/manage/firmware/check", &body).good();
    for (size, images, smets, contact) in [
        (750_000, 501, 1, false),
        (750_001, 500, 1, false),
        (750_001, 501, 1, true),
        (900_000, 1_000, 2, false),
        (1_500_000, 501, 1, true),
    ] {
        let body = json!({ "size_bytes": size, "images": images, "smets": smets, "day": "2026-03-09" });
        assert_eq!(check(body)["contact"], contact, "{size} x {images}");
    }
    let own = json!({
        "size_bytes": 900_000, "images": 12_000, "user_id": SUPPLIER.to_string(), "day": "2026-03-02"
    });
    let own = check(own);
    assert_eq!(
        (&own["contact"], &own["response_time"], &own["limit"]),
        (&json!(false), &"per batch".into(), &json!(12_000))
    );
}

/// FW/t, MP230-D1: more than the threshold of Devices of a Device Model with a large image.
#[test]
fn fw_t_suppliers_with_enough_devices_are_in_scope() {
    let scope = |above: u32| {
        let desk = Desk::new(contact_above(above), 3);
        desk.get("/manage/firmware/scope")["suppliers"].clone()
    };
    assert_eq!(scope(3), json!([]));
    let alder = json!([{ "user_id": SUPPLIER.to_string(), "party_name": "Installing", "devices": 3 }]);
    assert_eq!(scope(2), alder);
}
