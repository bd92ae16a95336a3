//! The publication of a month.

use super::*;
use crate::domain::maintenance::WindowState;

fn publish_at(facts: &MonthFacts, now: &str) -> Publishing {
    let (settings, calendar) = (MaintenanceSettings::default(), Calendar::default());
    let context = PlanningContext { settings: &settings, calendar: &calendar, now: at(now) };
    publish(facts, "planner".parse().unwrap(), None, context)
}

fn publication(facts: &MonthFacts, now: &str) -> Publication {
    match publish_at(facts, now) {
        Publishing::Published(publication) => publication,
        other @ (Publishing::Unchanged(_) | Publishing::Refused(_)) => panic!("{other:?}"),
    }
}

/// The versions of a publication: reference, version, and whether it is taken back.
fn versions(publication: &Publication) -> Vec<(&str, u32, bool)> {
    let version = |one: &PublishedWindow| (one.version, one.withdrawn);
    publication.versions.iter().map(|one| (one.reference.as_str(), version(one).0, version(one).1)).collect()
}

const NOW: &str = "2026-02-02T12:00:00Z";

/// PM/s, MP092-R17, MP092-R18: revisions hold what differs from the one before.
#[test]
fn pm_s_a_revision_tells_what_differs_from_the_one_before() {
    let march = of_month(
        "2026-03",
        [high("2026-03-18T20:00", "2026-03-19T02:00"), plan("2026-03-20T20:00", "2026-03-20T21:00")],
    );
    let first = publication(&march, NOW);
    assert_eq!((first.schedule.revision, first.schedule.late), (1, false));
    assert_eq!(versions(&first), [("A", 1, false), ("B", 1, false)]);
    assert_eq!(
        first.versions[0].plan.category,
        Some(WindowCategory::High),
        "MP092-R1: told with its category"
    );
    let told = published(march, NOW);
    let Publishing::Unchanged(check) = publish_at(&told, NOW) else { panic!() };
    assert_eq!(text(&check), "PM/s: nothing of 2026-03 differs from revision 1");
    let mut edited = told.clone();
    edited.windows[1].plan.title = Some("Other words".parse().unwrap());
    let second = publication(&edited, "2026-03-19T12:00:00Z");
    assert_eq!((second.schedule.revision, versions(&second)), (2, vec![("B", 2, false)]));
}

/// PM/s: the first revision may be empty, and a window that is withdrawn or moved into another month is taken back.
#[test]
fn pm_s_what_leaves_the_month_is_taken_back() {
    assert_eq!(versions(&publication(&MonthFacts::empty(month("2026-03")), NOW)), []);
    let march = of_month(
        "2026-03",
        [high("2026-03-18T20:00", "2026-03-19T02:00"), plan("2026-03-20T20:00", "2026-03-20T21:00")],
    );
    let mut told = published(march, NOW);
    told.windows[0].state = WindowState::Withdrawn;
    let moved = told.windows.pop().unwrap();
    let taken_back = publication(&told, "2026-03-01T12:00:00Z");
    assert_eq!(versions(&taken_back), [("A", 2, true), ("B", 2, true)]);
    assert_eq!(taken_back.changes, [VersionChange::TakenBack, VersionChange::TakenBack]);
    // In its new month it is added, whichever month is published first.
    let plan = plan("2026-04-20T20:00", "2026-04-20T21:00");
    let april = MonthFacts {
        windows: vec![MaintenanceWindow { plan, ..moved.clone() }],
        told: told.told.clone().into_iter().filter(|(reference, _)| *reference == moved.reference).collect(),
        ..MonthFacts::empty(month("2026-04"))
    };
    let joined = publication(&april, "2026-03-01T12:00:00Z");
    assert_eq!(versions(&joined), [("B", 2, false)]);
    assert_eq!(joined.changes, [VersionChange::Added]);
}

/// PM/s: what joins the schedule of a month is added, whatever its version: it came from another month, or was taken back before.
#[test]
fn pm_s_a_version_is_added_changed_or_taken_back_by_the_one_before() {
    let march = published(of_month("2026-03", [plan("2026-03-20T20:00", "2026-03-20T21:00")]), NOW);
    let first = march.told.into_values().next().unwrap();
    let second = PublishedWindow { version: 2, ..first.clone() };
    let of_april = PublishedWindow { month: month("2026-04"), ..first.clone() };
    let taken_back = PublishedWindow { withdrawn: true, ..first.clone() };
    for (before, expected) in [
        (None, VersionChange::Added),
        (Some(&first), VersionChange::Changed),
        (Some(&of_april), VersionChange::Added),
        (Some(&taken_back), VersionChange::Added),
    ] {
        assert_eq!(VersionChange::of(&second, before), expected, "{before:?}");
    }
    let gone = PublishedWindow { withdrawn: true, ..second };
    assert_eq!(VersionChange::of(&gone, Some(&first)), VersionChange::TakenBack);
}

/// PM/c, PM/s: a stated High that is cleared, where Low follows, is another plan than was told: it is published anew, and judged though the
/// window has begun.
#[test]
fn pm_s_a_stated_category_that_is_cleared_is_a_change() {
    let stated =
        WindowPlan { category: Some(WindowCategory::High), ..plan("2026-03-18T20:00", "2026-03-19T02:00") };
    let mut facts = published(of_month("2026-03", [stated.clone()]), NOW);
    let told = facts.told.values().next().unwrap().clone();
    let cleared = WindowPlan { category: None, ..stated.clone() };
    assert!(is_as_told(&stated, &told) && !is_as_told(&cleared, &told));
    assert_eq!(planned_state(&stated, Some(&told)), WindowState::Published);
    assert_eq!(planned_state(&cleared, Some(&told)), WindowState::Changed);
    assert_eq!(planned_state(&stated, None), WindowState::Draft);
    facts.windows[0].plan = cleared;
    let running = "2026-03-18T21:00:00Z";
    let judged_of = |facts: &MonthFacts| {
        let check = judged(facts, running, &MaintenanceSettings::default());
        check.checks.iter().any(|check| check.step.rule.id == "PM/c")
    };
    assert!(judged_of(&facts), "it is not settled as what was told");
    facts.windows[0].plan = stated;
    assert!(!judged_of(&facts));
    // Where High follows, it may be stated or not: nothing else is told.
    let follows = published(of_month("2026-03", [high("2026-03-18T20:00", "2026-03-19T02:00")]), NOW);
    let told = follows.told.values().next().unwrap();
    for category in [None, Some(WindowCategory::High)] {
        assert!(is_as_told(&WindowPlan { category, ..follows.windows[0].plan.clone() }, told));
    }
}

/// PM/j: late, a month is published and marked; later revisions keep the mark.
#[test]
fn pm_j_a_late_month_stays_marked() {
    let march = of_month("2026-03", [plan("2026-03-30T20:00", "2026-03-30T21:00")]);
    let late = publication(&march, "2026-02-03T00:00:00Z");
    assert!(late.schedule.late);
    let mut told = published(march, "2026-02-03T00:00:00Z");
    told.schedule = Some(late.schedule);
    told.windows[0].plan.ends_at = at("2026-03-30T19:30:00Z");
    assert!(publication(&told, "2026-02-04T00:00:00Z").schedule.late);
}

/// A refusal names every broken check, and makes all of them.
#[test]
fn a_refused_publication_names_every_breach() {
    let bad = WindowPlan { services: None, ..plan("2026-03-18T19:00", "2026-03-19T03:00") };
    let Publishing::Refused(check) = publish_at(&of_month("2026-03", [bad.clone(), bad]), NOW) else {
        panic!()
    };
    let refused = check.checks.iter().filter(|check| check.refuses()).map(text).collect::<Vec<_>>();
    insta::assert_snapshot!(refused.join("\n"), @"
    PM/a A: missing: services
    PM/h A: 480 of 360 minutes
    PM/d A: 2026-03-18 19:00 to 2026-03-19 03:00
    PM/a B: missing: services
    PM/h B: 480 of 360 minutes
    PM/d B: 2026-03-18 19:00 to 2026-03-19 03:00
    PM/i A: overlaps B
    ");
}
