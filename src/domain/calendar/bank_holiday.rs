//! Bank holidays of England and Wales, computed for any year (Banking and Financial Dealings Act 1971, and proclamations).

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

/// A bank holiday that a proclamation adds, and the one that it takes away.
struct Proclamation {
    day: (i16, i8, i8),
    name: &'static str,
    instead_of: Option<(i16, i8, i8)>,
}

/// Those since 2018. Others are for `[calendar] holidays`.
const PROCLAMATIONS: [Proclamation; 5] = [
    Proclamation {
        day: (2020, 5, 8),
        name: "Early May bank holiday (VE day)",
        instead_of: Some((2020, 5, 4)),
    },
    Proclamation { day: (2022, 6, 2), name: "Spring bank holiday", instead_of: Some((2022, 5, 30)) },
    Proclamation { day: (2022, 6, 3), name: "Platinum Jubilee bank holiday", instead_of: None },
    Proclamation { day: (2022, 9, 19), name: "State Funeral of Queen Elizabeth II", instead_of: None },
    Proclamation { day: (2023, 5, 8), name: "Coronation of King Charles III", instead_of: None },
];

/// The bank holidays of England and Wales of a year, in the order of their days. A holiday on a weekend is given as the day that
/// stands for it. A year that the calendar does not reach has none.
///
/// # Examples
/// ```
/// let names = smi::domain::bank_holidays(2026).into_iter().map(|(day, name)| format!("{day} {name}"));
/// assert_eq!(names.take(2).collect::<Vec<_>>(), ["2026-01-01 New Year's Day", "2026-04-03 Good Friday"]);
/// ```
pub fn bank_holidays(year: i16) -> Vec<(Date, &'static str)> {
    let mut days = by_rule(year).unwrap_or_default();
    let date = |(year, month, day)| Date::new(year, month, day).ok();
    for Proclamation { day, name, instead_of } in PROCLAMATIONS.iter().filter(|one| one.day.0 == year) {
        days.retain(|(held, _)| Some(*held) != instead_of.and_then(date));
        days.extend(date(*day).map(|day| (day, *name)));
    }
    days.sort_unstable();
    days
}

fn by_rule(year: i16) -> Result<Vec<(Date, &'static str)>, jiff::Error> {
    let date = |month, day| Date::new(year, month, day);
    let easter = easter_sunday(year)?;
    let christmas = date(12, 25)?;
    let boxing_day = date(12, 26)?;
    // What falls on a weekend moves to the next day that is free: Christmas Day behind Boxing Day, where that is a Monday.
    let (christmas, boxing_day) = match christmas.weekday() {
        Weekday::Friday => (christmas, boxing_day.checked_add(2.days())?),
        Weekday::Saturday => (christmas.checked_add(2.days())?, boxing_day.checked_add(2.days())?),
        Weekday::Sunday => (christmas.checked_add(2.days())?, boxing_day),
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => {
            (christmas, boxing_day)
        }
    };
    Ok(vec![
        (on_a_weekday(date(1, 1)?)?, "New Year's Day"),
        (easter.checked_sub(2.days())?, "Good Friday"),
        (easter.checked_add(1.day())?, "Easter Monday"),
        (date(5, 1)?.nth_weekday_of_month(1, Weekday::Monday)?, "Early May bank holiday"),
        (date(5, 1)?.nth_weekday_of_month(-1, Weekday::Monday)?, "Spring bank holiday"),
        (date(8, 1)?.nth_weekday_of_month(-1, Weekday::Monday)?, "Summer bank holiday"),
        (christmas, "Christmas Day"),
        (boxing_day, "Boxing Day"),
    ])
}

/// The day itself, or the Monday after a weekend.
fn on_a_weekday(day: Date) -> Result<Date, jiff::Error> {
    match day.weekday() {
        Weekday::Saturday => day.checked_add(2.days()),
        Weekday::Sunday => day.checked_add(1.day()),
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => {
            Ok(day)
        }
    }
}

/// Easter Sunday by the Gregorian calendar: the first Sunday after the ecclesiastical full moon on or after 21 March.
///
/// The moon's place in its cycle of 19 years (`golden`) gives its age at the beginning of the year (`epact`), which the centuries
/// shift: by the leap days left out, and by the drift of the cycle.
fn easter_sunday(year: i16) -> Result<Date, jiff::Error> {
    let wide = i32::from(year);
    let (golden, century) = (wide.rem_euclid(19), wide.div_euclid(100));
    let leap_days_left_out = century - century.div_euclid(4);
    let drift = (8 * century + 13).div_euclid(25);
    let age = (leap_days_left_out - drift + 19 * golden + 15).rem_euclid(30);
    // The full moon never falls later than on 18 April, and within a cycle no day is used twice.
    let full_moon = 21 + age - i32::from(age == 29 || (age == 28 && golden > 10));
    let full_moon = Date::new(year, 3, 1)?.checked_add((full_moon - 1).days())?;
    full_moon.nth_weekday(1, Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the almanac: the earliest and the latest day, a leap year, and those of both exceptions of the lunar cycle.
    #[test]
    fn easter_is_where_the_almanac_has_it() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2018, 4, 1),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
            (2285, 3, 22),
        ] {
            assert_eq!(easter_sunday(year).unwrap(), jiff::civil::date(year, month, day));
        }
    }

    #[test]
    fn a_year_beyond_the_calendar_has_none() {
        assert!(bank_holidays(i16::MAX).is_empty() && bank_holidays(i16::MIN).is_empty());
        assert_eq!(bank_holidays(9999).len(), 8);
    }
}
