//! A check of planned maintenance: a rule, what it saw, the window, and the derogations that turned a breach into a pass.

use crate::domain::{
    ActCheck, Rule, Step,
    maintenance::{Derogation, DerogationId, WindowReference},
};

/// A check that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceCheck {
    /// The rule, whether it holds by itself, and what it saw.
    pub step: Step,
    /// The window; none where it is about a month.
    pub reference: Option<WindowReference>,
    /// The derogations that turn the breach into a pass (PM/p); none where it holds, or none covers the breach.
    pub derogations: Vec<DerogationId>,
    /// Whether a breach is a warning alone.
    pub warning: bool,
}

impl MaintenanceCheck {
    /// A check about a month.
    pub(super) fn new(rule: &'static Rule, holds: bool, saw: impl Into<String>) -> Self {
        let step = Step { rule, holds, saw: saw.into() };
        Self { step, reference: None, derogations: Vec::new(), warning: false }
    }

    /// A check about a window.
    pub(super) fn of(
        reference: &WindowReference,
        rule: &'static Rule,
        holds: bool,
        saw: impl Into<String>,
    ) -> Self {
        Self { reference: Some(reference.clone()), ..Self::new(rule, holds, saw) }
    }

    /// As a warning where it does not hold.
    pub(super) fn or_warning(self) -> Self {
        Self { warning: true, ..self }
    }

    /// With the derogations that cover the breach together, where it is one.
    pub(super) fn derogated(self, covering: &[&Derogation]) -> Self {
        if self.step.holds {
            return self;
        }
        Self { derogations: covering.iter().map(|one| one.id.clone()).collect(), ..self }
    }

    /// The IDs of the derogations that turn the breach into a pass, with `;` between them; none where there are none.
    pub fn derogation(&self) -> Option<String> {
        let ids = self.derogations.iter().map(ToString::to_string).collect::<Vec<_>>();
        (!ids.is_empty()).then(|| ids.join(";"))
    }

    /// Whether it is passed: it holds, or a derogation covers the breach.
    pub const fn passes(&self) -> bool {
        self.step.holds || !self.derogations.is_empty()
    }

    /// Whether it refuses what is judged.
    pub const fn refuses(&self) -> bool {
        !self.passes() && !self.warning
    }

    /// Whether it warns.
    pub const fn warns(&self) -> bool {
        !self.passes() && self.warning
    }
}

impl From<&MaintenanceCheck> for ActCheck {
    fn from(check: &MaintenanceCheck) -> Self {
        let window = check.reference.as_ref().map(|reference| format!("{reference}: ")).unwrap_or_default();
        Self {
            holds: check.passes(),
            saw: format!("{window}{}", check.step.saw),
            derogation: check.derogation(),
            ..Self::from(&check.step)
        }
    }
}
