//! Steps that are no requests of a User: those of the management interface, and hubs that a CSP notifies of.

use serde_json::Value;

use super::{SentMessage, SentMessages, Suite};
use crate::tools::{
    conform::{
        CallStep, HubsStep, Setup, gateway,
        step_result::{StepResult, lines_that_differ},
    },
    management::ManagementFault,
};

impl Suite<'_> {
    pub(super) fn manage(
        &self,
        word: &str,
        action: impl Fn(&dyn Setup) -> Result<(), ManagementFault>,
    ) -> StepResult {
        match self.setup.map(action) {
            Some(Ok(())) => StepResult::done(word),
            Some(Err(fault)) => StepResult::broken(fault.to_string()),
            None => StepResult::broken("this step needs --manage".to_owned()),
        }
    }

    pub(super) fn refused_import(
        &self,
        action: impl Fn(&dyn Setup) -> Result<(), ManagementFault>,
    ) -> StepResult {
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

    /// Hubs that a CSP notifies of.
    pub(super) fn notify(&self, id: &str, step: &HubsStep, sent: &mut SentMessages) -> StepResult {
        let message = gateway::message(step);
        let (status, answer) = match self.notified(&message) {
            Ok(answered) => answered,
            Err(reason) => return StepResult::broken(reason).with_messages(message, None),
        };
        let told = if status == 200 { gateway::outcomes(&answer) } else { Ok(format!("HTTP {status}")) };
        let result = match told {
            Err(reason) => StepResult::broken(reason),
            Ok(told) if told == step.expect => StepResult::done(&told),
            Ok(told) => {
                StepResult::different(&told, format!("expected {}, got {told}\n{answer}", step.expect))
            }
        };
        sent.messages.insert(id.to_owned(), (SentMessage::Hubs(message.clone()), answer.clone()));
        result.with_messages(message, Some(answer))
    }

    fn notified(&self, message: &str) -> Result<(u16, String), String> {
        self.gateway.as_ref().ok_or("this step needs --csp")?.post(message)
    }

    /// A call of the management interface.
    pub(super) fn call(&self, id: &str, step: &CallStep, sent: &mut SentMessages) -> StepResult {
        let step = sent.with_kept(step);
        let shown = format!("{} {}\n{}", step.method, step.path, step.body);
        let (status, answer) = match self.called(&step) {
            Ok(answered) => answered,
            Err(reason) => return StepResult::broken(reason).with_messages(shown, None),
        };
        let body = serde_json::from_str::<Value>(&answer).unwrap_or(Value::Null);
        let word = format!("HTTP {status}");
        let result = match difference(&step, status, &body, &answer) {
            None => StepResult::done(&word),
            Some(difference) => StepResult::different(&word, difference),
        };
        for (name, pointer) in &step.keep {
            let value = body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            sent.kept.insert(name.clone(), value.to_owned());
        }
        sent.messages.insert(id.to_owned(), (SentMessage::Call(Box::new(step)), answer.clone()));
        result.with_messages(shown, Some(answer))
    }

    fn called(&self, step: &CallStep) -> Result<(u16, String), String> {
        let setup = self.setup.ok_or("this step needs --manage")?;
        let media_type = if step.body.starts_with('{') { "application/json" } else { "text/csv" };
        setup.call(step.method, &step.path, media_type, &step.body).map_err(|fault| fault.to_string())
    }

    /// The very same again, which must get the very same answer.
    pub(super) fn repeat(&self, of: &str, sent: &SentMessages) -> StepResult {
        let Some((message, first)) = sent.messages.get(of) else {
            return StepResult::broken(format!("step `{of}` sent nothing"));
        };
        let (request, answered) = match message {
            SentMessage::Request(bytes, to) => {
                let request = String::from_utf8_lossy(bytes).into_owned();
                match self.client.post(bytes, *to) {
                    Ok(answer) => (request, Ok((answer.code, answer.text))),
                    Err(fault) => return super::broken(&fault).with_messages(request, None),
                }
            }
            SentMessage::Hubs(message) => (message.clone(), self.notified(message).map(with_word)),
            SentMessage::Call(step) => (step.body.clone(), self.called(step).map(with_word)),
        };
        match answered {
            Ok((word, answer)) if answer == *first => {
                StepResult::done(&word).with_messages(request, Some(answer))
            }
            Ok((word, answer)) => {
                let difference = lines_that_differ(first, &answer);
                let difference = format!("expected the first answer again\n{difference}");
                StepResult::different(&word, difference).with_messages(request, Some(answer))
            }
            Err(reason) => StepResult::broken(reason).with_messages(request, None),
        }
    }
}

fn with_word((status, answer): (u16, String)) -> (String, String) {
    (format!("HTTP {status}"), answer)
}

/// What of an answer is not as expected.
fn difference(step: &CallStep, status: u16, body: &Value, answer: &str) -> Option<String> {
    if status != step.expect {
        return Some(format!("expected HTTP {}, got HTTP {status}\n{answer}", step.expect));
    }
    let shown = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    let others = step.shows.iter().filter_map(|(pointer, expected)| {
        let found = body.pointer(pointer);
        let differs = found != Some(expected);
        differs.then(|| format!("{pointer}: expected {expected}, got {}", shown(found)))
    });
    let others = others.collect::<Vec<_>>();
    (!others.is_empty()).then(|| others.join("\n"))
}
