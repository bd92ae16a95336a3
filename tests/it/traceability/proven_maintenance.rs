//! The rules of planned maintenance, run over made-up months and windows until each held and was broken.

use jiff::Timestamp;
use smi::{
    domain::{
        Calendar, LondonMonth, YesNo,
        maintenance::{
            CaseKind, Disruption, MaintenanceCase, MaintenanceEnvironment, MaintenanceWindow, MonthSchedule,
            PublishedWindow, RuleSet, WindowAspect, WindowCategory, WindowEnding, WindowKind, WindowPlan,
        },
        parse_instant,
    },
    rules::maintenance::{
        self, MaintenanceCheck, MaintenanceSettings, MonthFacts, PlanningContext, Publishing,
    },
};

use super::proven::Seen;

fn at(text: &str) -> Timestamp {
    parse_instant(text).unwrap()
}

/// A High window of the first hour of the night.
fn good(night: u8) -> WindowPlan {
    WindowPlan {
        kind: WindowKind::Planned,
        environment: MaintenanceEnvironment::Production,
        title: Some("Release".parse().unwrap()),
        services: Some("messages".parse().unwrap()),
        disruption: Some(Disruption::Certain),
        aspects: [WindowAspect::ServiceRequests].into(),
        hubs_affected: None,
        hubs_basis: None,
        providers: [].into(),
        starts_at: at(&format!("2026-03-{night:02}T20:00:00Z")),
        ends_at: at(&format!("2026-03-{night:02}T21:00:00Z")),
        risk_to_return: Some("none".parse().unwrap()),
        why: Some("one database".parse().unwrap()),
        stops: [].into(),
        category: None,
    }
}

fn low(night: u8) -> WindowPlan {
    WindowPlan { aspects: [].into(), ..good(night) }
}

fn month(plans: impl IntoIterator<Item = WindowPlan>) -> MonthFacts {
    let windows = plans.into_iter().enumerate();
    let windows =
        windows.map(|(at, plan)| MaintenanceWindow::draft(format!("W-{at}").parse().unwrap(), plan));
    MonthFacts { windows: windows.collect(), ..MonthFacts::empty("2026-03".parse().unwrap()) }
}

/// The month, of which nothing but its first schedule was published.
fn begun(facts: MonthFacts) -> MonthFacts {
    let schedule = MonthSchedule {
        month: facts.month,
        revision: 1,
        published_at: at("2026-02-01"),
        by: "planner".parse().unwrap(),
        late: false,
        rule_set: RuleSet::Mp092,
        note: None,
    };
    MonthFacts { schedule: Some(schedule), ..facts }
}

/// PM/a to PM/k, PM/n, PM/q to PM/x.
pub(super) fn maintenance(seen: &mut Seen) {
    let mut note = |checks: &[MaintenanceCheck]| {
        seen.steps(&checks.iter().map(|check| check.step.clone()).collect::<Vec<_>>());
    };
    let calendar = Calendar::default();
    let default = MaintenanceSettings::default();
    let at_time = |now: &str, settings| PlanningContext { settings, calendar: &calendar, now: at(now) };
    let before =
        MaintenanceSettings { trial_from: LondonMonth::of(at("2027-01-01")).first(), ..default.clone() };
    let before = MaintenanceSettings { mp092_from: before.trial_from, ..before };
    let variant = MaintenanceSettings { migration_variant: true, ..default.clone() };
    let systems = WindowPlan { aspects: [WindowAspect::MigrationSystems].into(), ..low(18) };
    for (facts, now, settings) in [
        (month([good(10), low(11)]), "2026-02-02", &default),
        (month(bad()), "2026-03-01", &default),
        (month((1..20).flat_map(|night| [good(night), low(night)])), "2026-02-02", &default),
        (begun(month([good(18)])), "2026-02-18", &default),
        (month([good(18)]), "2026-02-02", &before),
        (begun(month([good(18)])), "2026-02-18", &before),
        (month([WindowPlan { ends_at: at("2026-03-19T08:00:00Z"), ..good(18) }]), "2026-02-02", &before),
        (month([systems.clone()]), "2026-02-02", &variant),
        (month([systems]), "2026-03-17", &variant),
    ] {
        note(&maintenance::check_month(&facts, at_time(now, settings)).checks);
    }
    publications(&mut note, at_time("2026-02-02", &default));
    acts(&mut note, at_time("2026-03-18T20:30:00Z", &default));
}

/// Windows that break what is asked of each by itself.
fn bad() -> [WindowPlan; 4] {
    [
        WindowPlan { title: None, why: None, ..good(10) },
        WindowPlan { disruption: None, ..low(11) },
        WindowPlan { category: Some(WindowCategory::Low), ends_at: at("2026-03-13T04:00:00Z"), ..good(12) },
        WindowPlan { ends_at: at("2026-03-14T08:01:00Z"), ..low(13) },
    ]
}

fn publications(note: &mut impl FnMut(&[MaintenanceCheck]), context: PlanningContext<'_>) {
    for facts in [month([good(10)]), begun(month([]))] {
        match maintenance::publish(&facts, "planner".parse().unwrap(), None, context) {
            Publishing::Published(publication) => note(&publication.check.checks),
            Publishing::Unchanged(check) => note(&[check]),
            Publishing::Refused(check) => panic!("{check:?}"),
        }
    }
}

/// What is done at half past eight in the night of a window that runs until nine.
fn acts(note: &mut impl FnMut(&[MaintenanceCheck]), context: PlanningContext<'_>) {
    let of = |plan: WindowPlan| MaintenanceWindow::draft("W-1".parse().unwrap(), plan);
    for kind in [WindowKind::Emergency, WindowKind::Unplanned] {
        let window = of(WindowPlan { kind, ..good(17) });
        note(&maintenance::announce(&window, at("2026-03-18"), context).checks);
    }
    let window = of(good(18));
    let told = PublishedWindow {
        reference: window.reference.clone(),
        version: 1,
        month: window.plan.month(),
        revision: 1,
        published_at: at("2026-02-01"),
        withdrawn: false,
        plan: window.plan.clone(),
    };
    let ending =
        |ended_at| WindowEnding { started_at: at("2026-03-18T20:00:00Z"), ended_at, disrupted: YesNo::No };
    let case = |reasons: Option<&str>| MaintenanceCase {
        reference: window.reference.clone(),
        kind: CaseKind::PanelRequest,
        party: "SEC Panel".parse().unwrap(),
        reasons: reasons.map(|reasons| reasons.parse().unwrap()),
        opened_at: at("2026-03-01"),
        closed: None,
    };
    note(&[
        maintenance::extend(&told, at("2026-03-18T22:00:00Z"), context),
        maintenance::extend(&told, at("2026-03-18T20:15:00Z"), context),
        maintenance::end(&window, &ending(at("2026-03-18T20:30:00Z")), context),
        maintenance::end(&window, &ending(at("2026-03-18T20:31:00Z")), context),
        maintenance::withdraw(&window, None, context),
        maintenance::withdraw(&window, Some(&told), context),
        maintenance::open_case(&case(Some("a holiday"))),
        maintenance::open_case(&case(None)),
        maintenance::close_case(&case(None), true, true),
        maintenance::close_case(&case(None), true, false),
    ]);
}
