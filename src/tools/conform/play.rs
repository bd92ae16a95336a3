//! Runs scenarios against an endpoint.

use std::collections::BTreeMap;

use super::{
    CallStep, CspGateway, RequestStep, Scenario, ScenarioReport, ScenarioStep, Setup, Signing, StepReport,
    message,
    scenario::StepAction,
    step_result::{StepResult, compare},
};
use crate::{
    clock::{Clock, Stopwatch},
    domain::{Eui64, Now, WebService, instant_text},
    duis::signature::TrustStore,
    tools::client::{self, Client, ClientFault},
};

mod calls;
mod needs;

/// A run of scenarios: the client of the endpoint, the keys, and the management interface, if there is one.
pub struct Suite<'a> {
    client: Client<'a>,
    trust: &'a TrustStore,
    clock: Clock,
    dcc: Eui64,
    setup: Option<&'a dyn Setup>,
    gateway: Option<CspGateway>,
    settings: BTreeMap<String, String>,
    counter: u64,
}

/// What earlier steps sent: by step, the counter of the RequestID, and the message with its answer; and what was kept of answers.
#[derive(Default)]
struct SentMessages {
    counters: BTreeMap<String, u64>,
    messages: BTreeMap<String, (SentMessage, String)>,
    kept: BTreeMap<String, String>,
}

/// What a step sent.
enum SentMessage {
    /// A request, and the web service.
    Request(Vec<u8>, WebService),
    /// Hubs that a CSP notifies of.
    Hubs(String),
    /// A call of the management interface.
    Call(Box<CallStep>),
}

impl SentMessages {
    /// The call with what was kept in the place of its names.
    fn with_kept(&self, step: &CallStep) -> CallStep {
        let filled = |text: &str| {
            let put =
                |text: String, (name, value): (&String, &String)| text.replace(&format!("{{{name}}}"), value);
            self.kept.iter().fold(text.to_owned(), put)
        };
        CallStep { path: filled(&step.path), body: filled(&step.body), ..step.clone() }
    }
}

/// The first counter of a run's RequestIDs: from the clock, so that it is above all counters of earlier runs.
pub fn first_counter(now: Now) -> u64 {
    u64::try_from(now.0.as_millisecond()).unwrap_or_default().saturating_mul(1000)
}

impl<'a> Suite<'a> {
    /// A run against the endpoint at `url`, without the path; RequestIDs are counted from `counter` on.
    pub fn new(
        url: &str,
        trust: &'a TrustStore,
        clock: Clock,
        dcc: Eui64,
        setup: Option<&'a dyn Setup>,
        counter: u64,
    ) -> Self {
        let client = Client::new(url, trust, clock.clone(), dcc);
        let (gateway, settings) = (None, BTreeMap::new());
        Self { client, trust, clock, dcc, setup, gateway, settings, counter }
    }

    /// Replaces the client.
    pub fn with_client(self, client: Client<'a>) -> Self {
        Self { client, ..self }
    }

    /// Plays a CSP at the endpoint's listener for CSPs, too.
    pub fn with_gateway(self, gateway: CspGateway) -> Self {
        Self { gateway: Some(gateway), ..self }
    }

    /// With settings that the endpoint is said to have, by name.
    pub fn with_settings(self, settings: BTreeMap<String, String>) -> Self {
        Self { settings, ..self }
    }

    /// Runs one scenario; `on_step` is called after each step.
    pub fn play(&mut self, scenario: &Scenario, on_step: &mut dyn FnMut(&StepReport)) -> ScenarioReport {
        let mut report = ScenarioReport {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            proves: scenario.proves.clone(),
            skipped: None,
            steps: Vec::new(),
        };
        report.skipped = self.lacking(scenario);
        if report.skipped.is_some() {
            return report;
        }
        match self.setup {
            Some(setup) => {
                if let Some(step) = Self::set_up(setup, scenario) {
                    on_step(&step);
                    report.steps.push(step);
                    return report;
                }
                self.play_steps(&scenario.given, &mut report, on_step);
            }
            None => {
                report.skipped = self.skip_reason(scenario);
                if report.skipped.is_some() {
                    return report;
                }
            }
        }
        // Without the data it needs, a scenario proves nothing: its steps are left out.
        if report.different().next().is_none() {
            self.play_steps(&scenario.steps, &mut report, on_step);
        }
        report
    }

    fn play_steps(
        &mut self,
        steps: &[ScenarioStep],
        report: &mut ScenarioReport,
        on_step: &mut dyn FnMut(&StepReport),
    ) {
        let mut sent = SentMessages::default();
        for step in steps {
            let begin = Stopwatch::start();
            let StepResult { word, difference, new_answer, request, answer, is_end } =
                self.step(step, &mut sent);
            let step = StepReport {
                id: step.id.clone(),
                says: step.says.clone(),
                proves: step.proves.clone(),
                told: word,
                difference,
                new_answer,
                request,
                answer,
                took: begin.elapsed(),
            };
            on_step(&step);
            report.steps.push(step);
            if is_end {
                break;
            }
        }
    }

    fn step(&mut self, step: &ScenarioStep, sent: &mut SentMessages) -> StepResult {
        match &step.action {
            StepAction::Send(send) => self.send(&step.id, send, sent),
            StepAction::Repeat(of) => self.repeat(of, sent),
            StepAction::Event { device, name, version } => {
                self.manage("reported", |setup| setup.event(*device, name, version.as_deref()))
            }
            StepAction::Clock(to) => self.manage("moved", |setup| setup.set_clock(*to)),
            StepAction::Import { kind, csv, refused: false } => {
                self.manage("imported", |setup| setup.import(*kind, csv))
            }
            StepAction::Import { kind, csv, refused: true } => {
                self.refused_import(|setup| setup.import(*kind, csv))
            }
            StepAction::Notify(notify) => self.notify(&step.id, notify, sent),
            StepAction::Call(call) => self.call(&step.id, call, sent),
        }
    }

    fn send(&mut self, id: &str, send: &RequestStep, sent: &mut SentMessages) -> StepResult {
        let earlier = send.same_request_id_as.as_ref().and_then(|step| sent.counters.get(step)).copied();
        let counter = earlier.unwrap_or_else(|| self.next_counter());
        let (bytes, signer) = match self.message(send, counter) {
            Ok(message) => message,
            Err(fault) => return broken(&fault),
        };
        let request = String::from_utf8_lossy(&bytes).into_owned();
        let (code, answer) = match self.client.post(&bytes, send.to) {
            Ok(answer) => (answer.code, answer.text),
            Err(ClientFault::Http { status, reason, .. }) => (format!("HTTP {status}"), reason),
            Err(fault) => return broken(&fault).with_messages(request, None),
        };
        let mut result = compare(send, &code, &answer);
        if let (Some(difference), Some(note)) = (&mut result.difference, self.validity_note(signer)) {
            difference.push_str(&format!("\n{note}"));
        }
        sent.counters.insert(id.to_owned(), counter);
        sent.messages.insert(id.to_owned(), (SentMessage::Request(bytes, send.to), answer.clone()));
        result.with_messages(request, Some(answer))
    }

    /// The message of a step, and who signed it.
    fn message(&self, send: &RequestStep, counter: u64) -> Result<(Vec<u8>, Option<Eui64>), ClientFault> {
        let (text, id) = message::request_text(&send.message, self.dcc, counter)?;
        let bytes = message::signed_message(&text, &send.signing, self.trust, self.clock.now())?;
        let signer = match &send.signing {
            Signing::Signed | Signing::Tampered { .. } => Some(id.originator),
            Signing::SignedBy(other) => Some(*other),
            Signing::Unsigned => None,
        };
        Ok((bytes, signer))
    }

    /// Where the signer's certificate is not valid, that this may be why the endpoint answers otherwise.
    fn validity_note(&self, signer: Option<Eui64>) -> Option<String> {
        let (eui, now) = (signer?, self.clock.now());
        let signer = client::signer(self.trust, eui, now).ok().filter(|signer| !signer.is_valid_at(now.0))?;
        let until = instant_text(signer.certificate().not_after());
        Some(format!(
            "the certificate of {eui} held until {until}, so the endpoint may refuse it: --ignore-validity \
             is about this side alone; --user ROLE=EUI64 lets another User play"
        ))
    }

    fn next_counter(&mut self) -> u64 {
        let counter = self.counter;
        self.counter = counter.wrapping_add(1);
        counter
    }
}

/// The result of a step that got no answer; where a certificate is not valid, with the way round it.
fn broken(fault: &ClientFault) -> StepResult {
    StepResult::broken(if fault.is_of_validity() {
        format!("{fault}; --ignore-validity takes it all the same")
    } else {
        fault.to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_do_not_share_counters() {
        let at = |instant: &str| first_counter(Now(instant.parse().unwrap()));
        assert_eq!(at("2026-01-01T00:00:00.001Z") - at("2026-01-01T00:00:00Z"), 1000);
        assert_eq!(at("1969-01-01T00:00:00Z"), 0);
    }
}
