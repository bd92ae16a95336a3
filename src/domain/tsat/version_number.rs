//! The number of a version of a specification, and how it is read from the texts that Devices have (HUBS.md TSAT/b).

use std::{cmp::Ordering, fmt, str::FromStr};

use crate::domain::Malformed;

/// The most characters of a number: those of a SMETSCHTSVersion.
const MAX_LENGTH: usize = 20;

/// A version as a number: digits between dots, such as `1.0`.
///
/// Two are equal only where they are written alike: `1.1` is neither `1.10` nor `01.1` (HUBS.md TSAT/b, ours).
///
/// # Examples
/// ```
/// use smi::domain::tsat::VersionNumber;
/// let number = VersionNumber::at_end_of("CHTS V1.0").map(|number| number.to_string());
/// assert_eq!(number.as_deref(), Some("1.0"));
/// assert_eq!(VersionNumber::at_end_of("1.x"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VersionNumber(String);

impl VersionNumber {
    /// The number that a text ends with, after an optional `v` or `V`: `CHTS V1.0`, `v1.0` and `1.0` are one. None where the text
    /// does not end with a number, as `1.x` (HUBS.md TSAT/b).
    pub fn at_end_of(text: &str) -> Option<Self> {
        let before = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        text.get(before.len()..)?.parse().ok()
    }

    /// The number that a text ends with, as [`Self::at_end_of`] finds it.
    ///
    /// # Errors
    /// When the text does not end with a number.
    pub fn in_text(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "a version: a text that ends with a number like `1.0`");
        Self::at_end_of(text).ok_or_else(malformed)
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts by value. A part without its leading zeros is greater the longer it is, so that no number type bounds it.
    fn parts(&self) -> impl Iterator<Item = (usize, &str)> {
        let parts = self.0.split('.').map(|part| part.trim_start_matches('0'));
        parts.map(|part| (part.len(), part))
    }
}

impl FromStr for VersionNumber {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if text.len() <= MAX_LENGTH && text.split('.').all(is_part) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed::new(text, "a version like `1.0`: digits between dots, at most 20 characters"))
        }
    }
}

/// By value, part by part; equal values in the order of their texts.
impl Ord for VersionNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(other.parts()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for VersionNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        VersionNumber::at_end_of(text).map(|number| number.to_string())
    }

    /// HUBS.md TSAT/b.
    #[test]
    fn tsat_b_a_version_is_read_from_the_end_of_its_text() {
        for text in ["CHTS V1.0", "v1.0", "V1.0", "1.0", "CHTS1.0", "SMETS2 v1.0", "GBCS 1.0"] {
            assert_eq!(read(text).as_deref(), Some("1.0"), "{text}");
        }
        for (text, number) in [("SMETS2", "2"), ("SMETS2 V4.2", "4.2"), ("1.10", "1.10"), ("01.1", "01.1")] {
            assert_eq!(read(text).as_deref(), Some(number), "{text}");
        }
        for text in
            ["", "1.x", "CHTS", "V", "1.0 ", "1.0.", ".1", "1..0", "v", "1.\u{661}", "123456789012345678901"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn versions_are_in_the_order_of_their_values() {
        let numbers =
            ["0.9", "1", "1.0", "1.1", "01.1", "1.2", "1.10", "1.10.1", "2.0", "99999999999999999.1"];
        let mut sorted = numbers.map(|text| text.parse::<VersionNumber>().unwrap());
        sorted.reverse();
        sorted.sort();
        assert_eq!(
            sorted.map(|number| number.to_string()),
            ["0.9", "1", "1.0", "01.1", "1.1", "1.2", "1.10", "1.10.1", "2.0", "99999999999999999.1"]
        );
    }

    proptest! {
        /// Whatever precedes it, the number at the end is found; and what is found stands at the end.
        #[test]
        fn what_is_read_is_the_end_of_the_text(before in ".{0,12}", number in "[0-9]{1,3}(\\.[0-9]{1,3}){0,2}") {
            let found = read(&format!("{before}V{number}"));
            prop_assert_eq!(found.as_deref(), Some(number.as_str()));
        }

        #[test]
        fn any_text_is_read_without_a_fault(text in "[ vV0-9.x]{0,24}") {
            if let Some(found) = VersionNumber::at_end_of(&text) {
                prop_assert!(text.ends_with(found.as_str()));
                prop_assert_eq!(found.as_str().parse::<VersionNumber>().unwrap(), found.clone());
                let before = text.strip_suffix(found.as_str()).unwrap_or_default();
                prop_assert!(!before.ends_with(|c: char| c.is_ascii_digit() || c == '.'), "{before}");
            }
        }

        #[test]
        fn the_order_agrees_with_equality(left in "[0-9]{1,3}(\\.[0-9]{1,2}){0,2}", right in "[0-9]{1,3}(\\.[0-9]{1,2}){0,2}") {
            let (one, other) = (left.parse::<VersionNumber>().unwrap(), right.parse::<VersionNumber>().unwrap());
            prop_assert_eq!(one.cmp(&other) == Ordering::Equal, left == right);
            prop_assert_eq!(one.cmp(&other), other.cmp(&one).reverse());
        }
    }
}
