//! What the rules say about an event: every check with what it saw, and the effect where all of them hold.

use crate::domain::{Rule, Step};

/// The checks that were made, all of them whatever the first one said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    steps: Vec<Step>,
}

impl Checks {
    /// Makes a check, and returns whether it holds.
    pub fn note(&mut self, rule: &'static Rule, holds: bool, saw: impl Into<String>) -> bool {
        self.steps.push(Step { rule, holds, saw: saw.into() });
        holds
    }

    /// The checks, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether no check refuses. One whose rule answers a success only notes.
    pub fn all_hold(&self) -> bool {
        self.steps.iter().all(|step| step.holds || step.rule.code.is_success())
    }

    /// The verdict: this effect where no check refuses.
    pub fn verdict<T>(self, effect: impl FnOnce() -> T) -> Verdict<T> {
        let effect = self.all_hold().then(effect);
        Verdict { checks: self.steps, effect }
    }
}

/// A verdict about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict<T> {
    /// Every check, in order.
    pub checks: Vec<Step>,
    /// What the event brings about; none where a rule refuses it.
    pub effect: Option<T>,
}

impl<T> Verdict<T> {
    /// The checks that refuse.
    pub fn refused_by(&self) -> impl Iterator<Item = &Step> {
        self.checks.iter().filter(|step| !step.holds && !step.rule.code.is_success())
    }
}
