//! Bad input about schedules and capacity (SERVICE.md 6). Nothing of it changes anything.

#![expect(clippy::indexing_slicing, reason = "a path that is not there fails the test")]

use serde_json::{Value, json};
use smi::{
    service::Choices,
    store::{self, ImportFault, Kind},
};

use super::{
    CAP_CHANGE, activate,
    desk::{Desk, asked, broken, contact_above},
    meter,
};
use crate::support::{DCC, OTHER_SUPPLIER, SUPPLIER};

fn desk() -> Desk {
    Desk::new(Choices::of(DCC), 0)
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body.as_object_mut().unwrap().insert(name.to_owned(), value);
    body
}

fn without(mut body: Value, name: &str) -> Value {
    body.as_object_mut().unwrap().remove(name);
    body
}

fn refused(desk: &Desk, body: &Value) -> Vec<String> {
    let answer = desk.call("POST", "/manage/firmware/schedules", body);
    let broken = broken(&answer);
    assert_eq!(desk.get("/manage/firmware/schedules")["schedules"], json!([]), "nothing is kept");
    broken
}

/// SERVICE.md 6: an ask without `images`, without size, with another size.
#[test]
fn fw_f_an_ask_that_lacks_something_names_the_field() {
    let desk = desk();
    let body = || asked(SUPPLIER, &[("2026-03-02", 600)]);
    assert_eq!(refused(&desk, &without(body(), "images")), ["FW/f images: missing"]);
    let unknown = with(body(), "firmware_hash", "C".repeat(64).into());
    let no_size = "FW/f size_bytes: missing, and the register does not have the image";
    assert_eq!(refused(&desk, &unknown), [no_size]);
    let other = "FW/f size_bytes: 800000, and the register has 900000";
    assert_eq!(refused(&desk, &with(body(), "size_bytes", 800_000.into())), [other]);
    let nobody = with(body(), "user_id", "90-B3-D5-1F-30-77-00-00".into());
    assert_eq!(refused(&desk, &nobody), ["FW/f user_id: 90-B3-D5-1F-30-77-00-00 is not known"]);
    // With a size it is taken, and the register stays as it is.
    let taken = with(unknown, "size_bytes", 900_000.into());
    assert_eq!(desk.call("POST", "/manage/firmware/schedules", &taken).good()["size_bytes"], 900_000);
}

/// SERVICE.md 6: an ask that is not split as it has to be.
#[test]
fn fw_g_an_ask_that_is_not_split_is_returned_for_batching() {
    let desk = desk();
    let of = |batches: &[(&str, u32)]| with(asked(SUPPLIER, batches), "images", 24_000.into());
    for (batches, saw) in [
        (vec![("2026-03-02", 12_000), ("2026-03-03", 11_999)], "23999 of 24000"),
        (vec![], "no batches"),
        (
            vec![("2026-03-02", 12_001), ("2026-03-03", 11_999)],
            "2026-03-02: a batch of 12001; it has 1 to 12000 images",
        ),
        (vec![("2026-02-28", 12_000), ("2026-03-03", 12_000)], "2026-02-28: is past"),
        (vec![("2026-03-02", 12_000), ("2026-03-02", 12_000)], "2026-03-02: stands twice"),
    ] {
        assert_eq!(refused(&desk, &of(&batches)), [format!("FW/g returned for batching: {saw}")]);
    }
}

/// SERVICE.md 6: agree of a withdrawn schedule, a clash settled without reason, displacing what may not be displaced.
#[test]
fn fw_k_what_the_service_desk_may_not_do_changes_nothing() {
    let desk = Desk::new(contact_above(2), 2);
    let first = desk.ask(&[("2026-03-02", 12_000)]);
    desk.agree(&first);
    let second = desk.ask_other(&[("2026-03-02", 10)]);
    let path = format!("/manage/firmware/schedules/{}/agree", second["id"]);
    let unreasoned = desk.call("POST", &path, &json!({ "by": "Dot", "clash": "move" }));
    assert_eq!(unreasoned.refusal(), (400, "reason: missing"));
    for clash in [Value::Null, json!("move")] {
        let in_vain = desk.act(&second, "agree", json!({ "clash": clash, "displace": [1] }));
        let reason = "displace: batches are named, and the clash is not settled by `displace`";
        assert_eq!(in_vain.refusal(), (400, reason));
    }
    let displace = json!({ "clash": "displace", "displace": [first["batches"][0]["id"]] });
    desk.smi.move_to("2026-03-02T00:00:00Z");
    let number = first["batches"][0]["id"].to_string();
    let of_today = desk.act(&second, "agree", displace.clone());
    let saw = format!("FW/k batch {number} is of 2026-03-02, which is not after today");
    assert_eq!(broken(&of_today).last(), Some(&saw));
    assert_eq!(activate(&desk.smi, meter(0), CAP_CHANGE).0, "I99");
    desk.smi.move_to("2026-03-01T12:00:00Z");
    let sending = desk.act(&second, "agree", displace);
    assert_eq!(
        broken(&sending).last(),
        Some(&format!("FW/k batch {number} is sending: 1 of 12000 were sent"))
    );
    assert_eq!(desk.show(&second)["state"], "asked");
    desk.act(&second, "withdraw", Value::Null).good();
    for what in ["agree", "withdraw"] {
        let again = desk.act(&second, what, Value::Null);
        assert_eq!(
            again.refusal(),
            (409, format!("schedule {} is withdrawn", second["id"]).as_str()),
            "{what}"
        );
    }
    assert_eq!(
        desk.act(&json!({ "id": 99 }), "agree", Value::Null).refusal(),
        (404, "there is no schedule 99")
    );
}

/// What is no call at all.
#[test]
fn a_malformed_call_names_its_place() {
    let desk = desk();
    let body = asked(OTHER_SUPPLIER, &[("2026-03-02", 600)]);
    for (name, value, reason) in [
        ("firmware_hash", json!("AA"), "firmware_hash: `AA` is not a firmware hash: 64 hex digits"),
        ("by", Value::Null, "by: missing"),
        (
            "batches",
            json!([{ "day": "2026-3-2", "images": 1 }]),
            "batches[0].day: `2026-3-2` is not a date like `2026-01-31`",
        ),
    ] {
        let answer = desk.call("POST", "/manage/firmware/schedules", &with(body.clone(), name, value));
        assert_eq!(answer.refusal(), (400, reason));
    }
    for (path, reason) in [
        ("days?days=0", "days: `0` is not a number of days: 1 to 800"),
        ("days?from=soon", "from: `soon` is not a date like `2026-01-31`"),
        (
            "schedules?state=done",
            "state: `done` is not a state of a schedule: one of asked, agreed, withdrawn",
        ),
        ("schedules/x", "id: `x` is not the number of a schedule: 1 or more, in digits"),
    ] {
        let answer = desk.call("GET", &format!("/manage/firmware/{path}"), &Value::Null);
        assert_eq!(answer.refusal(), (400, reason));
    }
    let (status, _, _) = desk.send("PUT", "/manage/firmware/schedules", "");
    assert_eq!(status, 405, "the path has GET and POST");
    let too_much = json!({ "images": 366_u32 * 12_000 + 1, "from": "2026-03-02" });
    assert_eq!(desk.call("POST", "/manage/firmware/plan", &too_much).status, 422);
}

/// SERVICE.md 6: `capacity.csv` with a negative number, and with a day twice.
#[test]
fn a_wrong_capacity_is_refused_with_its_lines() {
    let desk = desk();
    let import = |csv: &str| {
        let fault = store::import(
            desk.smi.service.store(),
            Kind::Capacity,
            csv.as_bytes(),
            desk.smi.now(),
            &mut |_| (),
        );
        let Err(ImportFault::Rows { faults, .. }) = fault else { panic!("{fault:?}") };
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let faults = [
        import("day,images\n2026-03-02,-1\n"),
        import("day,images\n2026-03-02,1\n2026-03-03,1\n2026-03-02,2\n"),
        import("day,images\n2026-02-30,1\n"),
    ];
    insta::assert_snapshot!(faults.join("\n"));
    assert_eq!(desk.smi.exported(Kind::Capacity).lines().count(), 1, "nothing of a refused file is kept");
}
