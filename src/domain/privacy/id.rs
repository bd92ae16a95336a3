//! The ID of a privacy assessment.

use std::{fmt, str::FromStr};

use crate::domain::{Eui64, Malformed, RegulatoryYear, is_xml_char};

/// The ID of a privacy assessment: 1 to 40 characters (SERVICE.md 2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AssessmentId(String);

impl AssessmentId {
    /// The ID of what the threshold raises for a User and a financial year.
    pub fn of_threshold(year: RegulatoryYear, user: Eui64) -> Self {
        Self(format!("{year}-{user}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AssessmentId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_id = (1..=40).contains(&text.chars().count()) && text.chars().all(is_xml_char);
        let id = is_id.then(|| Self(text.to_owned()));
        id.ok_or_else(|| Malformed::new(text, "the ID of an assessment: 1 to 40 characters"))
    }
}

impl fmt::Display for AssessmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_text() {
        assert!("é".repeat(40).parse::<AssessmentId>().is_ok());
        for bad in ["", &"x".repeat(41), "a\u{0}"] {
            assert!(bad.parse::<AssessmentId>().is_err(), "{bad:?}");
        }
        let raised = AssessmentId::of_threshold("2026".parse().unwrap(), Eui64::from_octets([1; 8]));
        assert_eq!(raised.to_string().parse(), Ok(raised));
    }
}
