//! An assessment, with who pays for it by the rules in force.

use serde::{Deserialize, Serialize};

use crate::{
    domain::privacy::PrivacyAssessment,
    rules::privacy::{PrivacySettings, charging_of, target},
};

/// An assessment as programs read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownAssessment {
    /// Its ID.
    pub assessment_id: String,
    /// The Other User.
    pub user_id: String,
    /// Its kind.
    pub kind: String,
    /// Why it was raised.
    pub trigger: String,
    /// Who assesses.
    pub auditor: Option<String>,
    /// When it was raised.
    pub raised_on: String,
    /// When it was begun.
    pub started_on: Option<String>,
    /// When it was done.
    pub completed_on: Option<String>,
    /// What was found.
    pub findings: Option<String>,
    /// What it cost.
    pub cost_pence: Option<i64>,
    /// Whether the cost is confirmed as reasonable.
    pub reasonable: Option<String>,
    /// The rules in force on the day it was raised.
    pub charging: String,
    /// Who pays by them.
    pub pays: String,
}

impl ShownAssessment {
    /// The assessment, under the operator's settings.
    pub fn new(assessment: &PrivacyAssessment, settings: &PrivacySettings) -> Self {
        fn text(value: Option<&impl ToString>) -> Option<String> {
            value.map(ToString::to_string)
        }
        let charging = charging_of(assessment.raised_on, settings.proposed_from);
        Self {
            assessment_id: assessment.id.to_string(),
            user_id: assessment.user.to_string(),
            kind: assessment.kind.to_string(),
            trigger: assessment.trigger.to_string(),
            auditor: text(assessment.auditor.as_ref()),
            raised_on: assessment.raised_on.to_string(),
            started_on: text(assessment.started_on.as_ref()),
            completed_on: text(assessment.completed_on.as_ref()),
            findings: text(assessment.findings.as_ref()),
            cost_pence: assessment.cost.map(|cost| cost.pence().get()),
            reasonable: text(assessment.reasonable.as_ref()),
            charging: charging.to_string(),
            pays: target(charging, assessment.kind, assessment.trigger).to_string(),
        }
    }
}
