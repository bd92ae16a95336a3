//! What is measured of maintenance windows: PM10 of the performance measures (MP092-R27, R31; SERVICE.md 5.5).

use jiff::ToSpan as _;

use crate::domain::{
    Calendar, Date, Timestamp, YesNo, london_date,
    maintenance::{MaintenanceWindow, PublishedWindow, WindowCategory, WindowEnding, WindowKind, WindowPlan},
};

/// What is measured of a window that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowMeasure<'w> {
    /// What was planned: as it was told last before it began, or first where it was told later.
    pub planned: &'w WindowPlan,
    /// How many minutes it took: of a closed window those that it took, else those up to its end, once it is over.
    pub actual_minutes: Option<u64>,
    /// How many more that is than was planned.
    pub overrun_minutes: Option<u64>,
    /// When it was told first at that time.
    pub published_at: Timestamp,
    /// The Working Days between that day and the day of its start.
    pub working_days_notice: u32,
    /// Whether end-to-end communications were disrupted unexpectedly; absent while it is not closed.
    pub disrupted: Option<YesNo>,
    /// Whether a Low Impact window did that (MP092-R31).
    pub low_disrupted_core: bool,
    /// The minutes from when the DCC learned of it to the first notice, of one that was not planned.
    pub aware_to_notice_minutes: Option<u64>,
    /// Whether an emergency was told first when it was over (MP092-R23).
    pub retrospective: bool,
}

/// The longest notice that is counted, in days: what is told earlier has this one at least.
const LONGEST_NOTICE: i64 = 800;

/// Measures a window. `versions` are all that was told of it, the first one first; none where nothing was.
pub fn measure_window<'w>(
    versions: &'w [PublishedWindow],
    window: &MaintenanceWindow,
    calendar: &Calendar,
    now: Timestamp,
) -> Option<WindowMeasure<'w>> {
    let (first, newest) = (versions.first()?, versions.last()?);
    let in_time = versions.iter().rev().find(|one| one.published_at <= one.plan.starts_at);
    let planned = &in_time.unwrap_or(first).plan;
    let same_time = versions.iter().find(|one| one.plan.starts_at == planned.starts_at).unwrap_or(first);
    let is_over = newest.plan.ends_at <= now && !newest.withdrawn;
    let of_the_end = || is_over.then(|| newest.plan.minutes());
    let actual_minutes = window.ending.map(WindowEnding::minutes).or_else(of_the_end);
    let disrupted = window.ending.map(|ending| ending.disrupted);
    let (told_on, starts_on) = (london_date(same_time.published_at), london_date(planned.starts_at));
    Some(WindowMeasure {
        planned,
        actual_minutes,
        overrun_minutes: actual_minutes.map(|minutes| minutes.saturating_sub(planned.minutes())),
        published_at: same_time.published_at,
        working_days_notice: working_days_between(calendar, told_on, starts_on),
        disrupted,
        low_disrupted_core: newest.plan.category == Some(WindowCategory::Low)
            && disrupted == Some(YesNo::Yes),
        aware_to_notice_minutes: window.aware_at.map(|aware| minutes_between(aware, first.published_at)),
        retrospective: newest.plan.kind == WindowKind::Emergency && first.plan.ends_at <= first.published_at,
    })
}

/// The Working Days from a day, which counts, to another one, which does not: so many Working Days before it that day is in time.
fn working_days_between(calendar: &Calendar, from: Date, to: Date) -> u32 {
    let earliest = to.checked_sub(LONGEST_NOTICE.days()).unwrap_or(from).max(from);
    let days = earliest.series(1.day()).take_while(|day| *day < to);
    u32::try_from(days.filter(|day| calendar.is_working_day(*day)).count()).unwrap_or(u32::MAX)
}

/// Whole minutes from one instant to a later one.
fn minutes_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_mins()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{
        LondonMonth,
        maintenance::{MaintenanceEnvironment, WindowState},
        parse_instant,
    };

    fn at(text: &str) -> Timestamp {
        parse_instant(text).unwrap()
    }

    fn plan(kind: WindowKind, (starts_at, ends_at): (&str, &str)) -> WindowPlan {
        WindowPlan {
            kind,
            environment: MaintenanceEnvironment::Production,
            title: None,
            services: None,
            disruption: None,
            aspects: BTreeSet::new(),
            hubs_affected: None,
            hubs_basis: None,
            providers: BTreeSet::new(),
            starts_at: at(starts_at),
            ends_at: at(ends_at),
            risk_to_return: None,
            why: None,
            stops: BTreeSet::new(),
            category: Some(WindowCategory::Low),
        }
    }

    fn told(version: u32, published_at: &str, plan: WindowPlan) -> PublishedWindow {
        PublishedWindow {
            reference: "CHG-1".parse().unwrap(),
            version,
            month: LondonMonth::of(plan.starts_at),
            revision: version,
            published_at: at(published_at),
            withdrawn: false,
            plan,
        }
    }

    const NIGHT: (&str, &str) = ("2026-03-18T20:00:00Z", "2026-03-19T02:00:00Z");
    const LONGER: (&str, &str) = ("2026-03-18T20:00:00Z", "2026-03-19T03:30:00Z");

    /// MP092-R27, R31: an extension does not change what was planned, and the time that it took counts.
    #[test]
    fn mp092_r31_overruns_notice_and_low_windows_that_disrupted_are_measured() {
        let calendar = Calendar::default();
        let versions = [
            told(
                1,
                "2026-02-02T23:59:59.999Z",
                plan(WindowKind::Planned, ("2026-03-17T20:00:00Z", "2026-03-18T02:00:00Z")),
            ),
            told(2, "2026-03-02T09:00:00Z", plan(WindowKind::Planned, NIGHT)),
            told(3, "2026-03-19T01:00:00Z", plan(WindowKind::Planned, LONGER)),
        ];
        let open = MaintenanceWindow::draft("CHG-1".parse().unwrap(), plan(WindowKind::Planned, LONGER));
        let running = measure_window(&versions, &open, &calendar, at("2026-03-19T03:29:59Z")).unwrap();
        assert_eq!((running.actual_minutes, running.overrun_minutes, running.disrupted), (None, None, None));
        assert_eq!((running.planned.minutes(), running.published_at), (360, at("2026-03-02T09:00:00Z")));
        assert_eq!(running.working_days_notice, 12, "from 2 March to before 18 March");
        let over = measure_window(&versions, &open, &calendar, at("2026-03-19T03:30:00Z")).unwrap();
        assert_eq!((over.actual_minutes, over.overrun_minutes), (Some(450), Some(90)));
        let ending = WindowEnding {
            started_at: at("2026-03-18T20:00:00Z"),
            ended_at: at("2026-03-19T01:00:00Z"),
            disrupted: YesNo::Yes,
        };
        let closed = MaintenanceWindow { state: WindowState::Closed, ending: Some(ending), ..open };
        let closed = measure_window(&versions, &closed, &calendar, at("2026-03-20T00:00:00Z")).unwrap();
        assert_eq!((closed.actual_minutes, closed.overrun_minutes), (Some(300), Some(0)));
        assert!(
            closed.low_disrupted_core && !closed.retrospective && closed.aware_to_notice_minutes.is_none()
        );
        assert_eq!(
            measure_window(
                &[],
                &MaintenanceWindow::draft("X".parse().unwrap(), plan(WindowKind::Planned, NIGHT)),
                &calendar,
                at("2026-03-20")
            ),
            None
        );
    }

    /// SERVICE.md 7/23, MP092-R21, R23: an emergency that is told when it is over.
    #[test]
    fn row_23_an_emergency_told_afterwards_is_retrospective() {
        let emergency = plan(WindowKind::Emergency, ("2026-03-18T08:00:00Z", "2026-03-18T09:00:00Z"));
        let versions = [told(1, "2026-03-18T10:00:00Z", emergency.clone())];
        let window = MaintenanceWindow {
            aware_at: Some(at("2026-03-18T09:15:00Z")),
            ..MaintenanceWindow::draft("CHG-1".parse().unwrap(), emergency)
        };
        let measured =
            measure_window(&versions, &window, &Calendar::default(), at("2026-03-18T10:00:00Z")).unwrap();
        assert_eq!((measured.aware_to_notice_minutes, measured.working_days_notice), (Some(45), 0));
        assert!(measured.retrospective);
        let versions = [told(1, "2026-03-18T08:59:59.999Z", versions[0].plan.clone())];
        let running =
            measure_window(&versions, &window, &Calendar::default(), at("2026-03-18T10:00:00Z")).unwrap();
        assert!(!running.retrospective, "it ran still when it was told");
    }

    /// SERVICE.md 4: what is done on the n-th Working Day before is in time, also on an earlier day that is none.
    #[test]
    fn the_notice_is_that_of_the_days_counted_back() {
        let calendar = Calendar::default();
        for (start, days) in [("2026-03-01", 20), ("2026-04-07", 1), ("2026-05-01", 10), ("2026-12-29", 3)] {
            let start = at(start);
            let day = london_date(start);
            let last = calendar.working_days_before(day, days).unwrap();
            assert_eq!(working_days_between(&calendar, last, day), days, "{day}");
            assert_eq!(working_days_between(&calendar, last.tomorrow().unwrap(), day), days - 1, "{day}");
        }
    }
}
