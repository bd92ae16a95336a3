//! The forward schedule: the windows of the months ahead as others see them, told or only planned (MP092-R26, R28; SERVICE.md 5.2).

use std::collections::BTreeSet;

use super::maintenance::{MaintenanceSettings, Planning, WindowHeading, as_told, planning};
use crate::domain::{
    Date, LondonMonth, Timestamp, closed_set, london_date, london_instant,
    maintenance::{
        MaintenanceEnvironment, MaintenanceWindow, PublishedWindow, WindowCategory, WindowPlan,
        WindowReference, WindowState, WindowText, WindowTitle,
    },
};

closed_set!(
    /// How sure a window is: as a calendar's STATUS has it (RFC 5545 3.8.1.11).
    ForwardStatus, "a status of a window", {
        Confirmed => "CONFIRMED",
        Tentative => "TENTATIVE",
        Cancelled => "CANCELLED",
    }
);

closed_set!(
    /// What a window is headed with.
    ForwardHeading, "a heading of a window", {
        High => "High Impact",
        Low => "Low Impact",
        Unplanned => "Unplanned",
        // It has no category, or none yet.
        Maintenance => "Maintenance",
    }
);

/// A window of the forward schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardWindow {
    /// Its reference.
    pub reference: WindowReference,
    /// How often it was told before: 0 for the first version, and for a draft.
    pub sequence: u32,
    /// How sure it is.
    pub status: ForwardStatus,
    /// What it is headed with.
    pub heading: ForwardHeading,
    /// What is worked on.
    pub environment: MaintenanceEnvironment,
    /// Its title; absent where a draft has none.
    pub title: Option<WindowTitle>,
    /// The services that are disturbed.
    pub services: Option<WindowText>,
    /// The risk to the return of normal service.
    pub risk: Option<WindowText>,
    /// The start.
    pub starts_at: Timestamp,
    /// The end.
    pub ends_at: Timestamp,
    /// When it was told so; of a draft the beginning of the day.
    pub stamped_at: Timestamp,
}

impl ForwardWindow {
    /// `High Impact: DSP release 12.1`. A slot without a title has its reference.
    pub fn summary(&self) -> String {
        let title = self.title.as_ref().map_or(self.reference.as_str(), WindowTitle::as_str);
        format!("{}: {title}", self.heading)
    }
}

/// The span that a forward schedule covers: from the first of this London month to the end of the London day so many months from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForwardSpan {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// The beginning of today.
    pub today: Timestamp,
}

impl ForwardSpan {
    /// The months that are asked for where nobody says: 18 (MP092-R28).
    pub const MONTHS: u16 = 18;
    /// The most months.
    pub const MAX_MONTHS: u16 = 120;

    /// The span at an instant.
    pub fn of(now: Timestamp, months: u16) -> Self {
        let today = london_date(now);
        let last = today.checked_add(jiff::Span::new().months(months)).and_then(Date::tomorrow);
        let begins = |day: Date| london_instant(day.at(0, 0, 0, 0));
        Self {
            from: LondonMonth::of(now).begins(),
            to: last.ok().and_then(begins).unwrap_or(Timestamp::MAX),
            today: begins(today).unwrap_or(now),
        }
    }

    fn has(self, plan: &WindowPlan) -> bool {
        self.from < plan.ends_at && plan.starts_at < self.to
    }
}

/// The forward schedule of a span, by start and reference: what was told as it was told, and what never was. `told` has the newest version
/// of each window that was told for the span, or whose working copy is planned for it; `working` the working copies. Of a category there
/// are its windows alone.
pub fn forward_schedule(
    told: &[PublishedWindow],
    working: &[MaintenanceWindow],
    span: ForwardSpan,
    (category, settings): (Option<WindowCategory>, &MaintenanceSettings),
) -> Vec<ForwardWindow> {
    let known = told.iter().map(|one| &one.reference).collect::<BTreeSet<_>>();
    let fits = |plan: &WindowPlan| span.has(plan) && (category.is_none() || plan.category == category);
    let drafts = working.iter().filter(|one| !known.contains(&one.reference) && is_ahead(one));
    let drafts = drafts.map(|one| (one, as_foreseen(&one.plan, settings))).filter(|(_, plan)| fits(plan));
    let mut windows = drafts.map(|(one, plan)| of_draft(one, &plan, span)).collect::<Vec<_>>();
    windows.extend(told.iter().filter(|one| fits(&one.plan)).map(of_told));
    windows.sort_by(|one, other| (one.starts_at, &one.reference).cmp(&(other.starts_at, &other.reference)));
    windows
}

/// Whether something of a window may still be planned or taken back: not of one that was worked.
const fn is_ahead(window: &MaintenanceWindow) -> bool {
    match window.state {
        WindowState::Draft | WindowState::Published | WindowState::Changed | WindowState::Withdrawn => true,
        WindowState::Closed => false,
    }
}

/// A draft with the category that it is told with once it is published. Where it cannot be told yet whether it is Planned Maintenance, a
/// slot without a category has none.
fn as_foreseen(plan: &WindowPlan, settings: &MaintenanceSettings) -> WindowPlan {
    let told = as_told(plan, settings.rule_set(plan.month()));
    match planning(plan) {
        Planning::Undecided { .. } if plan.category.is_none() => plan.clone(),
        Planning::Undecided { .. } | Planning::Planned | Planning::NotPlanned => told,
    }
}

fn of_told(told: &PublishedWindow) -> ForwardWindow {
    let status = if told.withdrawn { ForwardStatus::Cancelled } else { ForwardStatus::Confirmed };
    let sequence = told.version.saturating_sub(1);
    of_plan(&told.reference, &told.plan, (status, sequence, told.published_at))
}

/// What was never told. A draft has no version and no time of its own.
fn of_draft(draft: &MaintenanceWindow, plan: &WindowPlan, span: ForwardSpan) -> ForwardWindow {
    let status = match draft.state {
        WindowState::Withdrawn => ForwardStatus::Cancelled,
        WindowState::Draft | WindowState::Published | WindowState::Changed | WindowState::Closed => {
            ForwardStatus::Tentative
        }
    };
    of_plan(&draft.reference, plan, (status, 0, span.today))
}

fn of_plan(
    reference: &WindowReference,
    plan: &WindowPlan,
    (status, sequence, stamped_at): (ForwardStatus, u32, Timestamp),
) -> ForwardWindow {
    ForwardWindow {
        reference: reference.clone(),
        sequence,
        status,
        heading: heading(plan),
        environment: plan.environment,
        title: plan.title.clone(),
        services: plan.services.clone(),
        risk: plan.risk_to_return.clone(),
        starts_at: plan.starts_at,
        ends_at: plan.ends_at,
        stamped_at,
    }
}

/// An emergency is headed as all that was not planned is (SERVICE.md 5.2).
const fn heading(plan: &WindowPlan) -> ForwardHeading {
    match WindowHeading::of(plan.kind, plan.category) {
        WindowHeading::Unplanned | WindowHeading::Emergency => ForwardHeading::Unplanned,
        WindowHeading::High => ForwardHeading::High,
        WindowHeading::Low => ForwardHeading::Low,
        WindowHeading::Maintenance => ForwardHeading::Maintenance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        maintenance::{Disruption, WindowAspect, WindowKind},
        parse_instant,
    };

    fn settings() -> MaintenanceSettings {
        MaintenanceSettings::default()
    }

    fn instant(text: &str) -> Timestamp {
        parse_instant(text).unwrap()
    }

    fn plan((starts_at, ends_at): (&str, &str), category: Option<WindowCategory>) -> WindowPlan {
        WindowPlan {
            kind: WindowKind::Planned,
            environment: MaintenanceEnvironment::Production,
            title: Some("Release".parse().unwrap()),
            services: None,
            disruption: None,
            aspects: BTreeSet::new(),
            hubs_affected: None,
            hubs_basis: None,
            providers: BTreeSet::new(),
            starts_at: instant(starts_at),
            ends_at: instant(ends_at),
            risk_to_return: None,
            why: None,
            stops: BTreeSet::new(),
            category,
        }
    }

    fn told(reference: &str, version: u32, withdrawn: bool, plan: WindowPlan) -> PublishedWindow {
        PublishedWindow {
            reference: reference.parse().unwrap(),
            version,
            month: plan.month(),
            revision: 1,
            published_at: instant("2026-02-02T23:59:59.999Z"),
            withdrawn,
            plan,
        }
    }

    fn draft(reference: &str, state: WindowState, plan: WindowPlan) -> MaintenanceWindow {
        MaintenanceWindow { state, ..MaintenanceWindow::draft(reference.parse().unwrap(), plan) }
    }

    const MARCH: (&str, &str) = ("2026-03-18T20:00:00Z", "2026-03-19T02:00:00Z");
    const APRIL: (&str, &str) = ("2026-04-18T19:00:00Z", "2026-04-19T01:00:00Z");

    fn shown(windows: &[ForwardWindow]) -> String {
        let line = |one: &ForwardWindow| {
            let ForwardWindow { reference, sequence, status, stamped_at, .. } = one;
            format!("{reference} {sequence} {status} {} {stamped_at}", one.summary())
        };
        windows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// MP092-R26, R28, SERVICE.md 5.2: what was told is CONFIRMED, drafts are TENTATIVE, what is withdrawn is CANCELLED; High is marked.
    #[test]
    fn mp092_r28_told_planned_and_withdrawn_windows_are_told_apart() {
        let (high, low) = (Some(WindowCategory::High), Some(WindowCategory::Low));
        let span = ForwardSpan::of(instant("2026-03-10T12:00:00Z"), 18);
        let emergency = WindowPlan { kind: WindowKind::Emergency, title: None, ..plan(MARCH, None) };
        let versions = [
            told("CHG-1", 1, false, plan(MARCH, high)),
            told("CHG-2", 3, true, plan(MARCH, low)),
            told("CHG-3", 2, false, emergency),
        ];
        let moved = draft("CHG-1", WindowState::Changed, plan(APRIL, low));
        let working = [
            moved,
            draft("SLOT-1", WindowState::Draft, plan(APRIL, high)),
            draft("SLOT-2", WindowState::Withdrawn, plan(APRIL, None)),
        ];
        let all = forward_schedule(&versions, &working, span, (None, &settings()));
        insta::assert_snapshot!(shown(&all), @"
        CHG-1 0 CONFIRMED High Impact: Release 2026-02-02T23:59:59.999Z
        CHG-2 2 CANCELLED Low Impact: Release 2026-02-02T23:59:59.999Z
        CHG-3 1 CONFIRMED Unplanned: CHG-3 2026-02-02T23:59:59.999Z
        SLOT-1 0 TENTATIVE High Impact: Release 2026-03-10T00:00:00Z
        SLOT-2 0 CANCELLED Maintenance: Release 2026-03-10T00:00:00Z
        ");
        let of = |category| {
            let found = forward_schedule(&versions, &working, span, (category, &settings()));
            found.into_iter().map(|one| one.reference.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(of(high), ["CHG-1", "SLOT-1"]);
        assert_eq!(of(low), ["CHG-2"]);
    }

    /// MP092-R28, PM/c: a draft is headed with the category that follows, as everywhere else; a slot of which that cannot be told yet has the
    /// one that is stated.
    #[test]
    fn mp092_r28_a_draft_has_the_category_that_it_is_told_with() {
        let span = ForwardSpan::of(instant("2026-03-10T12:00:00Z"), 18);
        let (high, low) = (Some(WindowCategory::High), Some(WindowCategory::Low));
        let decided = |category| WindowPlan {
            disruption: Some(Disruption::Certain),
            hubs_affected: Some(1_200_000),
            aspects: [WindowAspect::Communications].into(),
            ..plan(APRIL, category)
        };
        let few = WindowPlan { hubs_affected: Some(99_999), ..decided(high) };
        let uit = WindowPlan { environment: MaintenanceEnvironment::Uit, ..decided(high) };
        let working = [
            draft("FOLLOWS", WindowState::Draft, decided(None)),
            draft("STATED", WindowState::Draft, decided(low)),
            draft("FEW", WindowState::Draft, few),
            draft("UIT", WindowState::Draft, uit),
            draft("SLOT", WindowState::Draft, plan(APRIL, None)),
            draft("SLOT-L", WindowState::Draft, plan(APRIL, low)),
        ];
        let headed = |category| {
            let found = forward_schedule(&[], &working, span, (category, &settings()));
            found.iter().map(|one| format!("{} {}", one.reference, one.heading)).collect::<Vec<_>>()
        };
        let all = [
            "FEW Maintenance",
            "FOLLOWS High Impact",
            "SLOT Maintenance",
            "SLOT-L Low Impact",
            "STATED High Impact",
            "UIT Maintenance",
        ];
        assert_eq!(headed(None), all);
        assert_eq!(headed(high), ["FOLLOWS High Impact", "STATED High Impact"]);
        assert_eq!(headed(low), ["SLOT-L Low Impact"]);
    }

    /// SERVICE.md 5.2: a window that was told for another time is no draft, and one that was worked is not ahead.
    #[test]
    fn what_was_told_for_another_time_is_not_tentative() {
        let span = ForwardSpan::of(instant("2026-03-10T12:00:00Z"), 18);
        let february = ("2026-02-27T20:00:00Z", "2026-02-28T02:00:00Z");
        let moved = draft("CHG-1", WindowState::Changed, plan(APRIL, None));
        let seen = |told: &[PublishedWindow]| {
            shown(&forward_schedule(told, std::slice::from_ref(&moved), span, (None, &settings())))
        };
        assert_eq!(seen(&[told("CHG-1", 1, false, plan(february, None))]), "");
        assert_eq!(seen(&[]), "CHG-1 0 TENTATIVE Maintenance: Release 2026-03-10T00:00:00Z");
        let worked = draft("CHG-2", WindowState::Closed, plan(MARCH, None));
        assert_eq!(forward_schedule(&[], &[worked], span, (None, &settings())), []);
    }

    /// MP092-R28: it covers 18 months, from the first of this London month.
    #[test]
    fn mp092_r28_the_span_is_eighteen_months_in_london() {
        let now = instant("2026-03-31T23:30:00Z");
        let span = ForwardSpan::of(now, 18);
        assert_eq!(span.from, instant("2026-03-31T23:00:00Z"), "it is April in London");
        assert_eq!(span.to, instant("2027-10-01T23:00:00Z"));
        assert_eq!(span.today, span.from);
        let inside = |edges| {
            !forward_schedule(&[told("A", 1, false, plan(edges, None))], &[], span, (None, &settings()))
                .is_empty()
        };
        assert!(!inside(("2026-03-31T20:00:00Z", "2026-03-31T23:00:00Z")));
        assert!(inside(("2026-03-31T20:00:00Z", "2026-03-31T23:01:00Z")));
        assert!(inside(("2027-10-01T22:59:00Z", "2027-10-02T02:00:00Z")));
        assert!(!inside(("2027-10-01T23:00:00Z", "2027-10-02T02:00:00Z")));
        assert_eq!(ForwardSpan::of(Timestamp::MAX, 18).to, Timestamp::MAX);
    }
}
