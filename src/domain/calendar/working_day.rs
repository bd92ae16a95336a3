//! Working Days: Monday to Friday without the bank holidays of England and Wales (SERVICE.md 4, O12).

use std::collections::BTreeMap;

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

use super::bank_holidays;
use crate::domain::set::closed_set;

closed_set!(
    /// What an override makes of a day.
    DayKind, "a kind of day", {
        Holiday => "holiday",
        Working => "working",
    }
);

/// A day that `[calendar] holidays` decides on, whatever the bank holidays say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarOverride {
    /// The day.
    pub date: Date,
    /// Why, for people.
    pub name: String,
    /// What it is.
    pub kind: DayKind,
}

/// Which days are Working Days: the bank holidays, and the overrides that lie over them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    overrides: BTreeMap<Date, (DayKind, String)>,
}

/// A count of Working Days that leads out of the calendar, or through more days than it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no Working Day is so far away from {0}")]
pub struct FarDate(Date);

/// The greatest number of Working Days that are counted: more than a thousand years.
const MAX_WORKING_DAYS: u32 = 300_000;

impl Calendar {
    /// The bank holidays with these overrides. Of several for one day the last one counts.
    pub fn new(overrides: impl IntoIterator<Item = CalendarOverride>) -> Self {
        let overrides = overrides.into_iter().map(|one| (one.date, (one.kind, one.name)));
        Self { overrides: overrides.collect() }
    }

    /// Whether that day is a Working Day.
    pub fn is_working_day(&self, day: Date) -> bool {
        match self.overrides.get(&day) {
            Some((kind, _)) => *kind == DayKind::Working,
            None => {
                !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
                    && !bank_holidays(day.year()).iter().any(|(holiday, _)| *holiday == day)
            }
        }
    }

    /// What the day is called, if it has a name: that of an override, else of a bank holiday.
    pub fn name(&self, day: Date) -> Option<&str> {
        let by_rule = || {
            let holidays = bank_holidays(day.year());
            holidays.into_iter().find(|(holiday, _)| *holiday == day).map(|(_, name)| name)
        };
        self.overrides.get(&day).map(|(_, name)| name.as_str()).or_else(by_rule)
    }

    /// The days of a year that have a name, in order.
    pub fn named_days(&self, year: i16) -> Vec<Date> {
        let own = self.overrides.keys().copied().filter(|day| day.year() == year);
        let mut days = bank_holidays(year).into_iter().map(|(day, _)| day).chain(own).collect::<Vec<_>>();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The n-th Working Day after a day, which does not count itself and may be any day. With n = 0 it is the day itself.
    ///
    /// # Errors
    /// When the calendar does not reach so far.
    pub fn working_days_after(&self, day: Date, number: u32) -> Result<Date, FarDate> {
        self.step(day, number, 1)
    }

    /// The n-th Working Day before a day, counted backwards alike.
    ///
    /// # Errors
    /// When the calendar does not reach so far.
    pub fn working_days_before(&self, day: Date, number: u32) -> Result<Date, FarDate> {
        self.step(day, number, -1)
    }

    fn step(&self, from: Date, number: u32, direction: i8) -> Result<Date, FarDate> {
        if number > MAX_WORKING_DAYS {
            return Err(FarDate(from));
        }
        let (mut day, mut left) = (from, number);
        while left > 0 {
            day = day.checked_add(i64::from(direction).days()).map_err(|_| FarDate(from))?;
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        Ok(day)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// SERVICE.md 7/2.
    #[test]
    fn twenty_working_days_before_the_first_of_a_month() {
        let calendar = Calendar::default();
        for (first, day) in [
            (date(2026, 3, 1), date(2026, 2, 2)),
            (date(2026, 4, 1), date(2026, 3, 4)),
            (date(2026, 5, 1), date(2026, 4, 1)),
            (date(2026, 6, 1), date(2026, 4, 30)),
        ] {
            assert_eq!(calendar.working_days_before(first, 20), Ok(day));
        }
    }

    #[test]
    fn the_day_itself_does_not_count_and_may_be_any_day() {
        let calendar = Calendar::default();
        let (maundy_thursday, tuesday) = (date(2026, 4, 2), date(2026, 4, 7));
        for from in [maundy_thursday, date(2026, 4, 3), date(2026, 4, 6)] {
            assert_eq!(calendar.working_days_after(from, 1), Ok(tuesday), "{from}");
        }
        assert_eq!(calendar.working_days_before(tuesday, 1), Ok(maundy_thursday));
        assert_eq!(calendar.working_days_after(date(2026, 4, 3), 0), Ok(date(2026, 4, 3)));
    }

    #[test]
    fn an_override_lies_over_what_is_computed() {
        let day = |date, name: &str, kind| CalendarOverride { date, name: name.to_owned(), kind };
        let (monday, saturday, easter_monday) = (date(2026, 7, 6), date(2026, 7, 4), date(2026, 4, 6));
        let calendar = Calendar::new([
            day(monday, "Office move", DayKind::Holiday),
            day(saturday, "Stock count", DayKind::Working),
            day(easter_monday, "Cover", DayKind::Working),
        ]);
        assert!(!calendar.is_working_day(monday) && calendar.is_working_day(saturday));
        assert!(calendar.is_working_day(easter_monday));
        assert_eq!(
            (calendar.name(monday), calendar.name(easter_monday)),
            (Some("Office move"), Some("Cover"))
        );
        assert_eq!(calendar.named_days(2026).len(), 10);
        assert_eq!(calendar.working_days_after(date(2026, 7, 3), 1), Ok(saturday));
    }

    #[test]
    fn what_lies_beyond_the_calendar_is_an_error() {
        let calendar = Calendar::default();
        assert_eq!(calendar.working_days_after(Date::MAX, 1), Err(FarDate(Date::MAX)));
        assert_eq!(calendar.working_days_before(Date::MIN, 1), Err(FarDate(Date::MIN)));
        assert_eq!(calendar.working_days_after(date(2026, 1, 1), u32::MAX), Err(FarDate(date(2026, 1, 1))));
    }
}
