//! Privacy assessments of Other Users: who has to be assessed, and who pays (SERVICE.md 3.4; DP144).

mod activity;
mod charge;
mod check;
mod report;

#[cfg(test)]
mod tests;

pub use activity::{Evaluation, UserActivity, activity, evaluate};
pub use charge::{charging_of, target};
pub use check::{activity_kept, assessed_in, cost_reasonable, other_user, threshold_passed};
pub use report::{PrivacyLine, PrivacyReport, Share, not_assessed, report, shares};

use crate::domain::{Date, Role, User};

/// What the operator chose for assessments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivacySettings {
    /// An Other User with more Service Requests than this in a financial year is assessed; absent where nobody is for that reason.
    pub threshold: Option<u64>,
    /// The first day on which what DP144 proposes is in force; absent where it never is.
    pub proposed_from: Option<Date>,
    /// What people call a random sample (PA/i).
    pub random_sample_name: String,
}

impl Default for PrivacySettings {
    fn default() -> Self {
        Self {
            threshold: None,
            proposed_from: None,
            random_sample_name: "Random Sample Privacy Assessment".to_owned(),
        }
    }
}

/// Whether a User is an Other User (PA/a): RSA beside OU does not matter.
pub fn is_other_user(user: &User) -> bool {
    let is_of_another_kind = |role: &Role| match role {
        Role::IS | Role::ES | Role::GS | Role::ED | Role::GT => true,
        Role::RSA | Role::OU => false,
    };
    user.roles.contains(&Role::OU) && !user.roles.iter().any(is_of_another_kind)
}
