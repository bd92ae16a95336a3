//! Windows are announced, extended and closed.

use serde_json::{Value, json};

use super::harness::{World, told};

fn emergency() -> Value {
    json!({ "kind": "emergency" })
}

/// PM/t, MP092-R21, MP092-R23, SERVICE.md 7/23.
#[test]
fn pm_t_mp092_r23_an_emergency_is_announced_afterwards() {
    let world = World::new();
    world.save("E-1", "2026-03-18T08:00:00Z", "2026-03-18T09:00:00Z", &emergency());
    world.smi.move_to("2026-03-18T10:00:00Z");
    let body = json!({ "aware_at": "2026-03-18T09:15:00Z", "not_rdp": true });
    let announced = world.act("E-1", "announce", &body);
    assert_eq!(announced.status, 200, "{announced:?}");
    let change = &announced.body;
    assert_eq!(
        (&change["retrospective"], &change["minutes_to_notice"], &change["warnings"]),
        (&true.into(), &45.into(), &json!([]))
    );
    let notice = world.last_notice();
    assert_eq!((&notice["id"], &notice["kind"]), (&change["notice"], &"maintenance.unplanned".into()));
    assert_eq!(told(&notice), ["Party mail", "Party none", "TABASC mail"]);
    insta::assert_snapshot!(notice["text"].as_str().unwrap(), @"
    Maintenance that was not planned. Times are London's.

    Emergency: Release (E-1)
      2026-03-18 08:00 to 09:00, 60 minutes, production
      services: messages
      risk to the return of normal service: none
      known since 2026-03-18T09:15:00Z; told afterwards
    ");
    let window = &change["window"];
    assert_eq!(
        (&window["state"], &window["aware_at"]),
        (&"published".into(), &"2026-03-18T09:15:00.000Z".into())
    );
    assert_eq!((&window["published"]["revision"], &window["category"]), (&0.into(), &"".into()));
    assert_eq!(world.act("E-1", "announce", &body).status, 409, "nothing differs");
}

/// PM/t, MP092-R21, MP092-R23: unplanned work lies ahead; under ten days it warns, and Registration Data Providers are told, too.
#[test]
fn pm_t_mp092_r21_unplanned_work_lies_ahead() {
    let world = World::new();
    world.smi.move_to("2026-03-18T10:00:00Z");
    world.save("U-1", "2026-03-18T09:00", "2026-03-18T11:00", &json!({ "kind": "unplanned" }));
    let late = world.act("U-1", "announce", &json!({}));
    assert_eq!(late.status, 422, "{late:?}");
    assert!(late.error().starts_with("PM/t U-1: unplanned: 2026-03-18 09:00"), "{late:?}");
    world.save("U-1", "2026-03-20T10:00", "2026-03-20T11:00", &json!({ "kind": "unplanned", "title": "" }));
    assert_eq!(world.act("U-1", "announce", &json!({})).broken(), ["PM/a U-1: missing: title"]);
    world.save("U-1", "2026-03-20T10:00", "2026-03-20T11:00", &json!({ "kind": "unplanned" }));
    let soon = world.act("U-1", "announce", &json!({}));
    assert_eq!(soon.body["warnings"][0]["saw"], "2 calendar days' notice");
    assert_eq!(
        told(&world.last_notice()),
        ["Party mail", "Party none", "RegistrationDataProvider mail", "TABASC mail"]
    );
    // No limit of a month counts it.
    assert_eq!(
        world.check("2026-03")["used"],
        json!({ "high_windows": 0, "high_minutes": 0, "low_windows": 0 })
    );
    let withdrawn = world.act("U-1", "withdraw", &json!({ "reason": "the fault is gone" }));
    assert_eq!(withdrawn.status, 200, "{withdrawn:?}");
    assert_eq!(
        (&withdrawn.body["window"]["published"], &world.last_notice()["kind"]),
        (&json!(null), &"maintenance.update".into())
    );
}

/// A window of 18 March 2026 that is published, seen at that time.
fn running(now: &str) -> World {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-19T02:00", &json!({ "service_requests": "yes" }));
    world.published("2026-03");
    world.smi.move_to(now);
    world
}

/// PM/u, MP092-R22: what differs from what was said is told; past 08:00 is recorded and not refused, and uses up the allowance.
#[test]
fn pm_u_mp092_r22_an_overrun_is_told() {
    let world = running("2026-03-19T01:30:00Z");
    let extended =
        world.act("A", "extend", &json!({ "ends_at": "2026-03-19T08:30", "note": "a disk is slow" }));
    assert_eq!(extended.status, 200, "{extended:?}");
    let window = &extended.body["window"];
    assert_eq!(
        (&window["ends_at"], &window["state"]),
        (&"2026-03-19T08:30:00.000Z".into(), &"published".into())
    );
    assert_eq!((&window["published"]["version"], &window["published"]["revision"]), (&2.into(), &0.into()));
    let notice = world.last_notice();
    assert_eq!((&notice["kind"], &notice["about"]), (&"maintenance.update".into(), &"A".into()));
    insta::assert_snapshot!(notice["text"].as_str().unwrap(), @"
    The window ends at another time than was said: before, it was 2026-03-18 20:00 to 2026-03-19 02:00.

    a disk is slow

    High Impact: Release (A)
      2026-03-18 20:00 to 2026-03-19 08:30, 750 minutes, production
      services: messages
      risk to the return of normal service: none
    ");
    assert_eq!(world.publish("2026-03").status, 409, "no revision");
    // 750 of 360 minutes are used, about which nothing can be done: only the notice of another window is too short.
    world.save("B", "2026-03-30T20:00", "2026-03-30T20:01", &json!({}));
    let refused = world.publish("2026-03").broken();
    assert!(matches!(&refused[..], [only] if only.starts_with("PM/k B")), "{refused:?}");
    assert_eq!(world.check("2026-03")["used"]["high_minutes"], 750);
}

/// PM/u, SERVICE.md 6: to before now; before its start and after its end.
#[test]
fn pm_u_a_window_is_extended_while_it_runs_and_to_a_time_ahead() {
    let extend = |world: &World, ends_at: &str| {
        world.act("A", "extend", &json!({ "ends_at": ends_at, "note": "slow" })).status
    };
    let world = running("2026-03-18T19:59:59.999Z");
    assert_eq!(extend(&world, "2026-03-19T03:00"), 409);
    world.smi.move_to("2026-03-19T01:00:00Z");
    assert_eq!(extend(&world, "2026-03-19T00:59"), 422);
    assert_eq!(extend(&world, "2026-03-19T20:01"), 422, "24 hours after its start");
    world.smi.move_to("2026-03-19T02:00:00Z");
    assert_eq!(extend(&world, "2026-03-19T03:00"), 409, "it is over at its end");
}

/// PM/l, PM/v, MP092-R31: closed with the times that it took, and whether communications were disrupted.
#[test]
fn pm_v_mp092_r31_a_window_is_closed_with_the_times_that_it_took() {
    let world = running("2026-03-18T19:00:00Z");
    let close = |body: Value| world.act("A", "close", &body);
    assert_eq!(close(json!({ "disrupted": "no" })).status, 409, "before its start");
    world.smi.move_to("2026-03-19T03:00:00Z");
    let ahead = json!({ "disrupted": "no", "actual_end": "2026-03-19T03:01" });
    assert_eq!(close(ahead).status, 422);
    let body =
        json!({ "disrupted": "yes", "actual_start": "2026-03-18T20:10", "actual_end": "2026-03-19T02:20" });
    let closed = close(body);
    assert_eq!(closed.status, 200, "{closed:?}");
    let window = &closed.body["window"];
    assert_eq!(
        (&window["state"], &window["actual_minutes"], &window["disrupted"]),
        (&"closed".into(), &370.into(), &"yes".into())
    );
    assert_eq!(world.check("2026-03")["used"]["high_minutes"], 370, "PM/l");
    assert_eq!(close(json!({ "disrupted": "no" })).status, 409);
    assert_eq!(world.put("A", "2026-03-18T20:00", "2026-03-18T21:00", &json!({})).status, 409);
    world.save("H", "2026-04-20T20:00", "2026-04-20T20:01", &json!({ "service_requests": "yes" }));
    assert_eq!(world.refusals("2026-04"), [""; 0], "that of another month is its own");
}
