//! The result of a step: what was answered, compared with what is expected.

use super::{RequestStep, masked};

/// The result of a step.
pub(super) struct StepResult {
    /// The answer in a word.
    pub(super) word: String,
    /// The difference to what is expected, if there is one.
    pub(super) difference: Option<String>,
    /// The file of the expected answer and the masked answer that came, if they differ.
    pub(super) new_answer: Option<(String, String)>,
    /// What was sent, if anything was.
    pub(super) request: Option<String>,
    /// What was answered, if anything was.
    pub(super) answer: Option<String>,
    /// Whether the scenario ends here, because later steps depend on this one.
    pub(super) is_end: bool,
}

impl StepResult {
    pub(super) fn done(word: &str) -> Self {
        Self {
            word: word.to_owned(),
            difference: None,
            new_answer: None,
            request: None,
            answer: None,
            is_end: false,
        }
    }

    pub(super) fn broken(reason: String) -> Self {
        Self { difference: Some(reason), is_end: true, ..Self::done("-") }
    }

    pub(super) fn different(word: &str, difference: String) -> Self {
        Self { difference: Some(difference), ..Self::done(word) }
    }

    pub(super) fn with_messages(self, request: String, answer: Option<String>) -> Self {
        Self { request: Some(request), answer, ..self }
    }
}

/// Compares an answer with what its step expects.
pub(super) fn compare(send: &RequestStep, code: &str, answer: &str) -> StepResult {
    if code != send.expect {
        let shown = masked(answer).unwrap_or_else(|_| answer.to_owned());
        return StepResult::different(code, format!("expected {}, got {code}\n{shown}", send.expect));
    }
    let Some((file, first)) = send.answers.first() else { return StepResult::done(code) };
    match masked(answer) {
        Err(fault) => StepResult::different(code, format!("the answer cannot be read: {fault}")),
        Ok(got) if send.answers.iter().any(|(_, text)| text.as_deref() == Some(&got)) => {
            StepResult::done(code)
        }
        Ok(got) => {
            let expected = first.as_deref().unwrap_or_default();
            let difference = lines_that_differ(expected, &got);
            let names = send.answers.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>().join(" or ");
            let difference = format!("expected {names} (-), got (+)\n{difference}");
            StepResult { new_answer: Some((file.clone(), got)), ..StepResult::different(code, difference) }
        }
    }
}

/// The lines between the common prefix and the common suffix, as a diff.
pub(super) fn lines_that_differ(expected: &str, got: &str) -> String {
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
}
