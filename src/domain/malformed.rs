//! The parse error of all domain types.

use super::escape_invisible;

/// The error for a text that is not a value of the type that it was parsed as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence(&shown(.value.as_deref())))]
pub struct Malformed {
    /// None for a secret.
    value: Option<String>,
    expected: String,
    /// What is said of the text in place of "is not" and what was expected.
    reason: Option<String>,
}

fn shown(value: Option<&str>) -> String {
    value.map_or_else(|| SECRET.to_owned(), |value| format!("`{}`", escape_invisible(value)))
}

/// What a message says in place of a secret. A wrong secret is most often the right one with a slip, so it is not shown either.
const SECRET: &str = "its value, which is a secret and not shown,";

impl Malformed {
    /// Makes the error. `expected` completes the sentence "`value` is not ...".
    pub fn new(value: &str, expected: impl Into<String>) -> Self {
        Self { value: Some(value.to_owned()), expected: expected.into(), reason: None }
    }

    /// Makes the error for a text of the right form that means nothing. `reason` completes the sentence "`value` ...".
    pub fn because(value: &str, expected: impl Into<String>, reason: String) -> Self {
        Self { reason: Some(reason), ..Self::new(value, expected) }
    }

    /// Makes the error for a secret, which is kept out of the message.
    pub fn secret(expected: impl Into<String>) -> Self {
        Self { value: None, expected: expected.into(), reason: None }
    }

    /// The message with another form of the text, such as an excerpt of a long one; without it for a secret.
    pub fn message_with(&self, text: &str) -> String {
        self.sentence(&shown(self.value.as_ref().map(|_| text)))
    }

    fn sentence(&self, shown: &str) -> String {
        match &self.reason {
            Some(reason) => format!("{shown} {reason}"),
            None => format!("{shown} is not {}", self.expected),
        }
    }

    /// The text that was expected.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}
