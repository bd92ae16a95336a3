//! Acts on the page of what they are about.

use super::{rule_text::RuleText, shown::When};
use crate::domain::{Act, ActCheck};

/// An act as the page shows it.
pub(super) struct ActRow {
    pub(super) at: When,
    pub(super) by: String,
    pub(super) act: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) checks: Vec<CheckRow>,
}

pub(super) struct CheckRow {
    pub(super) rule: RuleText,
    pub(super) holds: bool,
    pub(super) saw: String,
}

impl From<&Act> for ActRow {
    fn from(act: &Act) -> Self {
        let check = |check: &ActCheck| CheckRow {
            rule: RuleText::of(&check.rule),
            holds: check.holds,
            saw: check.saw.clone(),
        };
        Self {
            at: When(act.at),
            by: act.by.to_string(),
            act: act.act.clone(),
            from: act.from.clone().filter(|from| Some(from) != act.to.as_ref()),
            to: act.to.clone(),
            reason: act.reason.as_ref().map(ToString::to_string),
            detail: act.detail.clone(),
            checks: act.checks.iter().map(check).collect(),
        }
    }
}
