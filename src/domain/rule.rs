//! A rule, the trace of rules that a decision leaves behind, and the decision.

use std::collections::BTreeMap;

use super::{Change, Payload, ResponseCode, set::closed_set};

closed_set!(
    /// How sure we are of a rule (SMI.md, opening).
    Standing, "a standing", {
        Seed => "seed",
        Schema => "schema",
        Public => "public",
        Ours => "ours",
    }
);

/// One check of the rulebook.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in answers, logs and settings: `SR8.4/g`.
    pub id: &'static str,
    /// What must hold.
    pub requires: &'static str,
    /// The answer where it does not hold.
    pub code: ResponseCode,
    /// How sure we are of the rule.
    pub standing: Standing,
    /// How sure we are of the code's meaning.
    pub code_standing: Standing,
    /// Where it comes from.
    pub source: &'static str,
}

/// The operator's corrections: other codes for rules whose code is our own reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeOverrides(BTreeMap<&'static str, ResponseCode>);

impl CodeOverrides {
    /// From pairs of a rule's id and the code it is to answer with.
    pub fn new(pairs: impl IntoIterator<Item = (&'static Rule, ResponseCode)>) -> Self {
        Self(pairs.into_iter().map(|(rule, code)| (rule.id, code)).collect())
    }

    /// The code that rule answers with.
    pub fn code_of(&self, rule: &Rule) -> ResponseCode {
        self.0.get(rule.id).copied().unwrap_or(rule.code)
    }
}

/// One rule that was looked at, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule.
    pub rule: &'static Rule,
    /// Whether it holds.
    pub holds: bool,
    /// The facts it saw.
    pub saw: String,
}

/// That a rule does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub rule: &'static Rule,
    /// The code to answer with.
    pub code: ResponseCode,
}

/// The rules looked at so far, in order.
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

    /// Records whether a rule holds and what it saw.
    ///
    /// # Errors
    /// The refusal, where it does not hold.
    pub fn require(
        &mut self,
        rule: &'static Rule,
        holds: bool,
        saw: impl Into<String>,
    ) -> Result<(), Refusal> {
        self.steps.push(Step { rule, holds, saw: saw.into() });
        if holds { Ok(()) } else { Err(Refusal { rule, code: self.overrides.code_of(rule) }) }
    }

    /// Records that a rule looked for something, and hands it on where it is there.
    ///
    /// # Errors
    /// The refusal, where it is not.
    pub fn require_some<T>(
        &mut self,
        rule: &'static Rule,
        found: Option<T>,
        saw: impl Into<String>,
    ) -> Result<T, Refusal> {
        self.require(rule, found.is_some(), saw)?;
        found.ok_or(Refusal { rule, code: self.overrides.code_of(rule) })
    }

    /// Records a rule that shapes a part of the answer and refuses nothing.
    pub fn note(&mut self, rule: &'static Rule, holds: bool, saw: impl Into<String>) {
        self.steps.push(Step { rule, holds, saw: saw.into() });
    }

    /// The code a rule answers with, for answers that are no refusal of the whole request.
    pub fn code_of(&self, rule: &Rule) -> ResponseCode {
        self.overrides.code_of(rule)
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Ends the trace: the steps, in order.
    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }
}

/// What was decided, why, and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The outcome.
    pub code: ResponseCode,
    /// Every rule looked at; the last one decided.
    pub steps: Vec<Step>,
    /// What is to change: nothing, or everything the request asks.
    pub changes: Vec<Change>,
    /// The data to answer with.
    pub payload: Option<Payload>,
}

impl Decision {
    /// A success.
    pub fn accept(trace: Trace, code: ResponseCode, changes: Vec<Change>, payload: Option<Payload>) -> Self {
        Self { code, steps: trace.into_steps(), changes, payload }
    }

    /// A refusal: nothing changes, nothing is returned.
    pub fn refuse(trace: Trace, refusal: Refusal) -> Self {
        Self { code: refusal.code, steps: trace.into_steps(), changes: Vec::new(), payload: None }
    }

    /// The rule that decided it: the one that refused, or the last one that had to hold.
    pub fn decided_by(&self) -> Option<&'static Rule> {
        self.steps.last().map(|step| step.rule)
    }
}
