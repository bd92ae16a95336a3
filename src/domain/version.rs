//! The schemaVersion of a message, and the shape of the answer that it needs.

use std::{cmp::Ordering, fmt, str::FromStr};

use super::{Malformed, set::closed_set};

/// The shape of an answer: one value for each published schema whose answers differ from those of the schema before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// The shape of 5.0, and of every version below.
    V5_0,
    /// The shape of 5.1, which has E65 to E71; 5.2, unpublished, follows it.
    V5_1,
    /// The shape of 5.3, whose WAN matrix is a list; it has the 4G CSP Regions and E120103.
    V5_3,
    /// The shape of 5.4, which has Connectivity.
    V5_4,
}

impl Shape {
    /// Every shape, oldest first.
    pub const ALL: &'static [Self] = &[Self::V5_0, Self::V5_1, Self::V5_3, Self::V5_4];

    /// The first schemaVersion of this shape.
    pub const fn since(self) -> &'static str {
        match self {
            Self::V5_0 => "5.0",
            Self::V5_1 => "5.1",
            Self::V5_3 => "5.3",
            Self::V5_4 => "5.4",
        }
    }
}

closed_set!(
    /// The schemaVersion that answers are written in (`answers.version`, and a User's `answer_version`).
    ///
    /// Clients may claim one version and validate by another; 5.2, which today's tools claim, has no published schema at all.
    AnswerVersion, "a version of answers", {
        Request => "request",
        V5_0 => "5.0",
        V5_1 => "5.1",
        V5_3 => "5.3",
        V5_4 => "5.4",
    }
);

impl AnswerVersion {
    /// The schemaVersion of the answer to a request that claims this one.
    pub fn of(self, claimed: &SchemaVersion) -> SchemaVersion {
        match self {
            Self::Request => claimed.clone(),
            Self::V5_0 | Self::V5_1 | Self::V5_3 | Self::V5_4 => SchemaVersion(self.as_str().to_owned()),
        }
    }
}

/// A schemaVersion: any decimal number, as the schema allows, kept as text, because the answer repeats it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaVersion(String);

impl SchemaVersion {
    /// The newest version published, for answers to messages whose own version cannot be read.
    pub fn newest() -> Self {
        Self::of(Shape::V5_4)
    }

    /// The first version of that shape.
    pub fn of(shape: Shape) -> Self {
        Self(shape.since().to_owned())
    }

    /// The text, without surrounding whitespace.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a schema of that version is published.
    pub fn is_published(&self) -> bool {
        Shape::ALL.iter().any(|shape| compare(shape.since(), &self.0) == Ordering::Equal)
    }

    /// The shape of the nearest published version that is not higher (SMI.md 3; that versions below 5.0 get the lowest: ours).
    pub fn shape(&self) -> Shape {
        // From the newest shape down. Below 5.0 none matches.
        let not_above = |shape: &&Shape| compare(shape.since(), &self.0) != Ordering::Greater;
        Shape::ALL.iter().rev().find(not_above).copied().unwrap_or(Shape::V5_0)
    }
}

/// Compares two decimals by value.
///
/// They are compared as text: `xs:decimal` has no bound, so no number type holds every schemaVersion.
fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (Decimal::of(left), Decimal::of(right));
    match (left.negative, right.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => left.magnitude(&right),
        (true, true) => right.magnitude(&left),
    }
}

/// A decimal number, split, without leading and trailing zeros.
struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    fn of(text: &'a str) -> Self {
        let digits = text.trim_start_matches(['+', '-']);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        // `-0` equals `0`.
        let negative = text.starts_with('-') && !(whole.is_empty() && fraction.is_empty());
        Self { negative, whole, fraction }
    }

    /// Compares the absolute values.
    fn magnitude(&self, other: &Self) -> Ordering {
        // Without leading zeros, the number with more digits is the greater one.
        let whole = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(other.whole));
        whole.then_with(|| self.fraction.cmp(other.fraction))
    }
}

impl FromStr for SchemaVersion {
    type Err = Malformed;

    /// Parses the lexical form of `xs:decimal`. Surrounding whitespace must be removed before.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if numeric(whole) && numeric(fraction) && !(whole.is_empty() && fraction.is_empty()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed::new(text, "a schemaVersion: a decimal number"))
        }
    }
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_decimals() {
        let shape = |text: &str| text.parse::<SchemaVersion>().unwrap().shape();
        for (text, expected) in [
            ("-9", Shape::V5_0),
            ("4.9", Shape::V5_0),
            ("5", Shape::V5_0),
            ("5.10", Shape::V5_1),
            ("5.2", Shape::V5_1),
            ("+05.30", Shape::V5_3),
            ("5.39999999999999999999", Shape::V5_3),
            ("5.4", Shape::V5_4),
            ("10", Shape::V5_4),
            (".5", Shape::V5_0),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn a_version_of_answers_replaces_the_claimed_one() {
        let claimed = "5.2".parse::<SchemaVersion>().unwrap();
        let answered = AnswerVersion::ALL.iter().map(|version| version.of(&claimed).to_string());
        assert_eq!(answered.collect::<Vec<_>>(), ["5.2", "5.0", "5.1", "5.3", "5.4"]);
        let published = |text: &str| text.parse::<SchemaVersion>().unwrap().is_published();
        assert!(["5", "5.1", "+05.30", "5.4"].into_iter().all(published));
        assert!(!["4.9", "5.2", "5.41", "-5.4", "6"].into_iter().any(published));
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", ".", "+", "5.4.1", "5e1", "1-", "0x5", "INF"] {
            assert!(text.parse::<SchemaVersion>().is_err(), "{text}");
        }
    }
}
