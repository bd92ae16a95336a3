//! The band of a hub: single or dual.

use std::{fmt, str::FromStr};

use crate::domain::{FreeText, Malformed};

/// The band of a hub, by its HAN variant: `Single Band` is SBCH, `Dual Band` is DBCH, anything else stays as it is given (HUBS.md 2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Band(Kind);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Single,
    Dual,
    Other(String),
}

impl Band {
    /// The band of a hub with this HAN variant.
    pub fn of_variant(han_variant: &str) -> Self {
        Self(match han_variant {
            "Single Band" | "SBCH" => Kind::Single,
            "Dual Band" | "DBCH" => Kind::Dual,
            other => Kind::Other(other.to_owned()),
        })
    }

    /// The band as the HAN variant of a Device has it: `Single Band`.
    pub fn variant(&self) -> &str {
        match &self.0 {
            Kind::Single => "Single Band",
            Kind::Dual => "Dual Band",
            Kind::Other(other) => other,
        }
    }

    /// The short name: `SBCH`.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Single => "SBCH",
            Kind::Dual => "DBCH",
            Kind::Other(other) => other,
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Band {
    type Err = Malformed;

    /// Reads a HAN variant or a short name.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        text.parse::<FreeText>().map(|text| Self::of_variant(text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HUBS.md 2.
    #[test]
    fn a_band_has_a_short_name_and_that_of_the_han_variant() {
        let shown = |text: &str| {
            let band = text.parse::<Band>().unwrap();
            (band.to_string(), band.variant().to_owned())
        };
        let (single, dual) = (("SBCH", "Single Band"), ("DBCH", "Dual Band"));
        for (text, (short, variant)) in [
            ("Single Band", single),
            ("SBCH", single),
            ("Dual Band", dual),
            ("DBCH", dual),
            ("3G", ("3G", "3G")),
        ] {
            assert_eq!(shown(text), (short.to_owned(), variant.to_owned()), "{text}");
        }
        assert!("".parse::<Band>().is_err());
    }
}
