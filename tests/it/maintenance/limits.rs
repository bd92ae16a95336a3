//! The limits of months.

use serde_json::{Value, json};
use smi::{rules::maintenance::MaintenanceSettings, store::Kind};

use super::harness::World;

fn high() -> Value {
    json!({ "service_requests": "yes" })
}

/// A window of one evening, so many minutes long.
fn evening(world: &World, reference: &str, day: &str, minutes: u32, more: &Value) {
    let ends = format!("{day}T{:02}:{:02}", 20 + minutes / 60, minutes % 60);
    world.save(reference, &format!("{day}T20:00"), &ends, more);
}

/// MP092-R10, SERVICE.md 7/9.
#[test]
fn pm_f_a_window_counts_in_the_month_of_its_start() {
    let world = World::new();
    world.save("JAN", "2026-01-31T22:00", "2026-02-01T03:00", &high());
    world.save("FEB", "2026-02-01T20:00", "2026-02-02T02:00", &high());
    for (month, minutes) in [("2026-01", 300), ("2026-02", 360)] {
        let check = world.check(month);
        assert_eq!(
            (&check["ok"], &check["used"]["high_windows"], &check["used"]["high_minutes"]),
            (&true.into(), &1.into(), &minutes.into()),
            "{month}"
        );
    }
    let listed = world.get("/manage/maintenance?month=2026-01");
    assert_eq!((&listed["rule_set"], &listed["schedule"]), (&"mp092".into(), &json!(null)));
    assert_eq!(listed["windows"].as_array().unwrap().len(), 1);
    let both = world.get("/manage/maintenance?from=2026-01-31T20:00&to=2026-02-01T21:00");
    assert_eq!(both["windows"].as_array().unwrap().len(), 2);
}

/// PM/e, PM/f, MP092-R10, SERVICE.md 7/10.
#[test]
fn pm_e_f_mp092_r10_two_high_windows_of_six_hours_together() {
    let world = World::new();
    world.save("A", "2026-03-10T20:00", "2026-03-11T00:00", &high());
    evening(&world, "B", "2026-03-12", 120, &high());
    assert_eq!(world.refusals("2026-03"), [""; 0]);
    evening(&world, "B", "2026-03-12", 121, &high());
    assert_eq!(world.refusals("2026-03"), ["PM/f: 361 of 360 minutes of High windows"]);
    for (reference, day) in [("A", "2026-03-10"), ("B", "2026-03-12"), ("C", "2026-03-14")] {
        evening(&world, reference, day, 60, &high());
    }
    assert_eq!(world.publish("2026-03").broken(), ["PM/e: 3 of 2 High windows"]);
}

/// PM/g, PM/h, MP092-R11, MP092-R19, SERVICE.md 7/11.
#[test]
fn pm_g_h_mp092_r19_a_seventh_low_window_is_refused_and_the_revision_stays() {
    let world = World::new();
    for day in 10..16 {
        evening(&world, &format!("L-{day}"), &format!("2026-03-{day}"), 60, &json!({}));
    }
    assert_eq!(world.published("2026-03"), 1);
    evening(&world, "L-20", "2026-03-20", 60, &json!({}));
    let refused = world.publish("2026-03");
    assert_eq!((refused.status, refused.broken()), (422, vec!["PM/g: 7 of 6 Low windows".to_owned()]));
    assert_eq!(world.get("/manage/maintenance?month=2026-03")["schedule"]["revision"], 1);
    world.save("LONG", "2026-04-10T20:00", "2026-04-11T02:01", &json!({}));
    assert_eq!(world.refusals("2026-04"), ["PM/h LONG: 361 of 360 minutes"]);
}

/// PM/n, MP092-T1, SERVICE.md 7/18.
#[test]
fn pm_n_mp092_t1_each_month_is_judged_by_the_rule_set_of_its_first_day() {
    let world = World::new();
    world.smi.move_to("2018-12-01T12:00:00Z");
    let ssi = json!({ "ssi": "yes" });
    evening(&world, "S1", "2019-02-10", 120, &ssi);
    evening(&world, "S2", "2019-02-11", 121, &ssi);
    assert_eq!(world.refusals("2019-02"), ["PM/n: 241 of 240 minutes of SSI windows"]);
    evening(&world, "S1", "2019-02-10", 120, &high());
    world.save("S2", "2019-02-11T20:00", "2019-02-12T00:01", &high());
    assert_eq!(world.refusals("2019-02"), ["PM/n: 361 of 360 minutes of all windows"]);
    for (reference, day) in [("H1", "2019-04-01"), ("H2", "2019-04-02")] {
        evening(&world, reference, day, 180, &high());
    }
    for day in 10..16 {
        world.save(
            &format!("L-{day}"),
            &format!("2019-04-{day}T20:00"),
            &format!("2019-04-{}T02:00", day + 1),
            &json!({}),
        );
    }
    let check = world.check("2019-04");
    assert_eq!((&check["rule_set"], &check["ok"]), (&"trial".into(), &true.into()), "{check}");
}

/// PM/o, MP092-R30: other environments have no limits.
#[test]
fn pm_o_mp092_r30_no_limit_applies_in_uit() {
    let world = World::new();
    for reference in ["U1", "U2", "U3"] {
        world.save(
            reference,
            "2026-03-18T09:00",
            "2026-03-18T17:00",
            &json!({ "environment": "UIT", "communications": "yes" }),
        );
    }
    assert_eq!(world.refusals("2026-03"), [""; 0]);
    assert_eq!(world.published("2026-03"), 1);
}

/// PM/p, MP092-R12, MP092-D1, SERVICE.md 7/22.
#[test]
fn pm_p_mp092_r12_a_derogation_turns_a_breach_into_a_pass_that_names_it() {
    let world = World::new();
    let derogations = "derogation_id,rules,references,from_date,to_date,reason,source\n\
        D-1,PM/f,,2026-05-01,2026-05-31,eight hours in all,Panel paper\n";
    world.smi.import(Kind::Derogations, derogations);
    for month in ["2026-05", "2026-06"] {
        for (day, reference) in [(10, "A"), (12, "B")] {
            let next = day + 1;
            world.save(
                &format!("{reference}-{month}"),
                &format!("{month}-{day}T20:00"),
                &format!("{month}-{next}T00:00"),
                &high(),
            );
        }
    }
    let may = world.publish("2026-05");
    assert_eq!(may.status, 200, "{may:?}");
    let of_rule = |rule: &str| {
        may.body["checks"].as_array().unwrap().iter().find(|check| check["rule"] == rule).cloned()
    };
    let check = of_rule("PM/f").unwrap();
    assert_eq!((&check["holds"], &check["derogation"]), (&true.into(), &"D-1".into()));
    let june = world.publish("2026-06");
    assert_eq!(
        (june.status, june.broken()),
        (422, vec!["PM/f: 480 of 360 minutes of High windows".to_owned()])
    );
    let acts = world.get("/manage/acts?area=maintenance&about=2026-05");
    let kept = acts["acts"][0]["checks"].as_array().unwrap().iter().any(|check| check["derogation"] == "D-1");
    assert!(kept, "the act keeps it");
}

/// PM/m, MP092-C16: one allowance a provider.
#[test]
fn pm_m_each_provider_may_have_its_own_allowance() {
    use smi::domain::maintenance::AllowanceScope;
    let world = World::choosing(MaintenanceSettings {
        limits: AllowanceScope::PerProvider,
        ..MaintenanceSettings::default()
    });
    for (day, provider) in [(10, "DSP"), (11, "DSP"), (12, "DCO"), (13, "CSP Central & South")] {
        let more = json!({ "service_requests": "yes", "providers": provider });
        evening(&world, &format!("W-{day}"), &format!("2026-03-{day}"), 180, &more);
    }
    assert_eq!(world.refusals("2026-03"), [""; 0]);
    evening(&world, "W-14", "2026-03-14", 1, &json!({ "service_requests": "yes", "providers": "DSP;DCO" }));
    assert_eq!(
        world.refusals("2026-03"),
        ["PM/e: DSP: 3 of 2 High windows", "PM/f: DSP: 361 of 360 minutes of High windows"]
    );
}
