//! Explanations: a decision as text for people, with the result, the facts and the source of each check.

use std::fmt;

use crate::{
    domain::{CodeOverrides, Decision, Rule, ServiceRequest, Step},
    rules::rulebook,
};

/// The word for a check that refused.
const FAILED: &str = "FAILED";
/// The outcome of a request for a Pre-Command, which has no response code.
const HTTP_501: &str = "HTTP 501";

/// An explanation of a decision, as `smi explain` prints it.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// The Service Request that was decided.
    pub service: ServiceRequest,
    /// The decision.
    pub decision: &'a Decision,
    /// The operator's code overrides.
    pub codes: &'a CodeOverrides,
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Along the rulebook, not the trace: checks that were not reached are shown too.
        for rule in rulebook::rules_for(self.service) {
            let steps = self.decision.steps.iter().filter(|step| step.rule == rule).collect::<Vec<_>>();
            self.check(f, rule, &steps)?;
        }
        // Asked where a setting says so, and shown only then.
        for rule in rulebook::tsat::ALL.iter().chain(rulebook::variants::ALL) {
            let steps = self.decision.steps.iter().filter(|step| step.rule == *rule).collect::<Vec<_>>();
            if !steps.is_empty() {
                self.check(f, rule, &steps)?;
            }
        }
        let decided_by = self.decision.decided_by().map_or("no rule", |rule| rule.id);
        let code = self.decision.code;
        let outcome = if rulebook::asks_pre_command(self.decision) { HTTP_501 } else { code.as_str() };
        writeln!(f, "outcome: {outcome}, decided by {decided_by}")?;
        for change in &self.decision.changes {
            writeln!(f, "change: {change}")?;
        }
        if self.decision.changes.is_empty() {
            writeln!(f, "change: none")?;
        }
        Ok(())
    }
}

impl Explanation<'_> {
    /// Writes one check with its steps. A check can have several, as for the regions of SR 12.1.
    fn check(&self, f: &mut fmt::Formatter<'_>, rule: &'static Rule, steps: &[&Step]) -> fmt::Result {
        let outcome = match steps {
            [] => "not asked",
            steps if steps.iter().all(|step| step.holds) => "passed",
            _ => FAILED,
        };
        writeln!(f, "{:8} {outcome:9} {}", rule.id, rule.requires)?;
        for step in steps {
            writeln!(f, "{:18} saw: {}", "", step.saw)?;
        }
        if outcome == FAILED {
            writeln!(f, "{:18} who could: {}", "", rule.remedy)?;
        }
        let (code, standing) = (self.codes.code_of(rule), rule.code_standing);
        let changed = if code == rule.code { "" } else { ", changed by the operator" };
        writeln!(
            f,
            "{:18} source: {} ({}); answers {code} ({standing}{changed})",
            "", rule.source, rule.standing
        )
    }
}
