//! Runs scenarios against an endpoint.

use std::collections::BTreeMap;

use super::{
    RequestStep, Scenario, ScenarioReport, ScenarioStep, Setup, Signing, StepReport, message,
    scenario::StepAction,
    step_result::{StepResult, compare, lines_that_differ},
};
use crate::{
    clock::{Clock, Stopwatch},
    domain::{Eui64, Now, WebService, instant_text},
    duis::signature::TrustStore,
    tools::{
        client::{self, Client, ClientFault},
        management::ManagementFault,
    },
};

/// A run of scenarios: the client of the endpoint, the keys, and the management interface, if there is one.
pub struct Suite<'a> {
    client: Client<'a>,
    trust: &'a TrustStore,
    clock: Clock,
    dcc: Eui64,
    setup: Option<&'a dyn Setup>,
    counter: u64,
}

/// The messages of earlier steps: by step, the counter of the RequestID; and the bytes, the web service and the answer.
#[derive(Default)]
struct SentMessages {
    counters: BTreeMap<String, u64>,
    messages: BTreeMap<String, (Vec<u8>, WebService, String)>,
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
        Self { client, trust, clock, dcc, setup, counter }
    }

    /// Replaces the client.
    pub fn with_client(self, client: Client<'a>) -> Self {
        Self { client, ..self }
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
        match self.setup {
            Some(setup) => {
                if let Err(fault) = set_up(setup, scenario) {
                    let step = broken_setup(scenario, &fault);
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

    /// Why the scenario must be skipped without a management interface; none where its data are there already.
    fn skip_reason(&mut self, scenario: &Scenario) -> Option<String> {
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
        }
    }

    fn manage(&self, word: &str, action: impl Fn(&dyn Setup) -> Result<(), ManagementFault>) -> StepResult {
        match self.setup.map(action) {
            Some(Ok(())) => StepResult::done(word),
            Some(Err(fault)) => StepResult::broken(fault.to_string()),
            None => StepResult::broken("this step needs --manage".to_owned()),
        }
    }

    fn refused_import(&self, action: impl Fn(&dyn Setup) -> Result<(), ManagementFault>) -> StepResult {
        match self.setup.map(action) {
            Some(Ok(())) => {
                StepResult::different("imported", "the file is accepted, and must be refused".to_owned())
            }
            // Only statuses about the file's content count: a wrong token or path is a fault of the run.
            Some(Err(ManagementFault::Refused { status: 400 | 409 | 422, .. })) => {
                StepResult::done("refused")
            }
            Some(Err(fault)) => StepResult::broken(fault.to_string()),
            None => StepResult::broken("this step needs --manage".to_owned()),
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
        sent.messages.insert(id.to_owned(), (bytes, send.to, answer.clone()));
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

    fn repeat(&self, of: &str, sent: &SentMessages) -> StepResult {
        let Some((message, to, first)) = sent.messages.get(of) else {
            return StepResult::broken(format!("step `{of}` sent nothing"));
        };
        let request = String::from_utf8_lossy(message).into_owned();
        match self.client.post(message, *to) {
            Ok(answer) if answer.text == *first => {
                StepResult::done(&answer.code).with_messages(request, Some(answer.text))
            }
            Ok(answer) => {
                let difference = lines_that_differ(first, &answer.text);
                let difference = format!("expected the first answer again\n{difference}");
                StepResult::different(&answer.code, difference).with_messages(request, Some(answer.text))
            }
            Err(fault) => broken(&fault).with_messages(request, None),
        }
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

fn set_up(setup: &dyn Setup, scenario: &Scenario) -> Result<(), ManagementFault> {
    setup.reset()?;
    if let Some(clock) = scenario.needs.clock {
        setup.set_clock(clock)?;
    }
    scenario.needs.imports.iter().try_for_each(|(kind, csv)| setup.import(*kind, csv))
}

fn broken_setup(scenario: &Scenario, fault: &ManagementFault) -> StepReport {
    StepReport {
        id: "needs".to_owned(),
        says: "what the scenario needs is set up".to_owned(),
        proves: scenario.proves.clone(),
        told: "-".to_owned(),
        difference: Some(fault.to_string()),
        new_answer: None,
        request: None,
        answer: None,
        took: std::time::Duration::ZERO,
    }
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
