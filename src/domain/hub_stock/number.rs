//! Whole numbers with bounds.

use std::{fmt, str::FromStr};

use crate::domain::Malformed;

/// Declares a whole number that is within its bounds by construction.
macro_rules! bounded_number {
    ($(#[$meta:meta])* $name:ident, $what:literal, $min:literal ..= $max:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// The number.
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                // Checked for digits first: the parser of numbers accepts a sign.
                let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
                let number = number.filter(|number| ($min..=$max).contains(number));
                let expected = concat!($what, ": a whole number from ", $min, " to ", $max);
                number.map(Self).ok_or_else(|| Malformed::new(text, expected))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

bounded_number!(
    /// The most hubs, or deliveries, that a site takes. The upper bound is ours.
    HubLimit, "a limit", 1..=100000000
);
bounded_number!(
    /// A number of hubs that are expected. The upper bound is ours.
    HubNumber, "a number of hubs", 0..=100000000
);
bounded_number!(
    /// The hubs that a unit takes at once (HUBS.md 2).
    UnitPlaces, "a number of places", 1..=64
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_bounds() {
        let places = |text: &str| text.parse::<UnitPlaces>().map(UnitPlaces::get).ok();
        assert_eq!(["1", "64", "08"].map(places), [Some(1), Some(64), Some(8)]);
        assert_eq!(["", "0", "65", "+8", "-1", "8.0", " 8", "99999999999"].map(places), [None; 8]);
        assert!("0".parse::<HubNumber>().is_ok() && "0".parse::<HubLimit>().is_err());
    }
}
