//! What happened to a schedule, a window or an order, as JSON.

use serde::{Deserialize, Serialize};

use crate::domain::{Act, ActCheck, Step, instant_text};

/// A rule with what it saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCheck {
    /// The rule's ID.
    pub rule: String,
    /// Whether it holds.
    pub holds: bool,
    /// What it saw.
    pub saw: String,
}

impl From<&Step> for RuleCheck {
    fn from(step: &Step) -> Self {
        Self { rule: step.rule.id.to_owned(), holds: step.holds, saw: step.saw.clone() }
    }
}

impl From<ActCheck> for RuleCheck {
    fn from(ActCheck { rule, holds, saw, derogation: _ }: ActCheck) -> Self {
        Self { rule, holds, saw }
    }
}

/// An act in the history of what it is about, which stands around it. Its checks are of the form that the subject has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryAct<C = RuleCheck> {
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// What was done.
    pub act: String,
    /// How it stood before.
    pub from: Option<String>,
    /// And after it.
    pub to: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// More of it.
    pub detail: Option<String>,
    /// Every check.
    pub checks: Vec<C>,
}

impl<C: From<ActCheck>> From<Act> for HistoryAct<C> {
    fn from(act: Act) -> Self {
        Self {
            at: instant_text(act.at),
            by: act.by.to_string(),
            act: act.act,
            from: act.from,
            to: act.to,
            reason: act.reason.map(|reason| reason.to_string()),
            detail: act.detail,
            checks: act.checks.into_iter().map(C::from).collect(),
        }
    }
}
