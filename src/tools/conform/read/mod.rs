//! Scenario files read: unknown keys refused, each value checked where it stands, steps checked against each other.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::{
    Files, Message, Scenario, Send, Step, message,
    scenario::{Act, Needs, Seal},
};
use crate::{
    duis::{signature::pki, xml},
    store::Kind,
};

mod raw;

use raw::{RawImport, RawNeeds, RawScenario, RawSend, RawStep};

/// What is wrong with a scenario file.
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
    /// Its parts do not fit each other.
    #[error("{file}, line {line}: {reason}")]
    Unfit {
        /// The file.
        file: String,
        /// Where the part begins.
        line: usize,
        /// Why.
        reason: String,
    },
}

/// Reads every scenario of the files, in the order of their names.
///
/// # Errors
/// The first fault, with its file, line and reason.
pub fn read(files: &Files) -> Result<Vec<Scenario>, ScenarioFault> {
    let mut ids = BTreeSet::new();
    let mut scenarios = Vec::new();
    for (file, text) in files.scenarios() {
        let scenario = Reader { files, file, text }.scenario()?;
        if !ids.insert(scenario.id.clone()) {
            let reason = format!("there is another scenario `{}`", scenario.id);
            return Err(ScenarioFault::Unfit { file: file.to_owned(), line: 1, reason });
        }
        scenarios.push(scenario);
    }
    Ok(scenarios)
}

/// One file being read.
struct Reader<'a> {
    files: &'a Files,
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn scenario(&self) -> Result<Scenario, ScenarioFault> {
        let raw = RawScenario::deserialize(toml::Deserializer::parse(self.text).map_err(|f| self.toml(&f))?);
        let RawScenario { id, title, proves, needs, given, step } = raw.map_err(|fault| self.toml(&fault))?;
        if proves.get_ref().is_empty() {
            return Err(self.unfit(&proves, "a scenario names the requirements it proves"));
        }
        let proves = proves.into_inner();
        let needs = self.needs(needs)?;
        let given = self.steps(given, &proves)?;
        let steps = self.steps(step, &proves)?;
        Ok(Scenario { id, title, proves, needs, given, steps })
    }

    fn needs(&self, needs: Spanned<RawNeeds>) -> Result<Needs, ScenarioFault> {
        let at = needs.span();
        let RawNeeds { clock, users, registrations, devices, coverage, cpl, files } = needs.into_inner();
        let inline = [
            (Kind::Users, users, files.users),
            (Kind::Registrations, registrations, files.registrations),
            (Kind::Devices, devices, files.devices),
            (Kind::Coverage, coverage, files.coverage),
            (Kind::Cpl, cpl, files.cpl),
        ];
        let mut imports = Vec::new();
        for (kind, csv, file) in inline {
            let place = Spanned::new(at.clone(), ());
            match (csv, file) {
                (None, None) => {}
                (Some(_), Some(_)) => {
                    return Err(self.unfit(&place, format!("{kind} stand here and in a file; give one")));
                }
                (Some(csv), None) => imports.push((kind, csv)),
                (None, Some(file)) => imports.push((kind, self.beside(&place, &file)?)),
            }
        }
        Ok(Needs { clock, imports })
    }

    fn steps(&self, raw: Vec<Spanned<RawStep>>, proves: &[String]) -> Result<Vec<Step>, ScenarioFault> {
        let mut steps = Vec::<Step>::new();
        for step in raw {
            let place = Spanned::new(step.span(), ());
            for step in self.step(step, proves)? {
                let known = |id: &str| steps.iter().any(|step| step.id == id);
                if known(&step.id) {
                    return Err(self.unfit(&place, format!("there is another step `{}`", step.id)));
                }
                if let Some(earlier) = refers_to(&step.act).filter(|earlier| !known(earlier)) {
                    let reason = format!("no earlier step is called `{earlier}`");
                    return Err(self.unfit(&place, reason));
                }
                steps.push(step);
            }
        }
        Ok(steps)
    }

    /// One step, or one for each version it is to be sent in.
    fn step(&self, step: Spanned<RawStep>, of_scenario: &[String]) -> Result<Vec<Step>, ScenarioFault> {
        let place = Spanned::new(step.span(), ());
        let RawStep { id, says, proves, send, repeat, event, clock, import } = step.into_inner();
        let proves = if proves.is_empty() { of_scenario.to_vec() } else { proves };
        let one = |act| vec![Step { id: id.clone(), says: says.clone(), proves: proves.clone(), act }];
        match (send, repeat, event, clock, import) {
            (Some(send), None, None, None, None) => {
                let version = |suffix: String, act| Step {
                    id: format!("{id}{suffix}"),
                    says: says.clone(),
                    proves: proves.clone(),
                    act,
                };
                let acts = self.send(send)?;
                let several = acts.len() > 1;
                let suffix = |version: String| if several { format!("-{version}") } else { String::new() };
                Ok(acts.into_iter().map(|(of, act)| version(suffix(of), act)).collect())
            }
            (None, Some(of), None, None, None) => Ok(one(Act::Repeat(of))),
            (None, None, Some(event), None, None) => {
                Ok(one(Act::Event { device: event.device, name: event.name }))
            }
            (None, None, None, Some(clock), None) => Ok(one(Act::Clock(clock.0))),
            (None, None, None, None, Some(import)) => Ok(one(self.import(&place, import)?)),
            _ => Err(self.unfit(&place, "a step has one of `send`, `repeat`, `event`, `clock` and `import`")),
        }
    }

    fn import(&self, place: &Spanned<()>, import: RawImport) -> Result<Act, ScenarioFault> {
        let RawImport { kind, csv, file, refused } = import;
        let csv = match (csv, file) {
            (Some(csv), None) => csv,
            (None, Some(file)) => self.beside(place, &file)?,
            (None, None) | (Some(_), Some(_)) => {
                return Err(self.unfit(place, "an import has `csv` or `file`"));
            }
        };
        Ok(Act::Import { kind, csv, refused })
    }

    /// The request in each version asked for, with the version's text.
    fn send(&self, send: Spanned<RawSend>) -> Result<Vec<(String, Act)>, ScenarioFault> {
        let place = Spanned::new(send.span(), ());
        let raw = send.into_inner();
        let seal = self.seal(&place, &raw)?;
        let answers = raw.answers.iter().map(|file| (file.clone(), self.files.text(file).map(str::to_owned)));
        let answers = answers.collect::<Vec<_>>();
        let mut acts = Vec::new();
        for (version, message) in self.messages(&place, &raw)? {
            let act = Send {
                to: raw.web_service(&message),
                message,
                same_request_id_as: raw.same_request_id_as.clone(),
                seal: seal.clone(),
                expect: raw.expect.clone(),
                answers: answers.clone(),
            };
            self.check(&place, &act)?;
            acts.push((version, Act::Send(Box::new(act))));
        }
        Ok(acts)
    }

    fn messages(&self, place: &Spanned<()>, raw: &RawSend) -> Result<Vec<(String, Message)>, ScenarioFault> {
        match (raw.sender, raw.service, &raw.body, &raw.request) {
            (Some(sender), Some(service), Some(body), None) => {
                let versions = raw.schema_versions().into_iter().map(|schema_version| {
                    let message = Message::Parts {
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
                Ok(vec![(String::new(), Message::Whole(self.beside(place, file)?))])
            }
            _ => Err(self
                .unfit(place, "a request has `sender`, `service` and `body`, or is a whole `request` file")),
        }
    }

    fn seal(&self, place: &Spanned<()>, raw: &RawSend) -> Result<Seal, ScenarioFault> {
        match (raw.unsigned, raw.signed_by, &raw.tamper) {
            (false, None, None) => Ok(Seal::Signed),
            (true, None, None) => Ok(Seal::Unsigned),
            (false, Some(by), None) => Ok(Seal::SignedBy(by)),
            (false, None, Some(tamper)) => {
                Ok(Seal::Tampered { replace: tamper.replace.clone(), by: tamper.by.clone() })
            }
            _ => Err(self.unfit(place, "give one of `unsigned`, `signed_by` and `tamper`")),
        }
    }

    /// Whether the request can be written at all, and a piece to be replaced stands in it.
    fn check(&self, place: &Spanned<()>, send: &Send) -> Result<(), ScenarioFault> {
        let unfit = |reason: String| self.unfit(place, reason);
        let (text, _) = message::written(&send.message, pki::DCC, 0)
            .map_err(|fault| unfit(format!("the request cannot be read: {fault}")))?;
        let document = xml::parse(text.as_bytes())
            .map_err(|fault| unfit(format!("the body is not well-formed: {fault}")))?;
        match &send.seal {
            Seal::Tampered { replace, .. } if !xml::compact(&document, None).contains(replace) => {
                Err(unfit(format!("`{replace}` does not stand in the request")))
            }
            Seal::Tampered { .. } | Seal::Signed | Seal::SignedBy(_) | Seal::Unsigned => Ok(()),
        }
    }

    /// A file beside the scenario.
    fn beside<T>(&self, place: &Spanned<T>, file: &str) -> Result<String, ScenarioFault> {
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

/// The earlier step that this one is about.
fn refers_to(act: &Act) -> Option<&str> {
    match act {
        Act::Send(send) => send.same_request_id_as.as_deref(),
        Act::Repeat(of) => Some(of),
        Act::Event { .. } | Act::Clock(_) | Act::Import { .. } => None,
    }
}
