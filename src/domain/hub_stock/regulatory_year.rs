//! The Regulatory Year, for which the DCC's charges are fixed.

use std::{fmt, str::FromStr};

use crate::domain::{Date, Malformed, Timestamp, london_instant};

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

    /// Its first instant: the London midnight with which 1 April begins.
    pub fn begins(self) -> Timestamp {
        first_of_april(self.0)
    }

    /// The first instant after it.
    pub fn ends(self) -> Timestamp {
        first_of_april(self.0.saturating_add(1))
    }
}

/// The end of time stands for the year 10000, which has no date.
fn first_of_april(year: i16) -> Timestamp {
    Date::new(year, 4, 1).ok().and_then(|day| london_instant(day.at(0, 0, 0, 0))).unwrap_or(Timestamp::MAX)
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
        assert_eq!(RegulatoryYear(2026).begins().to_string(), "2026-03-31T23:00:00Z");
        assert_eq!(RegulatoryYear(2026).ends().to_string(), "2027-03-31T23:00:00Z");
        assert_eq!(RegulatoryYear(9999).ends(), Timestamp::MAX);
        for bad in ["", "22", "+022", "20222", "2022/23"] {
            assert!(bad.parse::<RegulatoryYear>().is_err(), "{bad}");
        }
    }
}
