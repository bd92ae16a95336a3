//! The parse error of all domain types.

use super::escape_invisible;

/// The error for a text that is not a value of the type that it was parsed as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not {expected}", escape_invisible(.value))]
pub struct Malformed {
    value: String,
    expected: String,
}

impl Malformed {
    /// Makes the error. `expected` completes the sentence "`value` is not ...".
    pub fn new(value: &str, expected: impl Into<String>) -> Self {
        Self { value: value.to_owned(), expected: expected.into() }
    }

    /// The text that was expected.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}
