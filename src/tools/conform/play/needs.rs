//! What must be there before a scenario is played: settings, a CSP's certificate, data.

use super::{SentMessages, Suite};
use crate::tools::{
    conform::{Scenario, Setup, StepAction, StepReport},
    management::ManagementFault,
};

impl Suite<'_> {
    /// Why the scenario cannot be played here, whatever is set up.
    pub(super) fn lacking(&self, scenario: &Scenario) -> Option<String> {
        let is_told = |key: &str, value: &str| self.settings.get(key).is_some_and(|told| told == value);
        let setting = scenario.needs.settings.iter().find(|(key, value)| !is_told(key, value));
        if let Some((key, value)) = setting {
            return Some(format!(
                "it needs `{key} = {value}` there; --setting {key}={value} says that it is so"
            ));
        }
        let notifies = |action: &StepAction| matches!(action, StepAction::Notify(_));
        let step = scenario.steps.iter().find(|step| notifies(&step.action));
        let step = step.filter(|_| self.gateway.is_none())?;
        Some(format!("step `{}` needs --csp", step.id))
    }

    /// Why the scenario must be skipped without a management interface; none where its data are there already.
    pub(super) fn skip_reason(&mut self, scenario: &Scenario) -> Option<String> {
        if let Some(step) = scenario.steps.iter().find(|step| step.action.needs_management()) {
            return Some(format!("step `{}` needs --manage", step.id));
        }
        if scenario.needs.is_nothing() {
            return None;
        }
        let kinds =
            scenario.needs.imports.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>().join(", ");
        if scenario.given.is_empty() {
            return Some(format!("its {kinds} must be there; --manage puts them there"));
        }
        let mut sent = SentMessages::default();
        let shown = scenario.given.iter().map(|step| (step, self.step(step, &mut sent)));
        let missing = shown.into_iter().find_map(|(step, told)| Some((&step.says, told.difference?)))?;
        let (says, difference) = missing;
        let difference = difference.lines().next().unwrap_or_default().to_owned();
        Some(format!(
            "its {kinds} must be there and are not ({says}: {difference}); --manage puts them there"
        ))
    }

    /// Resets the endpoint and puts there what the scenario needs; the report of what went wrong, if something did.
    pub(super) fn set_up(setup: &dyn Setup, scenario: &Scenario) -> Option<StepReport> {
        let put = || {
            setup.reset()?;
            if let Some(clock) = scenario.needs.clock {
                setup.set_clock(clock)?;
            }
            scenario.needs.imports.iter().try_for_each(|(kind, csv)| setup.import(*kind, csv))
        };
        put().err().map(|fault: ManagementFault| StepReport {
            id: "needs".to_owned(),
            says: "what the scenario needs is set up".to_owned(),
            proves: scenario.proves.clone(),
            told: "-".to_owned(),
            difference: Some(fault.to_string()),
            new_answer: None,
            request: None,
            answer: None,
            took: std::time::Duration::ZERO,
        })
    }
}
