//! The limits of a month.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    YesNo,
    maintenance::{AllowanceScope, WindowEnding, WindowState},
};

/// MP092-R10, SERVICE.md 7/9: a window belongs to the month of its start, with all its minutes.
#[test]
fn pm_e_f_a_window_counts_in_the_month_of_its_start() {
    let settings = MaintenanceSettings::default();
    let january = of_month("2026-01", [high("2026-01-31T22:00", "2026-02-01T03:00")]);
    let february = of_month("2026-02", [high("2026-02-01T20:00", "2026-02-02T02:00")]);
    for (facts, minutes) in [(january, 300), (february, 360)] {
        let check = judged(&facts, IN_TIME, &settings);
        assert!(check.is_ok());
        assert_eq!(check.used, AllowanceUse { high_windows: 1, high_minutes: minutes, low_windows: 0 });
    }
}

/// PM/e, PM/f, MP092-R10, SERVICE.md 7/10.
#[test]
fn pm_e_f_two_high_windows_have_six_hours_together() {
    let four_hours = high("2026-03-10T20:00", "2026-03-11T00:00");
    for (others, expected) in [
        (vec![high("2026-03-12T20:00", "2026-03-12T22:00")], vec![]),
        (
            vec![high("2026-03-12T20:00", "2026-03-12T22:01")],
            vec!["PM/f: 361 of 360 minutes of High windows"],
        ),
    ] {
        let facts = of_month("2026-03", [four_hours.clone()].into_iter().chain(others));
        assert_eq!(refusals(&facts, IN_TIME), expected);
    }
    let hours = (10..13).map(|day| high(&format!("2026-03-{day}T20:00"), &format!("2026-03-{day}T21:00")));
    assert_eq!(refusals(&of_month("2026-03", hours), IN_TIME), ["PM/e: 3 of 2 High windows"]);
}

/// PM/g, PM/h, MP092-R11, MP092-R19, SERVICE.md 7/11.
#[test]
fn pm_g_h_six_low_windows_of_six_hours_each() {
    let low = |day| plan(&format!("2026-03-{day}T20:00"), &format!("2026-03-{}T02:00", day + 1));
    let six = of_month("2026-03", (10..16).map(low));
    assert_eq!(refusals(&six, IN_TIME), [""; 0]);
    let seventh =
        added(published(six, "2026-02-02T12:00:00Z"), "X", plan("2026-03-25T20:00", "2026-03-25T21:00"));
    assert_eq!(refusals(&seventh, "2026-02-03T12:00:00Z"), ["PM/g: 7 of 6 Low windows"]);
    let long = of_month("2026-03", [plan("2026-03-18T20:00", "2026-03-19T02:01")]);
    assert_eq!(refusals(&long, IN_TIME), ["PM/h A: 361 of 360 minutes"]);
}

/// PM/i: the end of one may be the start of the other, and what lies beside the month counts, too.
#[test]
fn pm_i_no_two_windows_overlap() {
    let first = plan("2026-03-31T20:00", "2026-04-01T02:00");
    for (second, overlaps) in [
        (plan("2026-03-31T19:00", "2026-03-31T20:00"), false),
        (plan("2026-03-31T19:00", "2026-03-31T20:01"), true),
        (high("2026-04-01T02:00", "2026-04-01T03:00"), false),
        (high("2026-04-01T01:59", "2026-04-01T03:00"), true),
    ] {
        let is_beside = second.month() != month("2026-03");
        let mut facts = of_month("2026-03", [first.clone()]);
        let other = window("Z", second.clone());
        if is_beside {
            facts.beside.push(other)
        } else {
            facts.windows.push(other)
        }
        let found = refusals(&facts, IN_TIME);
        assert_eq!(
            found.iter().any(|found| found == "PM/i A: overlaps Z"),
            overlaps,
            "{second:?}: {found:?}"
        );
    }
}

/// PM/m, MP092-C16: each provider has an allowance of its own.
#[test]
fn pm_m_per_provider_each_has_its_own_allowance() {
    let of = |providers: &[MaintenanceProvider], starts: &str, ends: &str| WindowPlan {
        providers: providers.iter().copied().collect(),
        ..high(starts, ends)
    };
    let (dsp, dco) = (MaintenanceProvider::Dsp, MaintenanceProvider::Dco);
    let facts = of_month(
        "2026-03",
        [
            of(&[dsp], "2026-03-10T20:00", "2026-03-11T00:00"),
            of(&[dco], "2026-03-10T21:00", "2026-03-11T01:00"),
            of(&[dsp, dco], "2026-03-12T20:00", "2026-03-12T22:00"),
            of(&[], "2026-03-12T20:00", "2026-03-13T02:00"),
        ],
    );
    let own = MaintenanceSettings { limits: AllowanceScope::PerProvider, ..MaintenanceSettings::default() };
    assert_eq!(refusals_with(&facts, IN_TIME, &own), [""; 0]);
    assert_eq!(
        refusals(&facts, IN_TIME),
        [
            "PM/e: 4 of 2 High windows",
            "PM/f: 960 of 360 minutes of High windows",
            "PM/i A: overlaps B",
            "PM/i C: overlaps D",
        ]
    );
    let more = added(facts, "E", of(&[dco], "2026-03-20T20:00", "2026-03-20T21:00"));
    assert_eq!(
        refusals_with(&more, IN_TIME, &own),
        ["PM/e: DCO: 3 of 2 High windows", "PM/f: DCO: 420 of 360 minutes of High windows",]
    );
}

/// PM/n, MP092-T1, SERVICE.md 7/18: before the trial all minutes and those of the SSI are limited, and no window has a category.
#[test]
fn pm_n_before_the_trial_all_minutes_count_together() {
    let ssi = |day: u8, minutes: u8| WindowPlan {
        aspects: [WindowAspect::Ssi].into(),
        ..plan(&format!("2019-02-{day}T20:00"), &format!("2019-02-{day}T22:0{}", minutes - 120))
    };
    let both = of_month("2019-02", [ssi(10, 120), ssi(11, 121)]);
    let found = judged(&both, "2018-12-01T12:00:00Z", &MaintenanceSettings::default());
    assert_eq!((found.rule_set, found.used), (RuleSet::Before, AllowanceUse::default()));
    assert_eq!(refusals(&both, "2018-12-01T12:00:00Z"), ["PM/n: 241 of 240 minutes of SSI windows"]);
    let all = of_month(
        "2019-02",
        [high("2019-02-10T20:00", "2019-02-11T00:00"), high("2019-02-12T20:00", "2019-02-12T22:01")],
    );
    assert_eq!(refusals(&all, "2018-12-01T12:00:00Z"), ["PM/n: 361 of 360 minutes of all windows"]);
    let low = |day| plan(&format!("2019-04-{day}T20:00"), &format!("2019-04-{}T02:00", day + 1));
    let trial = of_month(
        "2019-04",
        [high("2019-04-01T20:00", "2019-04-01T23:00"), high("2019-04-02T20:00", "2019-04-02T23:00")]
            .into_iter()
            .chain((10..16).map(low)),
    );
    let found = judged(&trial, "2019-01-01T12:00:00Z", &MaintenanceSettings::default());
    assert_eq!((found.rule_set, found.is_ok()), (RuleSet::Trial, true));
}

/// PM/n, PM/m: before the trial all windows count together, also where each provider has an allowance of its own.
#[test]
fn pm_n_before_the_trial_providers_share_the_minutes() {
    let of = |provider, starts_at, ends_at| WindowPlan {
        providers: [provider].into(),
        ..high(starts_at, ends_at)
    };
    let own = MaintenanceSettings { limits: AllowanceScope::PerProvider, ..MaintenanceSettings::default() };
    let facts = of_month(
        "2019-02",
        [
            of(MaintenanceProvider::Dsp, "2019-02-10T20:00", "2019-02-11T02:00"),
            of(MaintenanceProvider::Dco, "2019-02-12T20:00", "2019-02-13T02:00"),
        ],
    );
    let early = "2018-12-01T12:00:00Z";
    assert_eq!(refusals_with(&facts, early, &own), ["PM/n: 720 of 360 minutes of all windows"]);
}

/// PM/p: derogations of single windows cover a breach together, and all of them are named.
#[test]
fn pm_p_derogations_add_up() {
    let low = |day| plan(&format!("2026-05-{day}T20:00"), &format!("2026-05-{day}T21:00"));
    let nine = of_month("2026-05", (10..19).map(low));
    let of = |id: &str, references: &str| Derogation {
        id: id.parse().unwrap(),
        ..derogation("PM/g", references, "2026-05-01", "2026-05-31")
    };
    let with = |derogations: Vec<Derogation>| {
        let facts = MonthFacts { derogations, ..nine.clone() };
        let check = judged(&facts, IN_TIME, &MaintenanceSettings::default());
        check.checks.into_iter().find(|check| check.step.rule.id == "PM/g").unwrap()
    };
    let (one, two, three) = (of("D-1", "A"), of("D-2", "B;C"), of("D-3", "A;B;C"));
    let elsewhere = of("D-0", "X");
    for (derogations, named) in [
        (vec![one.clone()], None),
        (vec![two.clone()], None),
        (vec![elsewhere.clone()], None),
        (vec![elsewhere.clone(), one.clone(), two.clone()], Some("D-1;D-2")),
        (vec![elsewhere, one, two, three], Some("D-3")),
    ] {
        let check = with(derogations.clone());
        assert_eq!(check.derogation().as_deref(), named, "{derogations:?}");
        assert_eq!((check.passes(), check.step.holds), (named.is_some(), false), "{derogations:?}");
    }
}

/// PM/l: a closed window counts with the minutes that it took; and what is settled refuses nothing by itself.
#[test]
fn pm_l_an_overrun_uses_up_the_allowance() {
    let mut facts = published(
        of_month("2026-03", [high("2026-03-02T20:00", "2026-03-03T00:00")]),
        "2026-02-02T12:00:00Z",
    );
    for closed in &mut facts.windows {
        closed.state = WindowState::Closed;
        closed.ending = Some(WindowEnding {
            started_at: at("2026-03-02T20:00:00Z"),
            ended_at: at("2026-03-03T02:20:00Z"),
            disrupted: YesNo::No,
        });
    }
    let now = "2026-03-04T12:00:00Z";
    assert_eq!(refusals(&facts, now), [""; 0], "380 minutes, and nothing can be done about them");
    let low = added(facts.clone(), "L", plan("2026-03-30T20:00", "2026-03-30T21:00"));
    assert_eq!(refusals(&low, now), [""; 0]);
    let shorter = added(facts, "H", high("2026-03-20T20:00", "2026-03-20T20:01"));
    assert!(refusals(&shorter, now).contains(&"PM/f: 381 of 360 minutes of High windows".to_owned()));
}

/// PM/p, MP092-R12, SERVICE.md 7/22: a derogation that covers rule, window and day turns a breach into a pass, which names it.
#[test]
fn pm_p_a_derogation_turns_a_breach_into_a_pass() {
    let eight_hours = |text: &str| {
        of_month(
            text,
            [
                high(&format!("{text}-10T20:00"), &format!("{text}-11T00:00")),
                high(&format!("{text}-12T20:00"), &format!("{text}-13T00:00")),
            ],
        )
    };
    let with = |text: &str, derogation: Derogation| MonthFacts {
        derogations: vec![derogation],
        ..eight_hours(text)
    };
    let of_may = derogation("PM/f", "", "2026-05-01", "2026-05-31");
    let settings = MaintenanceSettings::default();
    let may = judged(&with("2026-05", of_may.clone()), IN_TIME, &settings);
    assert!(may.is_ok());
    let named = may.checks.iter().filter_map(|check| Some((check.step.rule.id, check.derogation()?)));
    assert_eq!(named.collect::<Vec<_>>(), [("PM/f", "D-1".to_owned())]);
    let broken = ["PM/f: 480 of 360 minutes of High windows"];
    assert_eq!(refusals(&with("2026-06", of_may), IN_TIME), broken);
    // One window outside it keeps to the limit; one that is covered may be the one over it.
    let of_one = derogation("PM/f", "A", "2026-05-01", "2026-05-31");
    assert_eq!(refusals(&with("2026-05", of_one), IN_TIME), [""; 0]);
    let of_another = derogation("PM/f", "X", "2026-05-01", "2026-05-31");
    assert_eq!(refusals(&with("2026-05", of_another), IN_TIME), broken);
    let of_other_rules = derogation("PM/e;PM/g", "", "2026-05-01", "2026-05-31");
    assert_eq!(refusals(&with("2026-05", of_other_rules), IN_TIME), broken);
    let by_day = plan("2026-05-10T12:00", "2026-05-10T13:00");
    let mut facts = of_month("2026-05", [by_day]);
    facts.derogations.push(derogation("PM/d", "A", "2026-05-10", "2026-05-10"));
    assert_eq!(refusals(&facts, IN_TIME), [""; 0]);
}

/// Any window of March 2026, High or Low, which begins at a whole quarter of an hour of its night.
fn any_window() -> impl Strategy<Value = (i64, i64, bool)> {
    (0_i64..20, 0_i64..40, 1_i64..500, any::<bool>())
        .prop_map(|(night, quarter, minutes, is_high)| (night * 24 * 60 + quarter * 15, minutes, is_high))
}

proptest! {
    /// PM/e to PM/i of random months against a plain re-computation over minutes since the first evening of the month.
    #[test]
    fn pm_e_to_i_random_months_are_judged_as_counted_plainly(windows in prop::collection::vec(any_window(), 0..9)) {
        let evening = at("2026-03-02T20:00:00Z");
        let minutes = |number: i64| jiff::SignedDuration::from_mins(number);
        let plans = windows.iter().map(|(start, length, is_high)| {
            let starts_at = evening + minutes(*start);
            let aspect = is_high.then_some(WindowAspect::InstallCommission);
            WindowPlan {
                starts_at,
                ends_at: starts_at + minutes(*length),
                aspects: aspect.into_iter().collect(),
                ..plan("2026-03-02T20:00", "2026-03-02T21:00")
            }
        });
        let facts = of_month("2026-03", plans);
        let found = judged(&facts, IN_TIME, &MaintenanceSettings::default());
        let broken = |rule: &str| found.checks.iter().filter(|check| check.step.rule.id == rule && check.refuses()).count();
        let of = |high: bool| windows.iter().filter(move |(_, _, is_high)| *is_high == high);
        let high_minutes = of(true).map(|(_, length, _)| length).sum::<i64>();
        let overlapping = windows.iter().enumerate().flat_map(|(at, one)| windows[at + 1..].iter().map(move |other| (one, other)));
        let overlapping = overlapping.filter(|((start, length, _), (other, other_length, _))| {
            start.max(other) < &(start + length).min(other + other_length)
        });
        prop_assert_eq!(broken("PM/e"), usize::from(of(true).count() > 2));
        prop_assert_eq!(broken("PM/f"), usize::from(high_minutes > 360));
        prop_assert_eq!(broken("PM/g"), usize::from(of(false).count() > 6));
        prop_assert_eq!(broken("PM/h"), of(false).filter(|(_, length, _)| *length > 360).count());
        prop_assert_eq!(broken("PM/i"), overlapping.count());
        let used = AllowanceUse {
            high_windows: of(true).count() as u64,
            high_minutes: high_minutes.unsigned_abs(),
            low_windows: of(false).count() as u64,
        };
        prop_assert_eq!(found.used, used);
    }
}
