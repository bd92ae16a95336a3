//! Months are published.

use serde_json::json;
use smi::store::Kind;

use super::harness::{World, told};
use crate::support::fixture_of;

fn high() -> serde_json::Value {
    json!({ "service_requests": "yes" })
}

/// The row of SERVICE.md 5.3.
const CHG_1001: &str = "\
reference,title,services,disruption,communications,hubs_affected,hubs_basis,providers,starts_at,ends_at,risk_to_return,stops
CHG-1001,DSP release 12.1,User to hub messages,certain,yes,1200000,all hubs,DSP,2026-03-18T20:00,2026-03-19T02:00,none,requests;deliveries
";

/// PM/j, PM/k, MP092-R14, SERVICE.md 7/12.
#[test]
fn pm_j_mp092_r14_a_month_that_is_published_a_millisecond_late_is_marked() {
    for (now, is_late) in [("2026-02-02T23:59:59.999Z", false), ("2026-02-03T00:00:00.000Z", true)] {
        let world = World::new();
        world.smi.import(Kind::Maintenance, CHG_1001);
        world.smi.move_to(now);
        let published = world.publish("2026-03");
        assert_eq!(published.status, 200, "{published:?}");
        let body = &published.body;
        assert_eq!(
            (&body["late"], &body["latest"], &body["published_at"], &body["rule_set"]),
            (&is_late.into(), &"2026-02-02".into(), &now.into(), &"mp092".into())
        );
        let of_k = body["checks"].as_array().unwrap().iter().find(|check| check["rule"] == "PM/k");
        assert_eq!(of_k.map(|check| &check["holds"]), is_late.then_some(&true.into()));
        let listed = world.get("/manage/maintenance?month=2026-03");
        assert_eq!(
            (&listed["schedule"]["late"], &listed["schedule"]["by"]),
            (&is_late.into(), &"planner".into())
        );
        assert_eq!(world.window("CHG-1001")["state"], "published");
    }
}

/// PM/k, MP092-R18, SERVICE.md 7/14.
#[test]
fn pm_k_mp092_r18_ten_and_twenty_working_days_over_easter() {
    for (more, day, is_taken) in [
        (json!({}), "2026-03-25", true),
        (json!({}), "2026-03-26", false),
        (high(), "2026-03-11", true),
        (high(), "2026-03-12", false),
    ] {
        let world = World::new();
        world.smi.move_to("2026-03-04T12:00:00Z");
        assert_eq!(world.published("2026-04"), 1, "empty: nothing is planned");
        world.smi.move_to(&format!("{day}T12:00:00Z"));
        world.save("X", "2026-04-10T20:00", "2026-04-10T21:00", &more);
        let answer = world.publish("2026-04");
        assert_eq!(answer.status == 200, is_taken, "{day} {more}: {answer:?}");
        assert_eq!(answer.broken().iter().any(|check| check.starts_with("PM/k X")), !is_taken, "{day}");
    }
}

/// PM/s, MP092-R15, MP092-R17: the notice lists every window with category, times, title, services and risk, and is for everybody.
#[test]
fn pm_s_mp092_r17_the_notice_lists_every_window() {
    let world = World::new();
    world.smi.move_to("2026-02-02T12:00:00Z");
    world.smi.import(Kind::Maintenance, &std::fs::read_to_string(fixture_of(Kind::Maintenance)).unwrap());
    assert_eq!(world.published("2026-03"), 1);
    let notice = world.last_notice();
    assert_eq!((&notice["kind"], &notice["about"]), (&"maintenance.schedule".into(), &"2026-03".into()));
    insta::assert_snapshot!(notice["text"].as_str().unwrap(), @"
    Planned maintenance in 2026-03, revision 1 of 2026-02-02. Times are London's.

    Maintenance: UIT refresh (CHG-2001)
      2026-03-10 09:00 to 17:00, 480 minutes, UIT
      services: UIT as a whole
      risk to the return of normal service: none

    High Impact: DSP release 12.1 (CHG-1001)
      2026-03-18 20:00 to 2026-03-19 02:00, 360 minutes, production
      services: User to hub messages
      risk to the return of normal service: none

    Low Impact: SSI reports (CHG-1002)
      2026-03-24 22:00 to 2026-03-25 00:00, 120 minutes, production
      services: SSI: reports, lists
      risk to the return of normal service: none
    ");
    assert_eq!(told(&notice), ["Party mail", "Party none", "RegistrationDataProvider mail", "TABASC mail"]);
    world.save("CHG-1003", "2026-03-27T20:00", "2026-03-27T21:00", &json!({}));
    assert_eq!(world.published("2026-03"), 2);
    let notice = world.last_notice();
    assert_eq!(notice["kind"], "maintenance.revised");
    assert_eq!(
        told(&notice),
        ["Party mail", "Party none", "RegistrationDataProvider mail", "ServiceProvider feed", "TABASC mail"]
    );
    let text = notice["text"].as_str().unwrap();
    assert!(text.ends_with("Since revision 1:\n- CHG-1003: added\n"), "{text}");
}

/// PM/s: until the next revision, edits change nothing in force; without a difference there is none.
#[test]
fn pm_s_what_is_in_force_changes_with_a_revision_alone() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-18T22:00", &high());
    assert_eq!(world.published("2026-03"), 1);
    let again = world.publish("2026-03");
    assert_eq!((again.status, again.error()), (409, "nothing of 2026-03 differs from revision 1"));
    let edited = world.save("A", "2026-03-18T20:00", "2026-03-18T21:00", &high());
    assert_eq!(
        (&edited["state"], &edited["published"]["ends_at"]),
        (&"changed".into(), &"2026-03-18T22:00:00.000Z".into())
    );
    let back = world.save("A", "2026-03-18T20:00", "2026-03-18T22:00", &high());
    assert_eq!(back["state"], "published", "as it was told");
    assert_eq!(world.publish("2026-03").status, 409);
    world.save("A", "2026-03-18T20:00", "2026-03-18T21:00", &high());
    assert_eq!(world.published("2026-03"), 2);
    let window = world.window("A");
    assert_eq!((&window["state"], &window["published"]["version"]), (&"published".into(), &2.into()));
    let acts =
        window["acts"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(acts, ["saved", "published", "saved", "saved", "saved", "published"]);
}

/// PM/w, MP092-R29: a withdrawn window is taken back by the next revision, which needs no notice; a case asks each provider's
/// replacement.
#[test]
fn pm_w_mp092_r29_a_withdrawn_window_is_taken_back_by_the_next_revision() {
    let world = World::new();
    let more = json!({ "service_requests": "yes", "providers": "DSP;CSP Central & South" });
    world.save("A", "2026-03-18T20:00", "2026-03-18T22:00", &more);
    world.published("2026-03");
    world.smi.move_to("2026-03-18T19:59:59Z");
    let withdrawn = world.act("A", "withdraw", &json!({ "reason": "no staff" }));
    assert_eq!((withdrawn.status, &withdrawn.body["notice"]), (200, &json!(null)), "{withdrawn:?}");
    let window = &withdrawn.body["window"];
    assert_eq!((&window["state"], &window["published"]["withdrawn"]), (&"withdrawn".into(), &false.into()));
    let cases = window["cases"].as_array().unwrap();
    let parties = cases.iter().map(|case| (case["kind"].as_str().unwrap(), case["party"].as_str().unwrap()));
    assert_eq!(parties.collect::<Vec<_>>(), [("replacement", "DSP"), ("replacement", "CSP Central & South")]);
    assert_eq!(world.published("2026-03"), 2);
    assert_eq!(world.window("A")["published"], json!(null));
    let text = world.last_notice()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("Nothing is planned.") && text.ends_with("- A: taken back\n"), "{text}");
    assert_eq!(world.act("A", "withdraw", &json!({ "reason": "again" })).status, 409);
}

/// PM/s: a window that is moved into another month leaves the one and joins the other.
#[test]
fn a_window_that_moves_to_another_month_leaves_the_old_one() {
    let world = World::new();
    world.save("A", "2026-03-18T20:00", "2026-03-18T22:00", &high());
    world.published("2026-03");
    world.save("A", "2026-04-20T20:00", "2026-04-20T22:00", &high());
    assert_eq!(world.published("2026-04"), 1);
    assert_eq!(world.window("A")["published"]["month"], "2026-04");
    assert_eq!(world.publish("2026-03").status, 409, "it left with the publication of April");
    assert_eq!(world.check("2026-03")["used"]["high_windows"], 0);
    world.save("B", "2026-05-20T20:00", "2026-05-20T22:00", &high());
    assert_eq!(world.published("2026-05"), 1);
    world.save("B", "2026-04-22T20:00", "2026-04-22T22:00", &high());
    assert_eq!(world.published("2026-04"), 2);
    let text = world.last_notice()["text"].as_str().unwrap().to_owned();
    assert!(text.ends_with("Since revision 1:\n- B: added\n"), "{text}");
}
