//! The parse error of every type of this module.

/// A text that is not a value of the type it was read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not {expected}")]
pub struct Malformed {
    value: String,
    expected: String,
}

impl Malformed {
    /// The error for that text; `expected` completes the sentence "`value` is not ...".
    pub fn new(value: &str, expected: impl Into<String>) -> Self {
        Self { value: value.to_owned(), expected: expected.into() }
    }

    /// The text that was expected.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}
