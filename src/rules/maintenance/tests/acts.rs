//! What is done with one window.

use super::*;
use crate::domain::{
    YesNo,
    maintenance::{CaseKind, MaintenanceCase, WindowEnding},
};

/// Judges by the time alone.
fn at_time<T>(now: &str, judge: impl FnOnce(PlanningContext<'_>) -> T) -> T {
    let (settings, calendar) = (MaintenanceSettings::default(), Calendar::default());
    judge(PlanningContext { settings: &settings, calendar: &calendar, now: at(now) })
}

fn told(plan: WindowPlan) -> PublishedWindow {
    PublishedWindow {
        reference: "A".parse().unwrap(),
        version: 1,
        month: plan.month(),
        revision: 1,
        published_at: at("2026-02-02"),
        withdrawn: false,
        plan,
    }
}

/// PM/t, MP092-R21, MP092-R23, SERVICE.md 7/23.
#[test]
fn pm_t_mp092_r23_an_emergency_may_lie_in_the_past_and_unplanned_work_has_ten_days() {
    let of = |kind, plan: WindowPlan| window("E", WindowPlan { kind, ..plan });
    let morning = || plan("2026-03-18T08:00:00Z", "2026-03-18T09:00:00Z");
    let (now, aware) = ("2026-03-18T10:00:00Z", at("2026-03-18T09:15:00Z"));
    let emergency = of(WindowKind::Emergency, morning());
    let found = at_time(now, |context| announce(&emergency, aware, context));
    assert_eq!((found.retrospective, found.minutes_to_notice), (true, 45));
    for (ends_at, is_past) in
        [("2026-03-18T10:00:00Z", true), ("2026-03-18T10:01:00Z", false), ("2026-03-18T14:00:00Z", false)]
    {
        let emergency = of(WindowKind::Emergency, plan("2026-03-18T08:00:00Z", ends_at));
        let found = at_time(now, |context| announce(&emergency, aware, context));
        assert_eq!(found.retrospective, is_past, "until {ends_at}: what runs still is not told afterwards");
    }
    assert!(!found.checks.iter().any(|check| check.refuses() || check.warns()));
    let late = at_time(now, |context| announce(&of(WindowKind::Unplanned, morning()), aware, context));
    assert!(late.checks.iter().any(MaintenanceCheck::refuses));
    for (day, warns) in [("2026-03-27", true), ("2026-03-28", false)] {
        let ahead = plan(&format!("{day}T00:00"), &format!("{day}T01:00"));
        let found = at_time(now, |context| announce(&of(WindowKind::Unplanned, ahead), aware, context));
        assert_eq!(found.checks.iter().any(MaintenanceCheck::warns), warns, "{day}");
        assert!(!found.checks.iter().any(MaintenanceCheck::refuses));
    }
    let unknown = at_time(now, |context| announce(&emergency, at("2026-03-18T10:00:00.001Z"), context));
    assert!(unknown.checks.iter().any(MaintenanceCheck::refuses), "known since the future");
    let untitled = of(WindowKind::Emergency, WindowPlan { title: None, ..morning() });
    let found = at_time(now, |context| announce(&untitled, aware, context));
    assert_eq!(
        found.checks.iter().filter(|check| check.refuses()).map(text).collect::<Vec<_>>(),
        ["PM/a E: missing: title"]
    );
}

/// PM/u, MP092-R22: to a time ahead; past 08:00 is recorded, not refused.
#[test]
fn pm_u_mp092_r22_the_end_is_moved_to_a_time_ahead() {
    let runs = told(plan("2026-03-18T20:00", "2026-03-19T02:00"));
    for (ends_at, holds) in [
        ("2026-03-19T01:00:00Z", false),
        ("2026-03-19T01:01:00Z", true),
        ("2026-03-19T02:00:00Z", false),
        ("2026-03-19T09:00:00Z", true),
        ("2026-03-19T20:00:00Z", true),
        ("2026-03-19T20:01:00Z", false),
    ] {
        let check = at_time("2026-03-19T01:00:00Z", |context| extend(&runs, at(ends_at), context));
        assert_eq!(check.passes(), holds, "{ends_at}");
    }
}

/// PM/v, MP092-R31.
#[test]
fn pm_v_mp092_r31_a_window_ends_in_order_and_not_ahead() {
    let closed = window("A", plan("2026-03-18T20:00", "2026-03-19T02:00"));
    for (started_at, ended_at, holds) in [
        ("2026-03-18T20:00:00Z", "2026-03-19T01:00:00Z", true),
        ("2026-03-18T20:00:00Z", "2026-03-19T01:00:00.001Z", false),
        ("2026-03-18T21:00:00Z", "2026-03-18T21:00:00Z", false),
    ] {
        let ending =
            WindowEnding { started_at: at(started_at), ended_at: at(ended_at), disrupted: YesNo::Yes };
        let check = at_time("2026-03-19T01:00:00Z", |context| end(&closed, &ending, context));
        assert_eq!(check.passes(), holds, "{started_at} to {ended_at}");
    }
}

/// PM/w, MP092-R29.
#[test]
fn pm_w_a_window_that_has_begun_is_not_withdrawn() {
    let draft = window("A", plan("2026-03-18T20:00", "2026-03-19T02:00"));
    let told = told(draft.plan.clone());
    for (told, now, holds) in [
        (None, "2026-03-18T20:00:00Z", true),
        (Some(&told), "2026-03-18T19:59:59.999Z", true),
        (Some(&told), "2026-03-18T20:00:00Z", false),
    ] {
        assert_eq!(at_time(now, |context| withdraw(&draft, told, context)).passes(), holds, "{now}");
    }
}

/// PM/x, MP092-R20, MP092-R26.
#[test]
fn pm_x_mp092_r20_the_panel_gives_reasons_and_every_case_ends_with_one() {
    let case = |kind, reasons: Option<&str>| MaintenanceCase {
        reference: "A".parse().unwrap(),
        kind,
        party: "SEC Panel".parse().unwrap(),
        reasons: reasons.map(|reasons| reasons.parse().unwrap()),
        opened_at: at("2026-03-01"),
        closed: None,
    };
    for kind in CaseKind::ALL.iter().copied() {
        assert_eq!(open_case(&case(kind, None)).passes(), kind != CaseKind::PanelRequest, "{kind}");
        assert!(open_case(&case(kind, Some("it is a holiday"))).passes());
    }
    let opened = case(CaseKind::Challenge, None);
    for (has_outcome, has_reason, saw) in [
        (true, true, "outcome and reason are there"),
        (true, false, "missing: reason"),
        (false, false, "missing: outcome, reason"),
    ] {
        let check = close_case(&opened, has_outcome, has_reason);
        assert_eq!((check.passes(), check.step.saw.as_str()), (has_outcome && has_reason, saw));
    }
}
