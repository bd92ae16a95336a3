//! The checks of privacy assessments: each a rule, whether it holds, and what it saw.

use super::is_other_user;
use crate::{
    domain::{
        RegulatoryYear, Step, User, YesNo,
        privacy::{AssessmentKind, PrivacyAssessment},
    },
    rules::rulebook::privacy as rules,
};

/// Decisions that are kept for so many days are kept for a whole financial year.
const DAYS_OF_A_YEAR: u16 = 366;

/// PA/a: only an Other User is assessed.
pub fn other_user(user: &User) -> Step {
    let roles = user.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    let saw = if roles.is_empty() { "no role".to_owned() } else { roles };
    Step { rule: rules::OTHER_USER, holds: is_other_user(user), saw }
}

/// PA/b: decisions are kept for a whole financial year. `kept_days` is absent where they are kept for ever.
pub fn activity_kept(kept_days: Option<u16>) -> Step {
    let saw = kept_days.map_or_else(|| "kept for ever".to_owned(), |days| format!("kept for {days} days"));
    let holds = kept_days.is_none_or(|days| days >= DAYS_OF_A_YEAR);
    Step { rule: rules::ACTIVITY_KEPT, holds, saw }
}

/// PA/c: activity is over the threshold.
pub fn threshold_passed(year: RegulatoryYear, requests: u64, threshold: u64) -> Step {
    let saw =
        format!("{requests} Service Requests in the year from 1 April {year}; the threshold is {threshold}");
    Step { rule: rules::THRESHOLD_PASSED, holds: requests > threshold, saw }
}

/// PA/e: the cost of a random sample is confirmed.
pub fn cost_reasonable(assessment: &PrivacyAssessment) -> Step {
    let PrivacyAssessment { kind, cost, reasonable, .. } = assessment;
    let cost = cost.map_or_else(|| "no cost".to_owned(), |cost| format!("cost {cost}"));
    let confirmed = reasonable.map_or("not said", YesNo::as_str);
    let holds =
        *kind == AssessmentKind::Other || assessment.cost.is_none() || *reasonable == Some(YesNo::Yes);
    Step { rule: rules::COST_REASONABLE, holds, saw: format!("{kind}, {cost}, reasonable: {confirmed}") }
}

/// PA/h: the Other User has an assessment that was completed in the year.
pub fn assessed_in(year: RegulatoryYear, user: &User, assessments: &[PrivacyAssessment]) -> Step {
    let completed = assessments.iter().filter(|assessment| assessment.user == user.id);
    let completed = completed.filter_map(|assessment| assessment.completed_on);
    let in_year = completed.filter(|day| RegulatoryYear::of(*day) == year).max();
    let saw = in_year.map_or_else(
        || format!("none was completed in the year from 1 April {year}"),
        |day| format!("one was completed on {day}"),
    );
    Step { rule: rules::ASSESSED_YEARLY, holds: in_year.is_some(), saw }
}
