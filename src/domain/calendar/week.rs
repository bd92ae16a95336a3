//! Weeks, from Monday to Sunday.

use jiff::{ToSpan as _, civil::Date};

/// The Monday of the week of that day. The first days that there are have none before them, and are their own.
pub fn week_of(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_date;

    #[test]
    fn a_week_begins_on_monday() {
        for (day, monday) in [
            ("2026-11-29", "2026-11-23"),
            ("2026-11-30", "2026-11-30"),
            ("2026-12-06", "2026-11-30"),
            ("2027-01-01", "2026-12-28"),
        ] {
            assert_eq!(week_of(parse_date(day).unwrap()).to_string(), monday, "{day}");
        }
    }
}
