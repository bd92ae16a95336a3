//! Privacy assessments as programs read them: JSON with whole pence, CSV with pounds.

mod assessment;
mod csv;

use serde::{Deserialize, Serialize};

pub use self::{
    assessment::ShownAssessment,
    csv::{
        ACTIVITY_COLUMNS, ASSESSMENT_COLUMNS, NOT_ASSESSED_COLUMNS, REPORT_COLUMNS, SHARE_COLUMNS,
        activity_cells, assessment_cells, not_assessed_cells, report_cells, share_cells,
    },
};
use crate::{
    domain::{Eui64, User},
    rules::privacy::{PrivacyLine, PrivacyReport, Share, UserActivity},
    service::{Activity, Evaluated},
};

/// The activity of Other Users in a financial year.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownActivity {
    /// The year it begins in.
    pub year: i16,
    /// The threshold; 0 where none is set.
    pub threshold: u64,
    /// The Other Users, by ID.
    pub users: Vec<ShownUserActivity>,
}

/// The activity of an Other User.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownUserActivity {
    /// The User.
    pub user_id: String,
    /// Its Party.
    pub party_name: String,
    /// The different RequestIDs with an accepted decision.
    pub requests: u64,
    /// Whether they are over the threshold.
    pub over: bool,
    /// What the threshold raised for the year.
    pub assessment_id: Option<String>,
}

/// The report of a financial year.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownPrivacyReport {
    /// The year it begins in.
    pub year: i16,
    /// The Users that were assessed, by ID.
    pub users: Vec<ShownPrivacyUser>,
    /// The sum.
    pub total: ShownPrivacyLine,
    /// The shares of what all Users pay, where they are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Vec<ShownShare>>,
}

/// A User's line of the report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownPrivacyUser {
    /// The User.
    pub user_id: String,
    /// Its Party; empty where the User is no more.
    pub party_name: String,
    /// The numbers.
    #[serde(flatten)]
    pub line: ShownPrivacyLine,
}

/// The numbers of a line.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ShownPrivacyLine {
    /// The number of assessments.
    pub assessments: u64,
    /// Their cost.
    pub cost_pence: i64,
    /// What the User pays under the baseline.
    pub baseline_user_pence: i64,
    /// What all Users pay under the baseline.
    pub baseline_socialised_pence: i64,
    /// What the User pays under what is proposed.
    pub proposed_user_pence: i64,
    /// What all Users pay under what is proposed.
    pub proposed_socialised_pence: i64,
}

/// A User's share of what all Users pay.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownShare {
    /// The User.
    pub user_id: String,
    /// Under the baseline.
    pub baseline_share_pence: i64,
    /// Under what is proposed.
    pub proposed_share_pence: i64,
}

/// The Other Users that were not assessed in a financial year.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownNotAssessed {
    /// The year it begins in.
    pub year: i16,
    /// The Other Users, by ID.
    pub users: Vec<ShownPrivacyParty>,
}

/// An Other User.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownPrivacyParty {
    /// The User.
    pub user_id: String,
    /// Its Party.
    pub party_name: String,
}

/// What an evaluation of a year did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownEvaluation {
    /// The year it begins in.
    pub year: i16,
    /// The IDs of the assessments that it raised.
    pub raised: Vec<String>,
    /// Those of the ones that had been raised before.
    pub existing: Vec<String>,
}

impl From<Activity> for ShownActivity {
    fn from(Activity { year, threshold, users }: Activity) -> Self {
        let users = users.into_iter().map(ShownUserActivity::from).collect();
        Self { year: year.get(), threshold: threshold.unwrap_or_default(), users }
    }
}

impl From<UserActivity> for ShownUserActivity {
    fn from(UserActivity { user, requests, is_over, assessment }: UserActivity) -> Self {
        Self {
            user_id: user.id.to_string(),
            party_name: user.party_name,
            requests,
            over: is_over,
            assessment_id: assessment.map(|id| id.to_string()),
        }
    }
}

impl From<PrivacyLine> for ShownPrivacyLine {
    fn from(line: PrivacyLine) -> Self {
        Self {
            assessments: line.assessments,
            cost_pence: line.cost.get(),
            baseline_user_pence: line.baseline_user.get(),
            baseline_socialised_pence: line.baseline_socialised.get(),
            proposed_user_pence: line.proposed_user.get(),
            proposed_socialised_pence: line.proposed_socialised.get(),
        }
    }
}

impl ShownPrivacyReport {
    /// The report, with the shares where they are given.
    pub fn new(PrivacyReport { year, lines, total }: PrivacyReport, shares: Option<Vec<Share>>) -> Self {
        let user = |(user, party_name, line): (Eui64, String, PrivacyLine)| ShownPrivacyUser {
            user_id: user.to_string(),
            party_name,
            line: line.into(),
        };
        let share = |share: Share| ShownShare {
            user_id: share.user.to_string(),
            baseline_share_pence: share.baseline.get(),
            proposed_share_pence: share.proposed.get(),
        };
        Self {
            year: year.get(),
            users: lines.into_iter().map(user).collect(),
            total: total.into(),
            shares: shares.map(|shares| shares.into_iter().map(share).collect()),
        }
    }
}

impl From<Evaluated> for ShownEvaluation {
    fn from(Evaluated { year, raised, existing }: Evaluated) -> Self {
        let texts = |ids: Vec<_>| ids.iter().map(ToString::to_string).collect();
        Self { year: year.get(), raised: texts(raised), existing: texts(existing) }
    }
}

impl ShownNotAssessed {
    /// The Other Users of that year.
    pub fn new(year: i16, users: Vec<User>) -> Self {
        let party =
            |user: User| ShownPrivacyParty { user_id: user.id.to_string(), party_name: user.party_name };
        Self { year, users: users.into_iter().map(party).collect() }
    }
}
