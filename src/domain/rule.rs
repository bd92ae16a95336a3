//! Rules, the trace of the rules that were checked, and the decision.

use std::collections::BTreeMap;

use super::{Change, Payload, ResponseCode, set::closed_set};

closed_set!(
    /// The standing of a rule: the kind of source that supports it (SMI.md, opening).
    Standing, "a standing", {
        Seed => "seed",
        Schema => "schema",
        Public => "public",
        Assumed => "ours",
    }
);

/// One check of the rulebook.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The rule's id in explanations, logs and settings: `SR8.4/g`.
    pub id: &'static str,
    /// The condition that must hold.
    pub requires: &'static str,
    /// The response code if it does not hold.
    pub code: ResponseCode,
    /// The standing of the rule.
    pub standing: Standing,
    /// The standing of the code. The operator may override one that is assumed.
    pub code_standing: Standing,
    /// The clause it comes from.
    pub source: &'static str,
    /// Who could do what the rule refuses, and how: a check must not lock out a repair (SMI.md 8, F31).
    pub remedy: &'static str,
}

/// The operator's code overrides: other codes for rules whose code is assumed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeOverrides(BTreeMap<&'static str, ResponseCode>);

impl CodeOverrides {
    /// Makes the overrides from pairs of a rule and its new code.
    pub fn new(pairs: impl IntoIterator<Item = (&'static Rule, ResponseCode)>) -> Self {
        Self(pairs.into_iter().map(|(rule, code)| (rule.id, code)).collect())
    }

    /// The code of a rule: the override, or the rule's own.
    pub fn code_of(&self, rule: &Rule) -> ResponseCode {
        self.overridden(rule).unwrap_or(rule.code)
    }

    fn overridden(&self, rule: &Rule) -> Option<ResponseCode> {
        self.0.get(rule.id).copied()
    }
}

/// One step of a trace: a rule, and the facts that it was checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule.
    pub rule: &'static Rule,
    /// Whether it holds.
    pub holds: bool,
    /// The facts, as text.
    pub saw: String,
}

/// A refusal: a rule that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub rule: &'static Rule,
    /// The response code.
    pub code: ResponseCode,
}

/// The trace of a decision: the rules checked so far, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    steps: Vec<Step>,
    overrides: CodeOverrides,
}

impl Trace {
    /// An empty trace that answers with the operator's codes.
    pub const fn new(overrides: CodeOverrides) -> Self {
        Self { steps: Vec::new(), overrides }
    }

    /// Checks a rule, and records the facts that it was checked against.
    ///
    /// # Errors
    /// The refusal, where it does not hold.
    pub fn require(
        &mut self,
        rule: &'static Rule,
        holds: bool,
        saw: impl Into<String>,
    ) -> Result<(), Refusal> {
        // Recorded in both cases: explanations show every check, and the refusing rule must be the last step.
        self.steps.push(Step { rule, holds, saw: saw.into() });
        if holds { Ok(()) } else { Err(Refusal { rule, code: self.overrides.code_of(rule) }) }
    }

    /// Checks a rule that one Service Request answers with a code of its own; an override of the operator's counts for it too.
    ///
    /// # Errors
    /// The refusal, where it does not hold.
    pub fn require_or_answer(
        &mut self,
        rule: &'static Rule,
        holds: bool,
        saw: impl Into<String>,
        code: ResponseCode,
    ) -> Result<(), Refusal> {
        let code = self.overrides.overridden(rule).unwrap_or(code);
        self.require(rule, holds, saw).map_err(|refusal| Refusal { code, ..refusal })
    }

    /// Checks that a fact is there, and returns it.
    ///
    /// # Errors
    /// The refusal, where it is not there.
    pub fn require_some<T>(
        &mut self,
        rule: &'static Rule,
        found: Option<T>,
        saw: impl Into<String>,
    ) -> Result<T, Refusal> {
        self.require(rule, found.is_some(), saw)?;
        // `require` has returned if there is none, so this error is never seen: it is here instead of a panic.
        found.ok_or(Refusal { rule, code: self.overrides.code_of(rule) })
    }

    /// Records a step that refuses nothing: a rule that affects a part of the answer only.
    pub fn note(&mut self, rule: &'static Rule, holds: bool, saw: impl Into<String>) {
        self.steps.push(Step { rule, holds, saw: saw.into() });
    }

    /// The code of a rule, for a part of an answer where the request as a whole is not refused.
    pub fn code_of(&self, rule: &Rule) -> ResponseCode {
        self.overrides.code_of(rule)
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Consumes the trace and returns its steps, in order.
    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }
}

/// A decision: its outcome, its reasons and its effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The response code.
    pub code: ResponseCode,
    /// The rules that were checked, in order. The last one decided.
    pub steps: Vec<Step>,
    /// The changes: all that the request asks for, or none if it was refused.
    pub changes: Vec<Change>,
    /// The data of the answer.
    pub payload: Option<Payload>,
}

impl Decision {
    /// An acceptance.
    pub fn accept(trace: Trace, code: ResponseCode, changes: Vec<Change>, payload: Option<Payload>) -> Self {
        Self { code, steps: trace.into_steps(), changes, payload }
    }

    /// A refusal, without changes or data.
    pub fn refuse(trace: Trace, refusal: Refusal) -> Self {
        Self { code: refusal.code, steps: trace.into_steps(), changes: Vec::new(), payload: None }
    }

    /// The deciding rule: the one that refused, or the last one that held.
    pub fn decided_by(&self) -> Option<&'static Rule> {
        self.steps.last().map(|step| step.rule)
    }
}
