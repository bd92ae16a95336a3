//! How well changes go: three shares with their targets (PM/z; MP092-R32).

use std::collections::BTreeSet;

use crate::domain::{
    ChangeEffect, ChangeOutcome, ChangeRecord, IncidentCategory, LondonMonth, closed_set,
    maintenance::WindowReference,
};

closed_set!(
    /// A metric of changes.
    MetricName, "a metric of changes", {
        // Of the changes with an outcome, those that succeeded.
        SuccessRate => "success_rate",
        // Of the same, those that caused an incident of category 1 or 2.
        AdverseImpactRate => "adverse_impact_rate",
        // Of those that failed, those without effect or with a minimal one.
        FailedWithLittleEffect => "failed_with_little_effect",
    }
);

impl MetricName {
    /// The target in words.
    pub const fn target(self) -> &'static str {
        match self {
            Self::SuccessRate => "over 95%",
            Self::AdverseImpactRate => "under 3%",
            Self::FailedWithLittleEffect => "over 80%",
        }
    }

    /// Whether so many of so many meet the target. The target itself does not.
    const fn is_met_by(self, part: u64, of: u64) -> bool {
        match self {
            Self::SuccessRate => part * 100 > of * 95,
            Self::AdverseImpactRate => part * 100 < of * 3,
            Self::FailedWithLittleEffect => part * 100 > of * 80,
        }
    }
}

/// A metric of changes: so many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeMetric {
    /// Which.
    pub name: MetricName,
    /// How many.
    pub part: u64,
    /// Of how many.
    pub of: u64,
}

impl ChangeMetric {
    /// The share as a percentage with one decimal, rounded half up. None where there is nothing to count.
    pub fn percentage(self) -> Option<String> {
        let tenths = (self.part * 2_000 + self.of).checked_div(self.of * 2)?;
        Some(format!("{}.{}%", tenths / 10, tenths % 10))
    }

    /// Whether the target is met, by the exact share. None where there is nothing to count.
    pub fn is_met(self) -> Option<bool> {
        (self.of > 0).then(|| self.name.is_met_by(self.part, self.of))
    }
}

/// The changes of a London month: by the day on which they were made, else by the start of their window. `windows` are those that start in
/// the month (SERVICE.md 5.3).
pub fn changes_of_month<'c>(
    changes: &'c [ChangeRecord],
    month: LondonMonth,
    windows: &BTreeSet<WindowReference>,
) -> impl Iterator<Item = &'c ChangeRecord> {
    changes.iter().filter(move |change| match change.implemented_on {
        Some(day) => LondonMonth::of_day(day) == month,
        None => change.window.as_ref().is_some_and(|window| windows.contains(window)),
    })
}

/// The metrics of changes. One without an outcome does not count.
pub fn change_metrics<'c>(changes: impl IntoIterator<Item = &'c ChangeRecord>) -> [ChangeMetric; 3] {
    let [mut success, mut adverse, mut little] =
        [MetricName::SuccessRate, MetricName::AdverseImpactRate, MetricName::FailedWithLittleEffect]
            .map(|name| ChangeMetric { name, part: 0, of: 0 });
    for change in changes {
        let Some(outcome) = change.outcome else { continue };
        success.of += 1;
        adverse.of += 1;
        adverse.part += u64::from(change.incident.is_some_and(is_adverse));
        match outcome {
            ChangeOutcome::Success => success.part += 1,
            ChangeOutcome::Failed => {
                little.of += 1;
                little.part += u64::from(change.effect.is_some_and(is_little));
            }
        }
    }
    [success, adverse, little]
}

const fn is_adverse(incident: IncidentCategory) -> bool {
    match incident {
        IncidentCategory::One | IncidentCategory::Two => true,
        IncidentCategory::Three | IncidentCategory::Four => false,
    }
}

const fn is_little(effect: ChangeEffect) -> bool {
    match effect {
        ChangeEffect::Nothing | ChangeEffect::Minimal => true,
        ChangeEffect::Significant => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{maintenance::MaintenanceProvider, parse_date},
        rules::change_record::failure_explained,
    };

    fn change(
        outcome: Option<ChangeOutcome>,
        incident: Option<IncidentCategory>,
        effect: Option<ChangeEffect>,
    ) -> ChangeRecord {
        ChangeRecord {
            id: "C-1".parse().unwrap(),
            window: None,
            implemented_on: None,
            title: "Release".parse().unwrap(),
            provider: MaintenanceProvider::Dsp,
            outcome,
            incident,
            effect,
            lesson: None,
        }
    }

    fn shown(changes: &[ChangeRecord]) -> Vec<(Option<String>, Option<bool>, u64)> {
        change_metrics(changes).map(|one| (one.percentage(), one.is_met(), one.of)).to_vec()
    }

    fn figures(rows: [(&str, bool, u64); 3]) -> Vec<(Option<String>, Option<bool>, u64)> {
        rows.map(|(value, met, of)| (Some(value.to_owned()), Some(met), of)).to_vec()
    }

    /// SERVICE.md 7/24, MP092-R32, PM/z.
    #[test]
    fn mp092_r32_pm_z_changes_are_counted_against_their_targets() {
        let success = change(Some(ChangeOutcome::Success), None, None);
        let failed = |incident, effect| change(Some(ChangeOutcome::Failed), incident, Some(effect));
        let mut changes = vec![success.clone(); 97];
        changes.push(failed(None, ChangeEffect::Minimal));
        changes.push(failed(None, ChangeEffect::Minimal));
        changes.push(failed(Some(IncidentCategory::Two), ChangeEffect::Significant));
        changes.push(change(None, Some(IncidentCategory::One), None));
        assert_eq!(
            shown(&changes),
            figures([("97.0%", true, 100), ("1.0%", true, 100), ("66.7%", false, 3)])
        );
        // MP092-D2: 85 of 104 failures had a minimal effect.
        let mut of_the_trial = vec![failed(None, ChangeEffect::Nothing); 85];
        of_the_trial.extend(vec![failed(Some(IncidentCategory::Four), ChangeEffect::Significant); 19]);
        assert_eq!(
            shown(&of_the_trial),
            figures([("0.0%", false, 104), ("0.0%", true, 104), ("81.7%", true, 104)])
        );
        assert_eq!(shown(&[]), vec![(None, None, 0); 3]);
    }

    /// The targets are `over` and `under`: what is just there does not meet them.
    #[test]
    fn a_target_is_met_beyond_it_and_not_at_it() {
        for (name, at, of, step) in [
            (MetricName::SuccessRate, 950, 1_000, 1_i64),
            (MetricName::AdverseImpactRate, 30, 1_000, -1),
            (MetricName::FailedWithLittleEffect, 800, 1_000, 1),
        ] {
            assert_eq!(ChangeMetric { name, part: at, of }.is_met(), Some(false), "{name}");
            let beyond = at.checked_add_signed(step).unwrap();
            assert_eq!(ChangeMetric { name, part: beyond, of }.is_met(), Some(true), "{name}");
        }
        let percentage =
            |part, of| ChangeMetric { name: MetricName::SuccessRate, part, of }.percentage().unwrap();
        assert_eq!(
            [percentage(1, 3), percentage(1, 2_000), percentage(1, 2_001), percentage(7, 7)],
            ["33.3%", "0.1%", "0.0%", "100.0%"]
        );
    }

    /// SERVICE.md 5.3: by its own day, else by its window's start; with neither it belongs to no month.
    #[test]
    fn a_change_belongs_to_the_month_in_which_it_was_made_or_is_planned() {
        let of = |window: Option<&str>, day: Option<&str>| ChangeRecord {
            window: window.map(|reference| reference.parse().unwrap()),
            implemented_on: day.map(|day| parse_date(day).unwrap()),
            ..change(Some(ChangeOutcome::Success), None, None)
        };
        let changes = [
            of(None, Some("2026-03-01")),
            of(Some("IN"), None),
            of(Some("OUT"), Some("2026-03-31")),
            of(Some("IN"), Some("2026-04-01")),
            of(Some("OUT"), None),
            of(None, None),
        ];
        let windows = BTreeSet::from(["IN".parse().unwrap()]);
        let found = changes_of_month(&changes, "2026-03".parse().unwrap(), &windows).collect::<Vec<_>>();
        assert_eq!(found, changes.iter().take(3).collect::<Vec<_>>());
    }

    /// MP092-R32, PM/z: each failure gets what was learned.
    #[test]
    fn pm_z_a_failure_needs_its_effect_and_a_lesson() {
        let lesson = || Some("Back up first".parse().unwrap());
        let failed =
            |effect, lesson| ChangeRecord { lesson, ..change(Some(ChangeOutcome::Failed), None, effect) };
        assert!(failure_explained(&failed(Some(ChangeEffect::Minimal), lesson())).holds);
        for broken in [failed(None, lesson()), failed(Some(ChangeEffect::Nothing), None), failed(None, None)]
        {
            assert!(!failure_explained(&broken).holds);
        }
        for other in [None, Some(ChangeOutcome::Success)] {
            assert!(failure_explained(&change(other, None, None)).holds);
        }
    }
}
