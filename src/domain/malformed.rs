//! The parse error of all domain types.

use super::escape_invisible;

/// The error for a text that is not a value of the type that it was parsed as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not {expected}", shown(.value.as_deref()))]
pub struct Malformed {
    /// None for a secret.
    value: Option<String>,
    expected: String,
}

fn shown(value: Option<&str>) -> String {
    value.map_or_else(|| SECRET.to_owned(), |value| format!("`{}`", escape_invisible(value)))
}

/// What a message says in place of a secret. A wrong secret is most often the right one with a slip, so it is not shown either.
const SECRET: &str = "its value, which is a secret and not shown,";

impl Malformed {
    /// Makes the error. `expected` completes the sentence "`value` is not ...".
    pub fn new(value: &str, expected: impl Into<String>) -> Self {
        Self { value: Some(value.to_owned()), expected: expected.into() }
    }

    /// Makes the error for a secret, which is kept out of the message.
    pub fn secret(expected: impl Into<String>) -> Self {
        Self { value: None, expected: expected.into() }
    }

    /// The message with another form of the text, such as an excerpt of a long one; without it for a secret.
    pub fn message_with(&self, text: &str) -> String {
        format!("{} is not {}", shown(self.value.as_ref().map(|_| text)), self.expected)
    }

    /// The text that was expected.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}
