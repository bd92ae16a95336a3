//! The activity of Other Users, and the assessments that it raises (PA/b, PA/c).

use std::collections::BTreeMap;

use super::{is_other_user, threshold_passed};
use crate::domain::{
    Date, Eui64, RegulatoryYear, Step, User,
    privacy::{AssessmentId, AssessmentKind, AssessmentTrigger, PrivacyAssessment},
};

/// The activity of an Other User in a financial year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserActivity {
    /// The User.
    pub user: User,
    /// Its different RequestIDs with an accepted decision.
    pub requests: u64,
    /// Whether they are over the threshold; equal is not, and without a threshold nothing is.
    pub is_over: bool,
    /// The assessment that the threshold raised for the year.
    pub assessment: Option<AssessmentId>,
}

/// The activity of every Other User, in the order of the Users.
///
/// `counts` has the Users with any activity.
pub fn activity(
    year: RegulatoryYear,
    users: Vec<User>,
    counts: &BTreeMap<Eui64, u64>,
    threshold: Option<u64>,
    assessments: &[PrivacyAssessment],
) -> Vec<UserActivity> {
    let of_user = |user: User| {
        let requests = counts.get(&user.id).copied().unwrap_or_default();
        let is_over = threshold.is_some_and(|threshold| threshold_passed(year, requests, threshold).holds);
        UserActivity { assessment: raised_before(year, user.id, assessments), user, requests, is_over }
    };
    users.into_iter().filter(is_other_user).map(of_user).collect()
}

/// The assessment that was raised for a User and a year: by its trigger, or by its ID where an import changed the trigger.
fn raised_before(
    year: RegulatoryYear,
    user: Eui64,
    assessments: &[PrivacyAssessment],
) -> Option<AssessmentId> {
    let id = AssessmentId::of_threshold(year, user);
    let is_it = |assessment: &&PrivacyAssessment| {
        let is_raised = assessment.trigger == AssessmentTrigger::Threshold && assessment.for_year == year;
        assessment.user == user && (is_raised || assessment.id == id)
    };
    assessments.iter().find(is_it).map(|found| found.id.clone())
}

/// What an evaluation of a year finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Assessments to raise, each with what it was raised for.
    pub raised: Vec<(PrivacyAssessment, Step)>,
    /// Those that had been raised for the year.
    pub existing: Vec<AssessmentId>,
}

/// Raises an assessment for each User over the threshold that has none for the year yet (PA/c). `assessments` are those there are now.
pub fn evaluate(
    year: RegulatoryYear,
    threshold: u64,
    activity: &[UserActivity],
    assessments: &[PrivacyAssessment],
    today: Date,
) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for UserActivity { user, requests, .. } in activity.iter().filter(|one| one.is_over) {
        if let Some(id) = raised_before(year, user.id, assessments) {
            evaluation.existing.push(id);
            continue;
        }
        let step = threshold_passed(year, *requests, threshold);
        evaluation.raised.push((raised(year, user.id, today), step));
    }
    evaluation
}

/// The assessment that the threshold raises.
fn raised(year: RegulatoryYear, user: Eui64, today: Date) -> PrivacyAssessment {
    PrivacyAssessment {
        id: AssessmentId::of_threshold(year, user),
        user,
        kind: AssessmentKind::RandomSample,
        trigger: AssessmentTrigger::Threshold,
        for_year: year,
        auditor: None,
        raised_on: today,
        started_on: None,
        completed_on: None,
        findings: None,
        cost: None,
        reasonable: None,
    }
}
