//! The Regulatory Year, for which the DCC's charges are fixed.

use std::{fmt, str::FromStr};

use crate::domain::{Date, Malformed};

/// A Regulatory Year: 1 April to 31 March, named by the year it begins in (HUBS.md 2, O13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegulatoryYear(i16);

impl RegulatoryYear {
    /// The year that a London day is in.
    pub fn of(day: Date) -> Self {
        Self(if day.month() < 4 { day.year() - 1 } else { day.year() })
    }

    /// The year it begins in.
    pub const fn get(self) -> i16 {
        self.0
    }
}

impl FromStr for RegulatoryYear {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let year = is_year.then(|| text.parse().ok()).flatten();
        year.map(Self).ok_or_else(|| Malformed::new(text, "a Regulatory Year, the four digits it begins in"))
    }
}

impl fmt::Display for RegulatoryYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// HUBS.md 2.
    #[test]
    fn a_regulatory_year_begins_on_the_first_of_april() {
        let year = |month, day| RegulatoryYear::of(date(2022, month, day)).get();
        assert_eq!([year(1, 1), year(3, 31), year(4, 1), year(12, 31)], [2021, 2021, 2022, 2022]);
        assert_eq!("2022".parse(), Ok(RegulatoryYear(2022)));
        for bad in ["", "22", "+022", "20222", "2022/23"] {
            assert!(bad.parse::<RegulatoryYear>().is_err(), "{bad}");
        }
    }
}
