//! A window is saved and shown.

use serde_json::json;

use super::harness::World;

/// SERVICE.md 7/4: times in UTC and by London's clock.
#[test]
fn a_time_is_entered_in_utc_or_by_londons_clock() {
    let world = World::new();
    for (reference, starts_at, ends_at, utc, local) in [
        (
            "A",
            "2026-03-18T20:00",
            "2026-03-18T21:00",
            "2026-03-18T20:00:00.000Z",
            "2026-03-18T20:00:00+00:00",
        ),
        (
            "B",
            "2026-06-10T20:00",
            "2026-06-10T21:00",
            "2026-06-10T19:00:00.000Z",
            "2026-06-10T20:00:00+01:00",
        ),
        (
            "C",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T00:30:00.000Z",
            "2026-10-25T01:30:00+01:00",
        ),
    ] {
        let saved = world.save(reference, starts_at, ends_at, &json!({}));
        assert_eq!(
            (&saved["starts_at"], &saved["starts_local"]),
            (&utc.into(), &local.into()),
            "{starts_at}"
        );
        assert_eq!(world.window(reference), saved);
    }
    assert_eq!(
        world.window("C")["ends_local"],
        "2026-10-25T01:30:00+00:00",
        "an hour later, and shown alike"
    );
}

/// PM/s: saving checks form alone, and keeps a slot of the 18 months.
#[test]
fn a_draft_may_lack_all_but_its_times() {
    let world = World::new();
    let body = json!({ "by": "planner", "starts_at": "2027-05-03T20:00", "ends_at": "2027-05-04T02:00", "category": "High" });
    let saved = world.call("PUT", "/manage/maintenance/windows/SLOT-1", &body.to_string());
    assert_eq!(saved.status, 200, "{saved:?}");
    let window = &saved.body;
    assert_eq!(
        (&window["state"], &window["category"], &window["category_because"], &window["planned"]),
        (&"draft".into(), &"High".into(), &"category".into(), &json!(null))
    );
    assert_eq!((&window["month"], &window["minutes"]), (&"2027-05".into(), &360.into()));
    assert_eq!(window["acts"][0]["act"], "saved");
}

/// PM/b, PM/c, SERVICE.md 7/16.
#[test]
fn pm_c_mp092_r1_categories_follow_from_the_columns() {
    let world = World::new();
    let night = ("2026-03-18T20:00", "2026-03-18T21:00");
    let saved = |more| world.save("A", night.0, night.1, &more);
    for (more, planned, category) in [
        (json!({ "communications": "yes", "hubs_affected": "99999" }), json!(false), ""),
        (json!({ "communications": "yes", "hubs_affected": "100000" }), json!(true), "High"),
        (json!({ "ssi": "yes" }), json!(true), "Low"),
        (json!({ "user_changes": "yes" }), json!(true), "High"),
        (json!({ "user_changes": "yes", "ssi": "yes" }), json!(true), "Low"),
        (json!({ "stops_top_ups": "yes" }), json!(true), "High"),
        (json!({ "service_requests": "yes" }), json!(true), "High"),
    ] {
        let window = saved(more.clone());
        assert_eq!((&window["planned"], &window["category"]), (&planned, &category.into()), "{more}");
        assert_eq!(world.refusals("2026-03"), [""; 0], "{more}");
    }
    saved(json!({ "communications": "yes" }));
    assert_eq!(world.refusals("2026-03"), ["PM/b A: hubs_affected is missing"]);
    saved(json!({ "stops_top_ups": "yes", "category": "Low" }));
    assert_eq!(world.refusals("2026-03"), ["PM/c A: Low is stated, High follows from stops_top_ups"]);
}

/// PM/d, MP092-R9, SERVICE.md 7/5 and 7/6.
#[test]
fn pm_d_mp092_r9_a_window_lies_in_one_night_by_londons_clock() {
    let world = World::new();
    for (starts_at, ends_at, holds) in [
        ("2026-03-18T19:59", "2026-03-18T21:00", false),
        ("2026-03-19T07:00", "2026-03-19T08:01", false),
        ("2026-03-19T07:00", "2026-03-19T08:00", true),
        ("2026-03-18T20:00", "2026-03-19T02:00", true),
        ("2026-03-18T07:30", "2026-03-18T20:30", false),
        ("2026-06-10T18:59:00Z", "2026-06-10T20:00:00Z", false),
        ("2026-06-10T19:00:00Z", "2026-06-11T01:00:00Z", true),
        ("2026-06-11T06:30:00Z", "2026-06-11T07:00:00Z", true),
        ("2026-06-11T07:00:00Z", "2026-06-11T08:00:00Z", false),
    ] {
        let month = world.save("A", starts_at, ends_at, &json!({ "category": "Low" }))["month"].clone();
        let found = world.refusals(month.as_str().unwrap());
        assert_eq!(!found.iter().any(|found| found.starts_with("PM/d A")), holds, "{starts_at}: {found:?}");
    }
}

/// PM/a, MP092-R16, SERVICE.md 7/17: published, the gap is named.
#[test]
fn pm_a_mp092_r16_a_window_without_its_contents_is_not_published() {
    let world = World::new();
    let bare = json!({ "services": "", "risk_to_return": "" });
    world.save("A", "2026-03-18T20:00", "2026-03-18T21:00", &bare);
    let refused = world.publish("2026-03");
    assert_eq!(
        (refused.status, refused.broken()),
        (422, vec!["PM/a A: missing: services, risk_to_return".to_owned()])
    );
    assert_eq!(refused.error(), "PM/a A: missing: services, risk_to_return");
    assert_eq!(world.window("A")["published"], json!(null));
}
