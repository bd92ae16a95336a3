//! Periods of days, both ends included, whose end may be open (HUBS.md TSAT/e to h).

use std::{fmt, str::FromStr};

use crate::domain::{Date, Malformed, parse_date};

/// The text of an end that is not determined.
const NOT_DETERMINED: &str = "ND";

/// The end of a period. An end that is not determined is later than every day (MP139-R5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodEnd {
    /// The last day.
    On(Date),
    /// Not determined (`ND`): the period is open.
    NotDetermined,
}

impl PeriodEnd {
    /// The last day, where there is one.
    pub const fn date(self) -> Option<Date> {
        match self {
            Self::On(date) => Some(date),
            Self::NotDetermined => None,
        }
    }
}

impl FromStr for PeriodEnd {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text == NOT_DETERMINED {
            return Ok(Self::NotDetermined);
        }
        let malformed = |_| Malformed::new(text, "a date like `2026-01-31`, or `ND` for an open end");
        parse_date(text).map(Self::On).map_err(malformed)
    }
}

impl fmt::Display for PeriodEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => date.fmt(f),
            Self::NotDetermined => f.pad(NOT_DETERMINED),
        }
    }
}

/// Days from one to another, both included (O14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Date,
    to: PeriodEnd,
}

impl Period {
    /// The period; none where it would end before it begins.
    pub fn new(from: Date, to: PeriodEnd) -> Option<Self> {
        (PeriodEnd::On(from) <= to).then_some(Self { from, to })
    }

    /// The first day.
    pub const fn from(self) -> Date {
        self.from
    }

    /// The end.
    pub const fn to(self) -> PeriodEnd {
        self.to
    }

    /// Whether that day is in it.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && PeriodEnd::On(day) <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HUBS.md TSAT/e, h; MP139-R5.
    #[test]
    fn both_ends_are_included_and_an_open_end_is_later_than_every_day() {
        let date = |text| parse_date(text).unwrap();
        let (first, last) = (date("2022-02-01"), date("2022-02-28"));
        let closed = Period::new(first, PeriodEnd::On(last)).unwrap();
        let days = ["2022-01-31", "2022-02-01", "2022-02-28", "2022-03-01"].map(date);
        assert_eq!(days.map(|day| closed.contains(day)), [false, true, true, false]);
        let open = Period::new(first, PeriodEnd::NotDetermined).unwrap();
        assert!(open.contains(Date::MAX) && !open.contains(date("2022-01-31")));
        assert!(Period::new(first, PeriodEnd::On(first)).is_some());
        assert!(Period::new(last, PeriodEnd::On(first)).is_none());
        for text in ["", "nd", "n/a", "31/01/22", "2022-02-29"] {
            assert!(text.parse::<PeriodEnd>().is_err(), "{text}");
        }
    }
}
