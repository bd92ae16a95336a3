//! People who use the console: their names, roles and passwords (`[manage.users]`).

use std::{fmt, str::FromStr};

use crate::{
    domain::{ActorName, Malformed, closed_set},
    secret::PasswordHash,
};

closed_set!(
    /// What a person may do on the console.
    ConsoleRole, "a role", {
        Reader => "reader",
        Operator => "operator",
    }
);

/// The most characters of a name.
const MAX_NAME: usize = 64;

/// The name of a person, which stands beside what they do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonName(String);

impl FromStr for PersonName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_allowed = |letter: char| letter.is_alphanumeric() || " ._-@'".contains(letter);
        let fits = (1..=MAX_NAME).contains(&text.chars().count())
            && text.trim() == text
            && text.chars().all(is_allowed);
        let expected = "a name: 1 to 64 letters, digits, spaces within, and any of `._-@'`";
        if fits { Ok(Self(text.to_owned())) } else { Err(Malformed::new(text, expected)) }
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&PersonName> for ActorName {
    fn from(name: &PersonName) -> Self {
        // A name of a person is shorter, and has fewer letters to choose from.
        name.0.parse().unwrap_or_else(|_| Self::token())
    }
}

/// A person who signs in with a password.
#[derive(Clone, Debug)]
pub struct ConsoleUser {
    /// Their name.
    pub name: PersonName,
    /// What they may do.
    pub role: ConsoleRole,
    /// The hash of their password.
    pub hash: PasswordHash,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for name in ["jo", "Jane O'Hara", "jane.ohara@example.org", &"x".repeat(64)] {
            assert_eq!(name.parse::<PersonName>().unwrap().to_string(), name);
        }
        for odd in ["", " jo", "jo ", "a\nb", "<b>", "a\u{202e}b", &"x".repeat(65)] {
            assert!(odd.parse::<PersonName>().is_err(), "{odd}");
        }
    }
}
