//! The name of a state, which names its file too.

use std::{fmt, str::FromStr};

use crate::domain::Malformed;

/// The longest name.
const LONGEST: usize = 64;

/// The name of a state: letters, digits, `-`, `_` and `.`, and no dot first. So it is a file in the folder of states and none
/// elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StateName(String);

impl StateName {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StateName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_name =
            (1..=LONGEST).contains(&text.len()) && !text.starts_with('.') && text.bytes().all(is_plain);
        if is_name {
            return Ok(Self(text.to_owned()));
        }
        Err(Malformed::new(
            text,
            format!("a state's name: 1 to {LONGEST} letters, digits, `-`, `_` or `.`, and no dot first"),
        ))
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_no_path() {
        for name in ["a", "before-1.2", "A_b", &"x".repeat(64)] {
            assert_eq!(name.parse::<StateName>().map(|name| name.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "a/b", "..", ".", ".a", "a b", "a\\b", "a\0", "\u{e9}", &"x".repeat(65)] {
            assert!(name.parse::<StateName>().is_err(), "{name}");
        }
    }

    proptest! {
        /// Whatever is a name stays in its folder.
        #[test]
        fn whatever_is_a_name_stays_in_its_folder(text in "\\PC{0,70}|[a-z./\\\\]{0,9}") {
            if let Ok(name) = text.parse::<StateName>() {
                let path = std::path::Path::new("states").join(name.as_str());
                prop_assert_eq!(path.parent(), Some(std::path::Path::new("states")));
                prop_assert_eq!(path.components().count(), 2);
            }
        }
    }
}
