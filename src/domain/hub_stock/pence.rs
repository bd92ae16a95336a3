//! Money: whole pence.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, Sub},
    str::FromStr,
};

use crate::domain::Malformed;

/// The most that a hub costs, in pounds (HUBS.md 2).
const MOST_POUNDS: u32 = 10_000;

/// An amount of pounds, kept in pence. It is read and shown as pounds with two places, `30.87`; what is saved may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pence(i64);

impl Pence {
    /// So many pence.
    pub const fn new(pence: i64) -> Self {
        Self(pence)
    }

    /// The number of pence.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The same for so many hubs.
    pub fn times(self, hubs: u64) -> Self {
        Self(self.0.saturating_mul(i64::try_from(hubs).unwrap_or(i64::MAX)))
    }
}

impl Add for Pence {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Pence {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl Pence {
    /// Reads an amount from 0 to so many pounds, with at most two decimals, without sign or separators.
    ///
    /// # Errors
    /// When the text is not one.
    pub fn parse_up_to(text: &str, most_pounds: u32) -> Result<Self, Malformed> {
        let (whole, decimals) =
            text.split_once('.').map_or((text, "00"), |(whole, decimals)| (whole, decimals));
        let is_number = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_amount = is_number(whole, most_pounds.to_string().len()) && is_number(decimals, 2);
        let pence = is_amount.then(|| format!("{whole}{decimals:0<2}").parse::<i64>().ok()).flatten();
        let expected = || format!("pounds from 0 to {most_pounds} with at most two decimals, like `30.87`");
        let within = pence.filter(|pence| *pence <= i64::from(most_pounds) * 100);
        within.map(Self).ok_or_else(|| Malformed::new(text, expected()))
    }
}

impl FromStr for Pence {
    type Err = Malformed;

    /// Reads the cost of a hub: 0 to 10,000 pounds with at most two decimals, without sign or separators.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse_up_to(text, MOST_POUNDS)
    }
}

/// Pounds with two places: `24000.00`, `-3.05`.
impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, pence) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:02}", pence / 100, pence % 100)
    }
}

/// Pounds for people: `£24,000.00`.
pub fn pounds(pence: Pence) -> String {
    let text = pence.to_string();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}£{grouped}.{decimals}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cost_survives_text(pence in 0..=i64::from(MOST_POUNDS) * 100) {
            prop_assert_eq!(Pence(pence).to_string().parse(), Ok(Pence(pence)));
        }

        #[test]
        fn no_text_breaks_the_parser(text in "\\PC{0,12}") {
            let _ = text.parse::<Pence>();
        }
    }

    /// HUBS.md 2: 0 to 10,000, at most two decimals.
    #[test]
    fn costs_are_pounds_with_at_most_two_decimals() {
        let cost = |text: &str| text.parse::<Pence>().map(Pence::get).ok();
        let good = ["0", "12", "12.5", "12.50", "30.87", "10000", "10000.00", "00001"];
        assert_eq!(good.map(cost), [0, 1_200, 1_250, 1_250, 3_087, 1_000_000, 1_000_000, 100].map(Some));
        let bad = ["", "-1", "+1", "1.", ".5", "1.234", "10000.01", "1,000", "£12", "1e3", " 1", "1.2.3"];
        assert_eq!(bad.map(cost), [None; 12]);
    }

    #[test]
    fn amounts_are_shown_as_pounds() {
        let shown = |pence| (Pence(pence).to_string(), pounds(Pence(pence)));
        assert_eq!(shown(2_400_000), ("24000.00".to_owned(), "£24,000.00".to_owned()));
        assert_eq!(shown(-305), ("-3.05".to_owned(), "-£3.05".to_owned()));
        assert_eq!(shown(4_000_000_000).1, "£40,000,000.00");
        assert_eq!((Pence(5) - Pence(8) + Pence(1).times(2)).get(), -1);
        assert_eq!(Pence(i64::MAX).times(u64::MAX), Pence(i64::MAX));
    }
}
