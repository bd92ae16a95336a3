//! The one error of this room: a text that is not what it should be.

/// A text that is not a value of the type it was read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not {expected}")]
pub struct Malformed {
    value: String,
    expected: String,
}

impl Malformed {
    /// `expected` completes the sentence "`value` is not ...".
    pub fn new(value: &str, expected: impl Into<String>) -> Self {
        Self { value: value.to_owned(), expected: expected.into() }
    }

    /// What would have been right.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}
