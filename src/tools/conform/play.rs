//! Scenarios played against an endpoint.

use std::{collections::BTreeMap, fmt::Display};

use super::{
    Scenario, ScenarioReport, Send, Setup, SetupFault, Step, StepReport, masked, message, scenario::Act,
};
use crate::{
    clock::{Clock, Stopwatch},
    domain::{Eui64, Now, WebService},
    duis::signature::TrustStore,
    tools::client::{Client, ClientFault},
};

/// Who plays: the keys, the endpoint, and what can be set up there.
pub struct Suite<'a> {
    client: Client<'a>,
    trust: &'a TrustStore,
    clock: Clock,
    dcc: Eui64,
    setup: Option<&'a dyn Setup>,
    counter: u64,
}

/// What earlier steps sent: the counter of the RequestID, and the message, where to, and its answer.
#[derive(Default)]
struct Sent {
    counters: BTreeMap<String, u64>,
    messages: BTreeMap<String, (Vec<u8>, WebService, String)>,
}

/// What came of a step, before it is a report.
struct Told {
    word: String,
    difference: Option<String>,
    new_answer: Option<(String, String)>,
    /// Whether nothing can be expected of later steps.
    is_end: bool,
}

impl Told {
    fn done(word: &str) -> Self {
        Self { word: word.to_owned(), difference: None, new_answer: None, is_end: false }
    }

    fn broken(reason: &dyn Display) -> Self {
        Self { word: "-".to_owned(), difference: Some(reason.to_string()), new_answer: None, is_end: true }
    }

    fn different(word: &str, difference: String) -> Self {
        Self { word: word.to_owned(), difference: Some(difference), new_answer: None, is_end: false }
    }
}

/// The first counter of a run's RequestIDs: later runs begin above what an earlier one can have used.
pub fn first_counter(now: Now) -> u64 {
    u64::try_from(now.0.as_millisecond()).unwrap_or_default().saturating_mul(1000)
}

impl<'a> Suite<'a> {
    /// `url` is where the endpoint listens, without the path; `counter` the first of the run's RequestIDs.
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

    /// Sends with that client instead.
    pub fn with_client(self, client: Client<'a>) -> Self {
        Self { client, ..self }
    }

    /// Plays one scenario; `tell` hears of each step as soon as it is over.
    pub fn play(&mut self, scenario: &Scenario, tell: &mut dyn FnMut(&StepReport)) -> ScenarioReport {
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
                    tell(&step);
                    report.steps.push(step);
                    return report;
                }
                self.play_steps(&scenario.given, &mut report, tell);
            }
            None => {
                report.skipped = self.what_is_missing(scenario);
                if report.skipped.is_some() {
                    return report;
                }
            }
        }
        if report.different().next().is_none() {
            self.play_steps(&scenario.steps, &mut report, tell);
        }
        report
    }

    /// Why the scenario cannot be played where nothing can be set up.
    fn what_is_missing(&mut self, scenario: &Scenario) -> Option<String> {
        if let Some(step) = scenario.steps.iter().find(|step| step.act.needs_management()) {
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
        let mut sent = Sent::default();
        let shown = scenario.given.iter().map(|step| (step, self.step(step, &mut sent)));
        let missing = shown.into_iter().find_map(|(step, told)| Some((&step.says, told.difference?)))?;
        let (says, difference) = missing;
        let difference = difference.lines().next().unwrap_or_default().to_owned();
        Some(format!(
            "its {kinds} must be there and are not ({says}: {difference}); --manage puts them there"
        ))
    }

    fn play_steps(&mut self, steps: &[Step], report: &mut ScenarioReport, tell: &mut dyn FnMut(&StepReport)) {
        let mut sent = Sent::default();
        for step in steps {
            let begin = Stopwatch::start();
            let Told { word, difference, new_answer, is_end } = self.step(step, &mut sent);
            let step = StepReport {
                id: step.id.clone(),
                says: step.says.clone(),
                proves: step.proves.clone(),
                told: word,
                difference,
                new_answer,
                took: begin.elapsed(),
            };
            tell(&step);
            report.steps.push(step);
            if is_end {
                break;
            }
        }
    }

    fn step(&mut self, step: &Step, sent: &mut Sent) -> Told {
        match &step.act {
            Act::Send(send) => self.send(&step.id, send, sent).unwrap_or_else(|fault| Told::broken(&fault)),
            Act::Repeat(of) => self.repeat(of, sent),
            Act::Event { device, name } => self.manage("reported", |setup| setup.event(*device, name)),
            Act::Clock(to) => self.manage("moved", |setup| setup.set_clock(*to)),
            Act::Import { kind, csv, refused: false } => {
                self.manage("imported", |setup| setup.import(*kind, csv))
            }
            Act::Import { kind, csv, refused: true } => self.refused_import(|setup| setup.import(*kind, csv)),
        }
    }

    fn manage(&self, word: &str, act: impl Fn(&dyn Setup) -> Result<(), SetupFault>) -> Told {
        match self.setup.map(act) {
            Some(Ok(())) => Told::done(word),
            Some(Err(fault)) => Told::broken(&fault),
            None => Told::broken(&"this step needs --manage"),
        }
    }

    fn refused_import(&self, act: impl Fn(&dyn Setup) -> Result<(), SetupFault>) -> Told {
        match self.setup.map(act) {
            Some(Ok(())) => {
                Told::different("imported", "the file is accepted, and must be refused".to_owned())
            }
            // Not for want of a token or of the path: for what the file says.
            Some(Err(SetupFault::Refused { status: 400 | 409 | 422, .. })) => Told::done("refused"),
            Some(Err(fault)) => Told::broken(&fault),
            None => Told::broken(&"this step needs --manage"),
        }
    }

    fn send(&mut self, id: &str, send: &Send, sent: &mut Sent) -> Result<Told, ClientFault> {
        let earlier = send.same_request_id_as.as_ref().and_then(|step| sent.counters.get(step)).copied();
        let counter = earlier.unwrap_or_else(|| self.next_counter());
        let (text, _) = message::written(&send.message, self.dcc, counter)?;
        let bytes = message::sealed(&text, &send.seal, self.trust, self.clock.now())?;
        let (code, answer) = match self.client.post(&bytes, send.to) {
            Ok(answer) => (answer.code, answer.text),
            Err(ClientFault::Http { status, reason, .. }) => (format!("HTTP {status}"), reason),
            Err(fault) => return Err(fault),
        };
        let told = compare(send, &code, &answer);
        sent.counters.insert(id.to_owned(), counter);
        sent.messages.insert(id.to_owned(), (bytes, send.to, answer));
        Ok(told)
    }

    fn repeat(&self, of: &str, sent: &Sent) -> Told {
        let Some((message, to, first)) = sent.messages.get(of) else {
            return Told::broken(&format!("step `{of}` sent nothing"));
        };
        match self.client.post(message, *to) {
            Ok(answer) if answer.text == *first => Told::done(&answer.code),
            Ok(answer) => {
                let difference = lines_that_differ(first, &answer.text);
                Told::different(&answer.code, format!("expected the first answer again\n{difference}"))
            }
            Err(fault) => Told::broken(&fault),
        }
    }

    fn next_counter(&mut self) -> u64 {
        let counter = self.counter;
        self.counter = counter.wrapping_add(1);
        counter
    }
}

fn set_up(setup: &dyn Setup, scenario: &Scenario) -> Result<(), SetupFault> {
    setup.reset()?;
    if let Some(clock) = scenario.needs.clock {
        setup.set_clock(clock)?;
    }
    scenario.needs.imports.iter().try_for_each(|(kind, csv)| setup.import(*kind, csv))
}

fn broken_setup(scenario: &Scenario, fault: &SetupFault) -> StepReport {
    StepReport {
        id: "needs".to_owned(),
        says: "what the scenario needs is set up".to_owned(),
        proves: scenario.proves.clone(),
        told: "-".to_owned(),
        difference: Some(fault.to_string()),
        new_answer: None,
        took: std::time::Duration::ZERO,
    }
}

fn compare(send: &Send, code: &str, answer: &str) -> Told {
    if code != send.expect {
        let shown = masked(answer).unwrap_or_else(|_| answer.to_owned());
        return Told::different(code, format!("expected {}, got {code}\n{shown}", send.expect));
    }
    let Some((file, first)) = send.answers.first() else { return Told::done(code) };
    match masked(answer) {
        Err(fault) => Told::different(code, format!("the answer cannot be read: {fault}")),
        Ok(got) if send.answers.iter().any(|(_, text)| text.as_deref() == Some(&got)) => Told::done(code),
        Ok(got) => {
            let expected = first.as_deref().unwrap_or_default();
            let difference = lines_that_differ(expected, &got);
            let names = send.answers.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>().join(" or ");
            let difference = format!("expected {names} (-), got (+)\n{difference}");
            Told { new_answer: Some((file.clone(), got)), ..Told::different(code, difference) }
        }
    }
}

/// The lines between the common beginning and the common end.
fn lines_that_differ(expected: &str, got: &str) -> String {
    let (expected, got) = (expected.lines().collect::<Vec<_>>(), got.lines().collect::<Vec<_>>());
    let before = expected.iter().zip(&got).take_while(|(one, other)| one == other).count();
    let left = expected.len().min(got.len()) - before;
    let pairs = expected.iter().rev().zip(got.iter().rev()).take(left);
    let after = pairs.take_while(|(one, other)| one == other).count();
    let middle = |lines: &[&str], sign: char| {
        let lines = lines.get(before..lines.len() - after).unwrap_or_default();
        lines.iter().map(|line| format!("{sign} {line}")).collect::<Vec<_>>()
    };
    [middle(&expected, '-'), middle(&got, '+')].concat().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_what_is_between_the_common_lines() {
        assert_eq!(lines_that_differ("a\nb\nc\n", "a\nx\ny\nc\n"), "- b\n+ x\n+ y");
        assert_eq!(lines_that_differ("a\na\n", "a\na\na\n"), "+ a");
        assert_eq!(lines_that_differ("a\nb\na\n", "a\n"), "- b\n- a");
        assert_eq!(lines_that_differ("", "a\n"), "+ a");
    }

    #[test]
    fn runs_do_not_share_counters() {
        let at = |instant: &str| first_counter(Now(instant.parse().unwrap()));
        assert_eq!(at("2026-01-01T00:00:00.001Z") - at("2026-01-01T00:00:00Z"), 1000);
        assert_eq!(at("1969-01-01T00:00:00Z"), 0);
    }
}
