//! What each User may do with a Device now: a row a kind of change of SR 8.4, a column a User.

use super::{
    question::change_text,
    rule_text::RuleText,
    shown::{CodeMark, UserLink},
};
use crate::service::console::{DeviceRights, InterestedUser};

/// The table.
pub(super) struct RightsTable {
    pub(super) users: Vec<RightsUser>,
    pub(super) is_cut: bool,
    pub(super) rows: Vec<RightsRow>,
}

/// A column.
pub(super) struct RightsUser {
    pub(super) user: Option<UserLink>,
    /// What it is to the Device.
    pub(super) relation: String,
}

/// A row.
pub(super) struct RightsRow {
    pub(super) change: String,
    pub(super) cells: Vec<RightsCell>,
}

/// The outcome of a change by a User.
pub(super) struct RightsCell {
    pub(super) code: CodeMark,
    pub(super) is_accepted: bool,
    pub(super) rule: Option<RuleText>,
}

impl From<&InterestedUser> for RightsUser {
    fn from(interested: &InterestedUser) -> Self {
        let InterestedUser { user, pre_notified, supplies } = interested;
        let supplies = supplies.iter().map(|(role, mpxn)| format!("Responsible Supplier by {mpxn} ({role})"));
        let relations = pre_notified.then(|| "pre-notifier".to_owned()).into_iter().chain(supplies);
        let relation = match user {
            Some(_) => relations.collect::<Vec<_>>().join(", "),
            None => "any other Supplier".to_owned(),
        };
        Self { user: user.map(UserLink), relation }
    }
}

impl From<&DeviceRights> for RightsTable {
    fn from(rights: &DeviceRights) -> Self {
        let rows = rights.changes.iter().map(|(change, outcomes)| RightsRow {
            change: change_text(*change),
            cells: outcomes
                .iter()
                .map(|outcome| RightsCell {
                    code: CodeMark(outcome.code),
                    is_accepted: outcome.code.is_success(),
                    rule: outcome.rule.map(RuleText::from),
                })
                .collect(),
        });
        Self {
            users: rights.users.iter().map(RightsUser::from).collect(),
            is_cut: rights.is_cut,
            rows: rows.collect(),
        }
    }
}
