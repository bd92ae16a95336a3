//! The same as CSV: columns and cells.

use super::{
    ShownAssessment, ShownPrivacyLine, ShownPrivacyParty, ShownPrivacyReport, ShownShare, ShownUserActivity,
};
use crate::domain::Pence;

/// The columns of the CSV of an activity, and its lines.
pub const ACTIVITY_COLUMNS: [&str; 5] = ["user_id", "party_name", "requests", "over", "assessment_id"];

/// A line of that CSV.
pub fn activity_cells(user: &ShownUserActivity) -> [String; 5] {
    let ShownUserActivity { user_id, party_name, requests, over, assessment_id } = user.clone();
    [user_id, party_name, requests.to_string(), over.to_string(), assessment_id.unwrap_or_default()]
}

/// The columns of the CSV of a report.
pub const REPORT_COLUMNS: [&str; 8] = [
    "user_id",
    "party_name",
    "assessments",
    "cost",
    "baseline_user",
    "baseline_socialised",
    "proposed_user",
    "proposed_socialised",
];

/// The lines of that CSV; the last one is the sum.
pub fn report_cells(report: &ShownPrivacyReport) -> Vec<[String; 8]> {
    let cells = |user: &str, name: &str, line: ShownPrivacyLine| {
        let [cost, baseline, socialised, proposed, proposed_socialised] = [
            line.cost_pence,
            line.baseline_user_pence,
            line.baseline_socialised_pence,
            line.proposed_user_pence,
            line.proposed_socialised_pence,
        ]
        .map(|pence| Pence::new(pence).to_string());
        let (user, name, number) = (user.to_owned(), name.to_owned(), line.assessments.to_string());
        [user, name, number, cost, baseline, socialised, proposed, proposed_socialised]
    };
    let users = report.users.iter().map(|user| cells(&user.user_id, &user.party_name, user.line));
    users.chain([cells("total", "", report.total)]).collect()
}

/// The columns of the CSV of shares.
pub const SHARE_COLUMNS: [&str; 3] = ["user_id", "baseline_share", "proposed_share"];

/// A line of that CSV.
pub fn share_cells(share: &ShownShare) -> [String; 3] {
    let pounds = |pence| Pence::new(pence).to_string();
    [share.user_id.clone(), pounds(share.baseline_share_pence), pounds(share.proposed_share_pence)]
}

/// The columns of the CSV of a review.
pub const NOT_ASSESSED_COLUMNS: [&str; 2] = ["user_id", "party_name"];

/// A line of that CSV.
pub fn not_assessed_cells(party: &ShownPrivacyParty) -> [String; 2] {
    [party.user_id.clone(), party.party_name.clone()]
}

/// The columns of the CSV of assessments.
pub const ASSESSMENT_COLUMNS: [&str; 13] = [
    "assessment_id",
    "user_id",
    "kind",
    "trigger",
    "auditor",
    "raised_on",
    "started_on",
    "completed_on",
    "findings",
    "cost",
    "reasonable",
    "charging",
    "pays",
];

/// A line of that CSV.
pub fn assessment_cells(shown: &ShownAssessment) -> [String; 13] {
    let shown = shown.clone();
    let optional = |text: Option<String>| text.unwrap_or_default();
    [
        shown.assessment_id,
        shown.user_id,
        shown.kind,
        shown.trigger,
        optional(shown.auditor),
        shown.raised_on,
        optional(shown.started_on),
        optional(shown.completed_on),
        optional(shown.findings),
        optional(shown.cost_pence.map(|pence| Pence::new(pence).to_string())),
        optional(shown.reasonable),
        shown.charging,
        shown.pays,
    ]
}
