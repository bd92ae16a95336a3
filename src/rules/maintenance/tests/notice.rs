//! When a window has to be published.

use super::*;

/// PM/j, PM/k, MP092-R14, SERVICE.md 7/12.
#[test]
fn pm_j_mp092_r14_a_month_is_late_from_the_midnight_after_its_last_day() {
    let facts = of_month("2026-03", [high("2026-03-18T20:00", "2026-03-19T02:00")]);
    let settings = MaintenanceSettings::default();
    for (now, is_late) in [("2026-02-02T23:59:59.999Z", false), ("2026-02-03T00:00:00.000Z", true)] {
        let check = judged(&facts, now, &settings);
        assert!(check.is_ok(), "{now}");
        assert_eq!(check.latest.map(|day| day.to_string()).as_deref(), Some("2026-02-02"));
        let of = |rule: &str| check.checks.iter().find(|check| check.step.rule.id == rule);
        assert_eq!(of("PM/j").map(MaintenanceCheck::warns), Some(is_late));
        // Late, each window has to meet PM/k: here up to 18 February.
        assert_eq!(of("PM/k").is_some(), is_late);
    }
    assert_eq!(refusals(&facts, "2026-02-18T23:59:59.999Z"), [""; 0]);
    assert_eq!(
        refusals(&facts, "2026-02-19T00:00:00Z"),
        ["PM/k A: added: 20 Working Days before, at latest on 2026-02-18; today is 2026-02-19"]
    );
}

/// PM/k, MP092-R18, MP092-R19, SERVICE.md 7/14: Easter does not count.
#[test]
fn pm_k_mp092_r18_a_window_is_added_ten_or_twenty_working_days_before() {
    let april = || published(of_month("2026-04", []), "2026-03-04T12:00:00Z");
    let low = || added(april(), "L", plan("2026-04-10T20:00", "2026-04-10T21:00"));
    let high = || added(april(), "H", high("2026-04-10T20:00", "2026-04-10T21:00"));
    for (facts, day, is_taken) in [
        (low(), "2026-03-25T23:59:59.999Z", true),
        (low(), "2026-03-26T00:00:00Z", false),
        (high(), "2026-03-11T23:59:59.999Z", true),
        (high(), "2026-03-12T00:00:00Z", false),
    ] {
        assert_eq!(refusals(&facts, day).is_empty(), is_taken, "{day}");
    }
}

/// PM/k: what of an edit needs notice. The month is published, and it is too late for any notice.
#[test]
fn pm_k_shorter_windows_and_other_words_need_no_notice() {
    let told = || {
        published(of_month("2026-03", [plan("2026-03-18T20:00", "2026-03-19T00:00")]), "2026-02-02T12:00:00Z")
    };
    let edited = |plan: WindowPlan| {
        let mut facts = told();
        facts.windows = vec![window("A", plan)];
        let found = refusals(&facts, "2026-03-18T12:00:00Z");
        found.first().map(|found| found.split(": ").nth(1).unwrap_or_default().to_owned())
    };
    let same = || plan("2026-03-18T20:00", "2026-03-19T00:00");
    for (plan, why) in [
        (same(), None),
        (WindowPlan { title: Some("Other words".parse().unwrap()), ..same() }, None),
        (plan("2026-03-18T21:00", "2026-03-18T23:00"), None),
        (plan("2026-03-18T20:00", "2026-03-19T00:01"), Some("lengthened")),
        (plan("2026-03-19T20:00", "2026-03-19T21:00"), Some("moved")),
        (WindowPlan { category: Some(WindowCategory::High), ..same() }, Some("made High")),
        (WindowPlan { disruption: Some(Disruption::Nothing), ..same() }, None),
    ] {
        assert_eq!(edited(plan.clone()).as_deref(), why, "{plan:?}");
    }
    let mut withdrawn = told();
    withdrawn.windows.clear();
    assert_eq!(refusals(&withdrawn, "2026-03-18T12:00:00Z"), [""; 0]);
    // What was no Planned Maintenance is added when it becomes some.
    let mut risen = published(
        of_month("2026-03", [WindowPlan { disruption: Some(Disruption::Nothing), ..same() }]),
        "2026-02-02T12:00:00Z",
    );
    risen.windows = vec![window("A", same())];
    assert_eq!(refusals(&risen, "2026-03-18T12:00:00Z").len(), 1);
}

/// PM/n: before the trial nothing was added to a published month.
#[test]
fn pm_n_nothing_is_added_to_a_month_before_the_trial() {
    let february = published(of_month("2019-02", []), "2019-01-02T12:00:00Z");
    let facts = added(february, "X", plan("2019-02-20T20:00", "2019-02-20T21:00"));
    assert_eq!(refusals(&facts, "2019-01-03T12:00:00Z"), ["PM/n X: added, the month is published"]);
    let late = of_month("2019-02", [plan("2019-02-20T20:00", "2019-02-20T21:00")]);
    assert_eq!(refusals(&late, "2019-02-19T12:00:00Z"), [""; 0], "late, and PM/k is not asked");
}

/// PM/q, MP092-R7: work on Migration Systems has a notice of its own, where the operator says so.
#[test]
fn pm_q_mp092_r7_work_on_migration_systems_has_ten_working_days() {
    let variant = MaintenanceSettings { migration_variant: true, ..MaintenanceSettings::default() };
    let systems = WindowPlan {
        aspects: [WindowAspect::MigrationSystems, WindowAspect::ServiceRequests].into(),
        ..plan("2026-04-10T20:00", "2026-04-10T21:00")
    };
    let facts = added(published(of_month("2026-04", []), "2026-03-04T12:00:00Z"), "M", systems.clone());
    assert_eq!(refusals_with(&facts, "2026-03-25T12:00:00Z", &variant), [""; 0]);
    assert_eq!(
        refusals_with(&facts, "2026-03-26T12:00:00Z", &variant),
        ["PM/q M: added: 10 Working Days before, at latest on 2026-03-25; today is 2026-03-26"]
    );
    assert!(refusals(&facts, "2026-03-25T12:00:00Z")[0].starts_with("PM/k M"), "off by default");
    // Also in a first schedule that is in time.
    let early = of_month(
        "2026-04",
        [WindowPlan {
            starts_at: at("2026-04-01T20:00:00Z"),
            ends_at: at("2026-04-01T21:00:00Z"),
            ..systems
        }],
    );
    assert!(
        judged(&early, "2026-03-04T12:00:00Z", &variant)
            .checks
            .iter()
            .any(|check| check.step.rule.id == "PM/q")
    );
}
