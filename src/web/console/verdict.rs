//! A decision as pages show it: the outcome, and every check with what it saw and its source.

use super::{rule_text::RuleText, shown::CodeMark};
use crate::{
    domain::{Decision, Rule, ServiceRequest},
    rules::rulebook,
};

/// A check.
#[derive(Clone, Debug)]
pub(super) struct StepRow {
    pub(super) rule: RuleText,
    pub(super) holds: bool,
    pub(super) saw: String,
    /// The rule of today's rulebook; absent if it was removed since.
    pub(super) known: Option<&'static Rule>,
}

impl StepRow {
    /// A check of a rule of that ID.
    pub(super) fn new(rule: &str, holds: bool, saw: &str) -> Self {
        Self { rule: RuleText::of(rule), holds, saw: saw.to_owned(), known: rulebook::rule(rule) }
    }
}

/// A decision that is shown and not stored.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) code: CodeMark,
    pub(super) meaning: Option<&'static str>,
    pub(super) decided_by: Option<&'static Rule>,
    pub(super) is_refused: bool,
    pub(super) changes: Vec<String>,
    pub(super) steps: Vec<StepRow>,
    /// The checks behind the one that refused.
    pub(super) not_asked: Vec<RuleText>,
}

impl Verdict {
    pub(super) fn of(decision: &Decision, service: ServiceRequest) -> Self {
        let is_asked = |rule: &&'static Rule| decision.steps.iter().any(|step| step.rule == *rule);
        let not_asked = rulebook::rules_for(service).filter(|rule| !is_asked(rule));
        let step = |step: &crate::domain::Step| StepRow::new(step.rule.id, step.holds, &step.saw);
        Self {
            code: CodeMark(decision.code),
            meaning: decision.code.meaning(),
            decided_by: decision.decided_by(),
            is_refused: !decision.code.is_success(),
            changes: decision.changes.iter().map(ToString::to_string).collect(),
            steps: decision.steps.iter().map(step).collect(),
            not_asked: not_asked.map(RuleText::from).collect(),
        }
    }
}
