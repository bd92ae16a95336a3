//! What the Panel agreed otherwise, or a SEC Subsidiary Document says otherwise (MP092-R12; PM/p).

use std::collections::BTreeSet;

use super::{DerogationId, WindowReference, WindowText};
use crate::domain::{ActReason, Date, Timestamp, closed_set, london_date};

closed_set!(
    /// A rule whose breach a derogation can turn into a pass.
    DerogableRule, "a rule of Planned Maintenance that can be derogated from", {
        Contents => "PM/a",
        Planned => "PM/b",
        Category => "PM/c",
        Night => "PM/d",
        HighWindows => "PM/e",
        HighMinutes => "PM/f",
        LowWindows => "PM/g",
        LowMinutes => "PM/h",
        Overlap => "PM/i",
        Notice => "PM/k",
        Before => "PM/n",
        MigrationNotice => "PM/q",
    }
);

/// A derogation: for windows that start on certain London days, some rules do not bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derogation {
    /// Its ID.
    pub id: DerogationId,
    /// The rules.
    pub rules: BTreeSet<DerogableRule>,
    /// The windows; empty where it is for all.
    pub references: BTreeSet<WindowReference>,
    /// The first London day of a start.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// Why.
    pub reason: ActReason,
    /// Who agreed, or where it is written.
    pub source: WindowText,
}

impl Derogation {
    /// Whether it covers the breach of a rule by a window of that start.
    pub fn covers(&self, rule: &str, reference: &WindowReference, starts_at: Timestamp) -> bool {
        let day = london_date(starts_at);
        self.rules.iter().any(|covered| covered.as_str() == rule)
            && (self.references.is_empty() || self.references.contains(reference))
            && (self.from..=self.to).contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{parse_date, parse_instant};

    #[test]
    fn a_derogation_covers_rule_window_and_london_day() {
        let reference = |text: &str| text.parse::<WindowReference>().unwrap();
        let all = Derogation {
            id: "D-1".parse().unwrap(),
            rules: [DerogableRule::HighMinutes].into(),
            references: BTreeSet::new(),
            from: parse_date("2026-05-01").unwrap(),
            to: parse_date("2026-05-31").unwrap(),
            reason: "agreed".parse().unwrap(),
            source: "Panel paper 1".parse().unwrap(),
        };
        let one = Derogation { references: [reference("A")].into(), ..all.clone() };
        let at = |text| parse_instant(text).unwrap();
        let (first, last) = (at("2026-04-30T23:00:00Z"), at("2026-05-31T22:59:00Z"));
        assert!(all.covers("PM/f", &reference("A"), first) && all.covers("PM/f", &reference("B"), last));
        for outside in ["2026-04-30T22:59:00Z", "2026-05-31T23:00:00Z"] {
            assert!(!all.covers("PM/f", &reference("A"), at(outside)), "{outside}");
        }
        assert!(!all.covers("PM/e", &reference("A"), first));
        assert!(one.covers("PM/f", &reference("A"), first) && !one.covers("PM/f", &reference("B"), first));
    }
}
