//! Parses scenario files: refuses unknown keys, checks each value where it stands, and steps against each other.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::{
    RequestStep, RequestTemplate, Scenario, ScenarioFiles, ScenarioStep, message,
    scenario::{Signing, StepAction},
};
use crate::{
    domain::Eui64,
    duis::{signature::pki, xml},
};

mod needs;
mod raw;
mod step;

use raw::{RawScenario, RawSend, RawStep, RawUser};

/// Why a scenario file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioFault {
    /// A key or value of the file is wrong.
    #[error("{file}: {reason}")]
    Toml {
        /// The file.
        file: String,
        /// Line, column, key, and what is allowed.
        reason: String,
    },
    /// Parts of the file contradict each other.
    #[error("{file}, line {line}: {reason}")]
    Unfit {
        /// The file.
        file: String,
        /// The line that the part begins at.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

/// Parses all scenarios, sorted by name.
///
/// # Errors
/// The first fault, with its file, line and reason.
pub fn read(files: &ScenarioFiles) -> Result<Vec<Scenario>, ScenarioFault> {
    let mut ids = BTreeSet::new();
    let mut scenarios = Vec::new();
    for (file, text) in files.scenarios() {
        let scenario = ScenarioReader { files, file, text }.scenario()?;
        if !ids.insert(scenario.id.clone()) {
            let reason = format!("there is another scenario `{}`", scenario.id);
            return Err(ScenarioFault::Unfit { file: file.to_owned(), line: 1, reason });
        }
        scenarios.push(scenario);
    }
    Ok(scenarios)
}

/// The parser of one file.
struct ScenarioReader<'a> {
    files: &'a ScenarioFiles,
    file: &'a str,
    text: &'a str,
}

impl ScenarioReader<'_> {
    fn scenario(&self) -> Result<Scenario, ScenarioFault> {
        let raw = RawScenario::deserialize(toml::Deserializer::parse(self.text).map_err(|f| self.toml(&f))?);
        let raw = raw.map_err(|fault| self.toml(&fault))?;
        let RawScenario { id, title, proves, roles, needs, given, step } = raw;
        if proves.get_ref().is_empty() {
            return Err(self.unfit(&proves, "a scenario names the requirements it proves"));
        }
        let proves = proves.into_inner();
        let roles = self.roles(roles)?;
        let needs = self.needs(needs)?;
        let given = self.steps(given, &proves)?;
        let steps = self.steps(step, &proves)?;
        Ok(Scenario { id, title, proves, roles, needs, given, steps })
    }

    fn roles(
        &self,
        raw: BTreeMap<String, Spanned<RawUser>>,
    ) -> Result<BTreeMap<String, Eui64>, ScenarioFault> {
        let mut roles = BTreeMap::new();
        for (role, user) in raw {
            let RawUser(eui) = *user.get_ref();
            if roles.values().any(|other| *other == eui) {
                return Err(self.unfit(&user, format!("{eui} has another role already")));
            }
            roles.insert(role, eui);
        }
        Ok(roles)
    }

    fn steps(
        &self,
        raw: Vec<Spanned<RawStep>>,
        proves: &[String],
    ) -> Result<Vec<ScenarioStep>, ScenarioFault> {
        let mut steps = Vec::<ScenarioStep>::new();
        for step in raw {
            let place = Spanned::new(step.span(), ());
            for step in self.step(step, proves)? {
                let known = |id: &str| steps.iter().any(|step| step.id == id);
                if known(&step.id) {
                    return Err(self.unfit(&place, format!("there is another step `{}`", step.id)));
                }
                if let Some(earlier) = refers_to(&step.action).filter(|earlier| !known(earlier)) {
                    let reason = format!("no earlier step is called `{earlier}`");
                    return Err(self.unfit(&place, reason));
                }
                steps.push(step);
            }
        }
        Ok(steps)
    }

    /// One step, or one for each schema version that it is sent in.
    fn step(
        &self,
        step: Spanned<RawStep>,
        of_scenario: &[String],
    ) -> Result<Vec<ScenarioStep>, ScenarioFault> {
        let place = Spanned::new(step.span(), ());
        let mut raw = step.into_inner();
        let other = self.other_action(&place, &mut raw)?;
        let RawStep { id, says, proves, send, .. } = raw;
        let proves = if proves.is_empty() { of_scenario.to_vec() } else { proves };
        let sent = send.map(|send| self.send(send)).transpose()?.unwrap_or_default();
        let actions = other.map(|action| (String::new(), action)).into_iter().chain(sent).collect::<Vec<_>>();
        let several = actions.len() > 1;
        let step = |(version, action): (String, StepAction)| ScenarioStep {
            id: if several { format!("{id}-{version}") } else { id.clone() },
            says: says.clone(),
            proves: proves.clone(),
            action,
        };
        Ok(actions.into_iter().map(step).collect())
    }

    /// The request in each schema version, with the version's text.
    fn send(&self, send: Spanned<RawSend>) -> Result<Vec<(String, StepAction)>, ScenarioFault> {
        let place = Spanned::new(send.span(), ());
        let raw = send.into_inner();
        let signing = self.signing(&place, &raw)?;
        let answers = raw.answers.iter().map(|file| (file.clone(), self.files.text(file).map(str::to_owned)));
        let answers = answers.collect::<Vec<_>>();
        let mut acts = Vec::new();
        for (version, message) in self.messages(&place, &raw)? {
            let action = RequestStep {
                to: raw.web_service(&message),
                message,
                same_request_id_as: raw.same_request_id_as.clone(),
                signing: signing.clone(),
                expect: raw.expect.clone(),
                answers: answers.clone(),
            };
            self.check(&place, &action)?;
            acts.push((version, StepAction::Send(Box::new(action))));
        }
        Ok(acts)
    }

    fn messages(
        &self,
        place: &Spanned<()>,
        raw: &RawSend,
    ) -> Result<Vec<(String, RequestTemplate)>, ScenarioFault> {
        match (raw.sender, raw.service, &raw.body, &raw.request) {
            (Some(sender), Some(service), Some(body), None) => {
                let versions = raw.schema_versions().into_iter().map(|schema_version| {
                    let message = RequestTemplate::Parts {
                        sender,
                        target: raw.target,
                        service,
                        command_variant: raw.command_variant(service),
                        body: body.trim().to_owned(),
                        schema_version: schema_version.clone(),
                    };
                    (schema_version.to_string(), message)
                });
                Ok(versions.collect())
            }
            (None, None, None, Some(file)) if raw.has_no_parts() => {
                Ok(vec![(String::new(), RequestTemplate::Whole(self.file_text(place, file)?))])
            }
            _ => Err(self
                .unfit(place, "a request has `sender`, `service` and `body`, or is a whole `request` file")),
        }
    }

    fn signing(&self, place: &Spanned<()>, raw: &RawSend) -> Result<Signing, ScenarioFault> {
        match (raw.unsigned, raw.signed_by, &raw.tamper) {
            (false, None, None) => Ok(Signing::Signed),
            (true, None, None) => Ok(Signing::Unsigned),
            (false, Some(by), None) => Ok(Signing::SignedBy(by)),
            (false, None, Some(tamper)) => {
                Ok(Signing::Tampered { replace: tamper.replace.clone(), by: tamper.by.clone() })
            }
            _ => Err(self.unfit(place, "give one of `unsigned`, `signed_by` and `tamper`")),
        }
    }

    /// Checks that the request can be composed, and contains the text that is to be tampered with.
    fn check(&self, place: &Spanned<()>, send: &RequestStep) -> Result<(), ScenarioFault> {
        let unfit = |reason: String| self.unfit(place, reason);
        // The DCC and the counter are stand-ins: the form alone is checked here.
        let (text, _) = message::request_text(&send.message, pki::DCC, 0)
            .map_err(|fault| unfit(format!("the request cannot be read: {fault}")))?;
        let document = xml::parse(text.as_bytes())
            .map_err(|fault| unfit(format!("the body is not well-formed: {fault}")))?;
        match &send.signing {
            Signing::Tampered { replace, .. } if !xml::compact(&document, None).contains(replace) => {
                Err(unfit(format!("`{replace}` does not stand in the request")))
            }
            Signing::Tampered { .. } | Signing::Signed | Signing::SignedBy(_) | Signing::Unsigned => Ok(()),
        }
    }

    /// The text of a file beside the scenario.
    fn file_text<T>(&self, place: &Spanned<T>, file: &str) -> Result<String, ScenarioFault> {
        let text = self.files.text(file).map(str::to_owned);
        text.ok_or_else(|| self.unfit(place, format!("no file `{file}` is beside it")))
    }

    fn toml(&self, fault: &toml::de::Error) -> ScenarioFault {
        let mut fault = fault.clone();
        fault.set_input(Some(self.text));
        ScenarioFault::Toml { file: self.file.to_owned(), reason: fault.to_string().trim_end().to_owned() }
    }

    fn unfit<T>(&self, place: &Spanned<T>, reason: impl Into<String>) -> ScenarioFault {
        let before = self.text.get(..place.span().start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        ScenarioFault::Unfit { file: self.file.to_owned(), line, reason: reason.into() }
    }
}

/// The earlier step that this one refers to.
fn refers_to(action: &StepAction) -> Option<&str> {
    match action {
        StepAction::Send(send) => send.same_request_id_as.as_deref(),
        StepAction::Repeat(of) => Some(of),
        StepAction::Event { .. }
        | StepAction::Clock(_)
        | StepAction::Import { .. }
        | StepAction::Notify(_)
        | StepAction::Call(_) => None,
    }
}
