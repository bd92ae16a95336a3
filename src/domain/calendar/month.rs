//! London months.

use std::{fmt, str::FromStr};

use jiff::ToSpan as _;

use super::{london_date, london_instant};
use crate::domain::{Date, Malformed, Timestamp};

/// A month of London days: `2026-03`. Maintenance is published by it (SERVICE.md 2), quotas of sites and reports go by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LondonMonth {
    /// Its first day.
    first: Date,
}

impl LondonMonth {
    /// The month that an instant is in, in London.
    pub fn of(instant: Timestamp) -> Self {
        Self::of_day(london_date(instant))
    }

    /// The month of a London day.
    pub fn of_day(day: Date) -> Self {
        Self { first: day.first_of_month() }
    }

    /// Its first day.
    pub const fn first(self) -> Date {
        self.first
    }

    /// So many months later, or the last one there is.
    #[must_use]
    pub fn later(self, months: u16) -> Self {
        Self {
            first: self.first.checked_add(i64::from(months).months()).unwrap_or(Date::MAX.first_of_month()),
        }
    }

    /// The month after it; none at the end of the calendar.
    pub fn next(self) -> Option<Self> {
        self.first.last_of_month().tomorrow().ok().map(Self::of_day)
    }

    /// The month before, or the first one there is.
    #[must_use]
    pub fn before(self) -> Self {
        Self { first: self.first.checked_sub(1.month()).unwrap_or(self.first) }
    }

    /// How people write it: `March 2022`.
    pub fn in_words(self) -> String {
        self.first.strftime("%B %Y").to_string()
    }

    /// Its first instant: the London midnight with which it begins.
    pub fn begins(self) -> Timestamp {
        london_instant(self.first.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
    }

    /// The first instant after it.
    pub fn ends(self) -> Timestamp {
        let next = self.first.checked_add(1.month()).ok();
        next.and_then(|first| london_instant(first.at(0, 0, 0, 0))).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for LondonMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.first.year(), self.first.month()))
    }
}

impl FromStr for LondonMonth {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_form = text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let parts = text.split_once('-').filter(|_| is_form);
        let first =
            parts.and_then(|(year, month)| Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok());
        let month = first.filter(|first| first.year() >= 1).map(|first| Self { first });
        // One spelling alone: a `-` more, or one in another place, would be read too.
        let month = month.filter(|month| month.to_string() == text);
        month.ok_or_else(|| Malformed::new(text, "a month like `2026-03`"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::parse_instant;

    #[test]
    fn a_month_begins_with_londons_midnight() {
        let month = |text: &str| text.parse::<LondonMonth>().unwrap();
        assert_eq!(month("2026-03").begins(), parse_instant("2026-03-01T00:00:00Z").unwrap());
        assert_eq!(month("2026-03").ends(), parse_instant("2026-03-31T23:00:00Z").unwrap());
        let last = parse_instant("2026-03-31T22:59:59.999Z").unwrap();
        assert_eq!(LondonMonth::of(last), month("2026-03"));
        assert_eq!(month("2026-01").before(), month("2025-12"));
        assert_eq!(month("2025-09").later(18), month("2027-03"));
        assert_eq!(month("9999-12").ends(), Timestamp::MAX);
    }

    #[test]
    fn months_follow_each_other_and_have_names() {
        let month = LondonMonth::of_day(date(2021, 12, 31));
        let next = month.next().unwrap();
        assert_eq!((month.to_string().as_str(), next.to_string().as_str()), ("2021-12", "2022-01"));
        assert_eq!((next.in_words().as_str(), next.first()), ("January 2022", date(2022, 1, 1)));
        assert_eq!(LondonMonth::of_day(Date::MAX).next(), None);
    }

    #[test]
    fn a_month_is_read_as_it_is_shown_and_in_no_other_way() {
        for text in ["2026-03", "0001-01", "9999-12"] {
            assert_eq!(text.parse::<LondonMonth>().unwrap().to_string(), text);
        }
        for text in [
            "2026-13",
            "2026-00",
            "2026-3",
            "202603",
            "2026",
            "2026-03-01",
            "0000-01",
            "-026-03",
            "2026--3",
            "",
        ] {
            assert!(text.parse::<LondonMonth>().is_err(), "{text}");
        }
    }
}
