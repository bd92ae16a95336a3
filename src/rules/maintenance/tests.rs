//! The rules of planned maintenance, PM/a to PM/x (SERVICE.md 3.3).

mod acts;
mod category;
mod limits;
mod notice;
mod publishing;

use std::collections::BTreeSet;

use super::*;
use crate::domain::{
    Calendar, LondonMonth, Timestamp,
    maintenance::{
        Derogation, Disruption, MaintenanceEnvironment, MaintenanceProvider, MaintenanceWindow,
        MonthSchedule, PublishedWindow, RuleSet, WindowAspect, WindowCategory, WindowKind, WindowPlan,
    },
    parse_date, parse_instant, parse_london_or_utc_minute,
};

fn at(text: &str) -> Timestamp {
    parse_instant(text).unwrap()
}

fn month(text: &str) -> LondonMonth {
    text.parse().unwrap()
}

/// A complete plan from one London or UTC time to another, Low.
fn plan(starts_at: &str, ends_at: &str) -> WindowPlan {
    let time = |text: &str| parse_london_or_utc_minute(text).unwrap();
    WindowPlan {
        kind: WindowKind::Planned,
        environment: MaintenanceEnvironment::Production,
        title: Some("Release".parse().unwrap()),
        services: Some("SSI reports".parse().unwrap()),
        disruption: Some(Disruption::Certain),
        aspects: BTreeSet::new(),
        hubs_affected: None,
        hubs_basis: None,
        providers: BTreeSet::new(),
        starts_at: time(starts_at),
        ends_at: time(ends_at),
        risk_to_return: Some("none".parse().unwrap()),
        why: Some("one database".parse().unwrap()),
        stops: BTreeSet::new(),
        category: None,
    }
}

fn high(starts_at: &str, ends_at: &str) -> WindowPlan {
    WindowPlan { aspects: [WindowAspect::ServiceRequests].into(), ..plan(starts_at, ends_at) }
}

fn window(reference: &str, plan: WindowPlan) -> MaintenanceWindow {
    MaintenanceWindow::draft(reference.parse().unwrap(), plan)
}

/// These windows as all of a month, A, B and so on.
fn of_month(text: &str, plans: impl IntoIterator<Item = WindowPlan>) -> MonthFacts {
    let windows = plans.into_iter().zip('A'..).map(|(plan, name)| window(&name.to_string(), plan)).collect();
    MonthFacts { windows, ..MonthFacts::empty(month(text)) }
}

/// These windows as they were told, in the first schedule of the month.
fn published(facts: MonthFacts, published_at: &str) -> MonthFacts {
    let rule_set = MaintenanceSettings::default().rule_set(facts.month);
    let told = facts.windows.iter().map(|window| {
        let version = PublishedWindow {
            reference: window.reference.clone(),
            version: 1,
            month: facts.month,
            revision: 1,
            published_at: at(published_at),
            withdrawn: false,
            plan: as_told(&window.plan, rule_set),
        };
        (window.reference.clone(), version)
    });
    let schedule = MonthSchedule {
        month: facts.month,
        revision: 1,
        published_at: at(published_at),
        by: "planner".parse().unwrap(),
        late: false,
        rule_set,
        note: None,
    };
    MonthFacts { told: told.collect(), schedule: Some(schedule), ..facts }
}

/// With one window more than was told.
fn added(mut facts: MonthFacts, reference: &str, plan: WindowPlan) -> MonthFacts {
    facts.windows.push(window(reference, plan));
    facts
}

fn judged(facts: &MonthFacts, now: &str, settings: &MaintenanceSettings) -> MonthCheck {
    let calendar = Calendar::default();
    check_month(facts, PlanningContext { settings, calendar: &calendar, now: at(now) })
}

/// The checks that refuse, as `PM/f A: what was seen`.
fn refusals(facts: &MonthFacts, now: &str) -> Vec<String> {
    refusals_with(facts, now, &MaintenanceSettings::default())
}

fn refusals_with(facts: &MonthFacts, now: &str, settings: &MaintenanceSettings) -> Vec<String> {
    let check = judged(facts, now, settings);
    check.checks.iter().filter(|check| check.refuses()).map(text).collect()
}

fn text(check: &MaintenanceCheck) -> String {
    let reference = check.reference.as_ref().map(|reference| format!(" {reference}")).unwrap_or_default();
    format!("{}{reference}: {}", check.step.rule.id, check.step.saw)
}

/// Long before any month that the tests plan.
const IN_TIME: &str = "2018-01-01T12:00:00Z";

fn derogation(rules: &str, references: &str, from: &str, to: &str) -> Derogation {
    let list =
        |text: &str| text.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    Derogation {
        id: "D-1".parse().unwrap(),
        rules: list(rules).iter().map(|rule| rule.parse().unwrap()).collect(),
        references: list(references).iter().map(|reference| reference.parse().unwrap()).collect(),
        from: parse_date(from).unwrap(),
        to: parse_date(to).unwrap(),
        reason: "agreed".parse().unwrap(),
        source: "Panel".parse().unwrap(),
    }
}

/// PM/a, MP092-R16, SERVICE.md 7/17.
#[test]
fn pm_a_names_every_field_that_is_missing() {
    let bare =
        WindowPlan { services: None, risk_to_return: None, ..plan("2026-03-18T20:00", "2026-03-18T21:00") };
    assert_eq!(
        refusals(&of_month("2026-03", [bare.clone()]), IN_TIME),
        ["PM/a A: missing: services, risk_to_return"]
    );
    let untitled = WindowPlan { title: None, ..bare };
    assert_eq!(
        refusals(&of_month("2026-03", [untitled]), IN_TIME),
        ["PM/a A: missing: title, services, risk_to_return"]
    );
}

/// PM/d, MP092-R9, SERVICE.md 7/5 and 7/6: by London's clock, in winter and in summer.
#[test]
fn pm_d_a_window_lies_within_one_night_of_londons_clock() {
    for (starts_at, ends_at, holds) in [
        ("2026-03-18T19:59", "2026-03-18T21:00", false),
        ("2026-03-19T07:00", "2026-03-19T08:01", false),
        ("2026-03-19T07:00", "2026-03-19T08:00", true),
        ("2026-03-18T20:00", "2026-03-19T02:00", true),
        ("2026-03-18T07:30", "2026-03-18T20:30", false),
        ("2026-03-18T12:00", "2026-03-18T13:00", false),
        ("2026-03-18T23:00", "2026-03-19T21:00", false),
        ("2026-06-10T18:59:00Z", "2026-06-10T20:00:00Z", false),
        ("2026-06-10T19:00:00Z", "2026-06-11T01:00:00Z", true),
        ("2026-06-11T06:30:00Z", "2026-06-11T07:00:00Z", true),
        ("2026-06-11T07:00:00Z", "2026-06-11T08:00:00Z", false),
        // Through the nights in which the clocks change: eight in the morning by the clock, an hour more or less.
        ("2026-03-29T00:30", "2026-03-29T06:00", true),
        ("2026-03-29T06:30:00Z", "2026-03-29T07:01:00Z", false),
        ("2026-10-25T06:00:00Z", "2026-10-25T08:00:00Z", true),
    ] {
        let plan = plan(starts_at, ends_at);
        let facts = of_month(&plan.month().to_string(), [plan]);
        let found = refusals(&facts, IN_TIME);
        assert_eq!(
            !found.iter().any(|check| check.starts_with("PM/d A")),
            holds,
            "{starts_at} to {ends_at}: {found:?}"
        );
    }
}

/// SERVICE.md 4: minutes are elapsed minutes.
#[test]
fn minutes_of_a_window_are_elapsed_minutes() {
    for (starts_at, ends_at, minutes) in [
        ("2026-03-29T00:30", "2026-03-29T02:30", 60),
        ("2026-10-25T00:30", "2026-10-25T02:30", 180),
        ("2026-03-28T20:00", "2026-03-29T08:00", 660),
        ("2026-10-24T20:00", "2026-10-25T08:00", 780),
    ] {
        assert_eq!(plan(starts_at, ends_at).minutes(), minutes, "{starts_at}");
    }
}

/// PM/o, MP092-R30: elsewhere than in production no limit applies.
#[test]
fn pm_o_other_environments_have_no_limits() {
    for environment in MaintenanceEnvironment::ALL.iter().copied() {
        let by_day = WindowPlan {
            environment,
            category: Some(WindowCategory::Low),
            disruption: None,
            ..high("2026-03-18T09:00", "2026-03-18T17:00")
        };
        let found = refusals(&of_month("2026-03", [by_day.clone(), by_day]), IN_TIME);
        assert_eq!(
            found.is_empty(),
            environment != MaintenanceEnvironment::Production,
            "{environment}: {found:?}"
        );
    }
    let untitled = WindowPlan {
        environment: MaintenanceEnvironment::Uit,
        title: None,
        ..plan("2026-03-18T09:00", "2026-03-18T17:00")
    };
    assert_eq!(refusals(&of_month("2026-03", [untitled]), IN_TIME), ["PM/a A: missing: title"]);
}

/// PM/r, MP092-R13, MP092-R24: warnings that refuse nothing.
#[test]
fn pm_r_warns_of_what_can_be_avoided() {
    let consumers = WindowPlan {
        aspects: [WindowAspect::ConsumerAffecting, WindowAspect::ServiceRequests].into(),
        why: None,
        ..plan("2026-03-18T21:00", "2026-03-19T02:01")
    };
    let mut facts = of_month("2026-03", [consumers, high("2026-03-20T20:00", "2026-03-20T20:59")]);
    facts.open_cases.insert("B".parse().unwrap(), 2);
    facts.images.insert(parse_date("2026-03-18").unwrap(), 12_000);
    let check = judged(&facts, IN_TIME, &MaintenanceSettings::default());
    assert!(check.is_ok());
    let warned = check.checks.iter().filter(|check| check.warns()).map(text).collect::<Vec<_>>();
    assert_eq!(
        warned,
        [
            "PM/r A: affects consumers until 02:01, after 02:00",
            "PM/r A: no reason why the disruption cannot be avoided",
            "PM/r A: 12000 firmware images are agreed for 2026-03-18",
            "PM/r B: 2 open cases",
        ]
    );
    let at_two = WindowPlan {
        aspects: [WindowAspect::ConsumerAffecting].into(),
        ..plan("2026-03-18T20:00", "2026-03-19T02:00")
    };
    let check = judged(&of_month("2026-03", [at_two]), IN_TIME, &MaintenanceSettings::default());
    assert!(!check.checks.iter().any(MaintenanceCheck::warns));
}

/// GOV-R1, MP092-T1: the month's first day decides.
#[test]
fn mp092_t1_the_first_day_of_a_month_decides_on_its_rule_set() {
    let settings = MaintenanceSettings::default();
    for (text, rule_set) in [
        ("2019-03", RuleSet::Before),
        ("2019-04", RuleSet::Trial),
        ("2021-02", RuleSet::Trial),
        ("2021-03", RuleSet::Mp092),
    ] {
        assert_eq!(settings.rule_set(month(text)), rule_set, "{text}");
    }
}
