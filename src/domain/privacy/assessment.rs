//! A privacy assessment.

use super::{AssessmentCost, AssessmentId};
use crate::domain::{AssessmentFindings, AuditorName, Date, Eui64, RegulatoryYear, YesNo, closed_set};

closed_set!(
    /// What kind of assessment it is. What people call the kinds is a setting (DP144-R2, PA/i).
    AssessmentKind, "a kind of assessment", {
        RandomSample => "random_sample",
        Other => "other",
    }
);

closed_set!(
    /// Why it was raised: an Other User's Service Requests passed the threshold, the SEC Panel asked, or something else.
    AssessmentTrigger, "a trigger of an assessment", {
        Threshold => "threshold",
        Panel => "panel",
        Other => "other",
    }
);

/// A privacy assessment of an Other User (DP144-R2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivacyAssessment {
    /// Its ID.
    pub id: AssessmentId,
    /// The Other User.
    pub user: Eui64,
    /// Its kind.
    pub kind: AssessmentKind,
    /// Why it was raised.
    pub trigger: AssessmentTrigger,
    /// Who assesses.
    pub auditor: Option<AuditorName>,
    /// The financial year that it is for: the one in which the threshold was passed, else the one it was raised in.
    pub for_year: RegulatoryYear,
    /// The London day on which it was raised.
    pub raised_on: Date,
    /// When it was begun.
    pub started_on: Option<Date>,
    /// When it was done.
    pub completed_on: Option<Date>,
    /// What was found.
    pub findings: Option<AssessmentFindings>,
    /// What it cost, where that is known.
    pub cost: Option<AssessmentCost>,
    /// Whether the cost is confirmed as reasonable (DP144-R8).
    pub reasonable: Option<YesNo>,
}

impl PrivacyAssessment {
    /// The financial year that it was raised in, under which it is reported (PA/f). It is a Regulatory Year: 1 April to 31 March.
    pub fn financial_year(&self) -> RegulatoryYear {
        RegulatoryYear::of(self.raised_on)
    }
}
