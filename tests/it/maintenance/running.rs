//! Windows that run while something else is planned of them, and what is measured of them afterwards.

use serde_json::{Value, json};
use smi::service::{MonthlyReport, ReportCell};

use super::harness::{World, told};

fn high() -> Value {
    json!({ "service_requests": "yes", "stops": "requests" })
}

/// A window of 18 March 2026, 20:00 to 02:00, that is published and runs.
fn running() -> World {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-19T02:00", &high());
    world.published("2026-03");
    world.smi.move_to("2026-03-18T20:30:00Z");
    world
}

fn in_force(world: &World) -> Vec<Value> {
    let now = world.get("/manage/maintenance/now");
    let in_force = now.get("in_force").and_then(Value::as_array).unwrap();
    in_force.iter().filter_map(|one| one.get("reference").cloned()).collect()
}

/// The cells of the only line of PM10 of a month.
fn measured(world: &World, month: &str) -> Vec<(&'static str, String)> {
    let month = month.parse().unwrap();
    let report = world.smi.service.monthly_report(MonthlyReport::Maintenance, month).unwrap();
    let [row] = report.rows.as_slice() else { panic!("{report:?}") };
    let text = |cell: &ReportCell| match cell {
        ReportCell::Absent => String::new(),
        ReportCell::Number(number) => number.to_string(),
        ReportCell::Text(text) => text.clone(),
    };
    report.columns.iter().copied().zip(row.iter().map(text)).collect()
}

fn cell(row: &[(&'static str, String)], name: &str) -> String {
    row.iter().find(|(column, _)| *column == name).unwrap().1.clone()
}

/// PM/v: a window that is closed is in force no more, whatever was planned of it since it was told.
#[test]
fn pm_v_a_closed_window_is_not_felt_though_its_copy_ended_earlier() {
    let world = running();
    world.save("A", "2026-03-18T20:00", "2026-03-18T22:00", &high());
    assert_eq!(in_force(&world), ["A"], "an edit changes nothing in force");
    world.smi.move_to("2026-03-18T22:10:00Z");
    let closed = world.act("A", "close", &json!({ "disrupted": "no" }));
    assert_eq!((closed.status, &closed.body["window"]["state"]), (200, &"closed".into()), "{closed:?}");
    assert!(in_force(&world).is_empty());
}

/// PM/l, PM/v, MP092-R31: what is closed is what was in force. An edit that was never told is dropped: its minutes count in the month in which
/// it was worked, no revision takes it back, and the report keeps it.
#[test]
fn pm_l_mp092_r31_a_closed_window_stays_in_the_month_in_which_it_was_worked() {
    let world = running();
    world.save("A", "2026-04-20T20:00", "2026-04-21T02:00", &high());
    world.smi.move_to("2026-03-19T03:00:00Z");
    let closing = json!({ "disrupted": "no", "actual_end": "2026-03-19T02:20" });
    let closed = world.act("A", "close", &closing);
    assert_eq!(closed.status, 200, "{closed:?}");
    let window = &closed.body["window"];
    assert_eq!(
        (&window["month"], &window["starts_at"], &window["stated_category"]),
        (&"2026-03".into(), &"2026-03-18T20:00:00.000Z".into(), &"".into())
    );
    let act = window["acts"].as_array().unwrap().last().unwrap();
    let dropped =
        act["detail"].as_str().unwrap().ends_with("; what was changed and not published is dropped");
    assert!(dropped, "{act}");
    for (month, minutes) in [("2026-03", 380), ("2026-04", 0)] {
        assert_eq!(world.check(month)["used"]["high_minutes"], minutes, "{month}");
    }
    assert_eq!(world.publish("2026-03").status, 409, "nothing is taken back");
    let row = measured(&world, "2026-03");
    assert_eq!((cell(&row, "overrun_minutes"), cell(&row, "actual_minutes")), ("20".into(), "380".into()));
}

/// PM/u: a window is extended whatever is planned of it meanwhile, and what is planned stays.
#[test]
fn pm_u_a_window_whose_copy_was_changed_is_extended() {
    for (starts_at, ends_at, after, state) in [
        ("2026-03-25T20:00", "2026-03-26T02:00", "2026-03-26T02:00:00.000Z", "changed"),
        ("2026-03-18T20:00", "2026-03-19T01:00", "2026-03-19T01:00:00.000Z", "changed"),
        ("2026-03-18T20:00", "2026-03-19T02:30", "2026-03-19T02:30:00.000Z", "published"),
        ("2026-03-18T20:00", "2026-03-19T02:00", "2026-03-19T02:30:00.000Z", "published"),
    ] {
        let world = running();
        world.save("A", starts_at, ends_at, &high());
        let extended = world.act("A", "extend", &json!({ "ends_at": "2026-03-19T02:30", "note": "slow" }));
        assert_eq!(extended.status, 200, "{extended:?}");
        let window = &extended.body["window"];
        assert_eq!(window["published"]["ends_at"], "2026-03-19T02:30:00.000Z");
        assert_eq!((&window["ends_at"], &window["state"]), (&after.into(), &state.into()), "{starts_at}");
        world.smi.move_to("2026-03-19T02:29:00Z");
        assert_eq!(in_force(&world), ["A"], "{starts_at}");
    }
}

/// PM/l, MP092-R19: an overrun uses up the allowance of its month: another High window of it is refused.
#[test]
fn pm_l_mp092_r19_an_overrun_leaves_no_minutes_to_another_high_window() {
    let world = World::new();
    world.save("A", "2026-03-02T20:00", "2026-03-03T00:00", &high());
    world.published("2026-03");
    world.smi.move_to("2026-03-02T23:00:00Z");
    let another = || world.save("H", "2026-03-31T20:00", "2026-03-31T22:00", &high());
    another();
    let refused = |world: &World| world.publish("2026-03").broken();
    assert_eq!(refused(&world), [""; 0], "240 and 120 minutes");
    let extended = world.act("A", "extend", &json!({ "ends_at": "2026-03-03T00:01", "note": "slow" }));
    assert_eq!(extended.status, 200, "{extended:?}");
    let longer = world.save("H", "2026-03-31T20:00", "2026-03-31T22:01", &high());
    assert_eq!(longer["state"], "changed");
    assert_eq!(refused(&world), ["PM/f: 362 of 360 minutes of High windows"]);
}

/// MP092-R14, PM/j: a late month's windows stay late, also those that ran longer than was said.
#[test]
fn mp092_r14_a_window_of_a_late_month_stays_late_when_it_is_extended() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-18T22:00", &high());
    world.smi.move_to("2026-02-03T12:00:00Z");
    world.published("2026-03");
    assert_eq!(cell(&measured(&world, "2026-03"), "late"), "yes");
    world.smi.move_to("2026-03-18T21:00:00Z");
    let extended = world.act("A", "extend", &json!({ "ends_at": "2026-03-18T23:00", "note": "slow" }));
    assert_eq!(extended.status, 200, "{extended:?}");
    world.smi.move_to("2026-03-19T12:00:00Z");
    let row = measured(&world, "2026-03");
    assert_eq!((cell(&row, "late"), cell(&row, "overrun_minutes")), ("yes".into(), "60".into()));
}

/// MP092-R21: the minutes to the first notice are kept, whatever is announced later.
#[test]
fn mp092_r21_announcing_again_keeps_the_minutes_to_the_first_notice() {
    let world = World::new();
    let emergency = json!({ "kind": "emergency" });
    world.save("E", "2026-03-18T09:00", "2026-03-18T14:00", &emergency);
    world.smi.move_to("2026-03-18T10:00:00Z");
    let first = world.act("E", "announce", &json!({ "aware_at": "2026-03-18T09:15:00Z" }));
    assert_eq!((first.status, &first.body["retrospective"]), (200, &false.into()), "it runs: {first:?}");
    world.smi.move_to("2026-03-18T12:00:00Z");
    world.save("E", "2026-03-18T09:00", "2026-03-18T15:00", &emergency);
    let again = world.act("E", "announce", &json!({ "aware_at": "2026-03-18T11:30:00Z" }));
    assert_eq!((again.status, &again.body["minutes_to_notice"]), (200, &30.into()), "{again:?}");
    assert!(world.last_notice()["text"].as_str().unwrap().contains("known since 2026-03-18T11:30:00Z"));
    let window = world.window("E");
    assert_eq!(window["aware_at"], "2026-03-18T09:15:00.000Z");
    let acts = window["acts"].as_array().unwrap().iter().filter(|act| act["act"] == "announced");
    let details = acts.map(|act| act["detail"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        details,
        [
            "known since 2026-03-18T09:15:00Z, 45 minutes to notice 1",
            "known since 2026-03-18T11:30:00Z, 30 minutes to notice 2"
        ]
    );
    assert_eq!(cell(&measured(&world, "2026-03"), "aware_to_notice_minutes"), "45");
}

/// SERVICE.md 3.5, MP092-R22: an update goes to those who were told; of a window that its month told, to everybody.
#[test]
fn mp092_r22_an_update_goes_to_those_who_were_told() {
    let without = ["Party mail", "Party none", "TABASC mail"];
    let with = ["Party mail", "Party none", "RegistrationDataProvider mail", "TABASC mail"];
    for (not_rdp, expected) in [(true, &without[..]), (false, &with[..])] {
        let world = World::new();
        world.smi.move_to("2026-03-18T10:00:00Z");
        world.save("E", "2026-03-18T09:00", "2026-03-18T14:00", &json!({ "kind": "emergency" }));
        assert_eq!(world.act("E", "announce", &json!({ "not_rdp": not_rdp })).status, 200);
        for ends_at in ["2026-03-18T15:00", "2026-03-18T16:00"] {
            assert_eq!(world.act("E", "extend", &json!({ "ends_at": ends_at, "note": "slow" })).status, 200);
            assert_eq!(told(&world.last_notice()), expected, "{ends_at}");
        }
        world.save("U", "2026-03-19T09:00", "2026-03-19T14:00", &json!({ "kind": "unplanned" }));
        assert_eq!(world.act("U", "announce", &json!({ "not_rdp": not_rdp })).status, 200);
        assert_eq!(world.act("U", "withdraw", &json!({ "reason": "no need" })).status, 200);
        assert_eq!(told(&world.last_notice()), expected);
    }
    let world = running();
    assert_eq!(
        world.act("A", "extend", &json!({ "ends_at": "2026-03-19T03:00", "note": "slow" })).status,
        200
    );
    assert_eq!(told(&world.last_notice()), with);
}

/// PM/w (ours): a window that is withdrawn is in force no more, before the next revision tells it.
#[test]
fn pm_w_a_withdrawn_window_is_not_in_force() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-19T02:00", &high());
    world.published("2026-03");
    world.smi.move_to("2026-03-18T19:00:00Z");
    let next = || world.get("/manage/maintenance/now")["next"]["reference"].clone();
    assert_eq!(next(), "A");
    assert_eq!(world.act("A", "withdraw", &json!({ "reason": "no staff" })).status, 200);
    assert_eq!(next(), Value::Null);
    world.smi.move_to("2026-03-18T21:00:00Z");
    assert!(in_force(&world).is_empty());
    assert_eq!(
        world.window("A")["published"]["withdrawn"],
        false,
        "what was told stays until it is taken back"
    );
}

/// A reference may be spelled as a month: its page has its own acts and not those of the month.
#[test]
fn a_window_that_is_called_as_a_month_has_its_own_acts() {
    let world = World::new();
    world.save("2026-03", "2026-04-20T20:00", "2026-04-20T22:00", &json!({}));
    world.published("2026-03");
    world.published("2026-04");
    let acts = world.window("2026-03")["acts"].clone();
    let shown = acts.as_array().unwrap().iter().map(|act| {
        format!("{} {}", act["act"].as_str().unwrap(), act["detail"].as_str().unwrap_or_default())
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["saved ", "published 2026-04, revision 1, notice 2"]);
}
