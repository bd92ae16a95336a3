//! London's wall clock. Its rules are compiled in: neither `TZ` nor the machine's zone files are asked (SERVICE.md 4).

use jiff::{
    Zoned,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::domain::Timestamp;

pub(super) static LONDON: TimeZone = jiff::tz::get!("Europe/London");

/// London's wall clock at that instant.
pub fn london_time(instant: Timestamp) -> Zoned {
    instant.to_zoned(LONDON.clone())
}

/// London's wall clock at that instant with its offset, as JSON has it: `2026-10-25T01:30:00+01:00` (SERVICE.md 4). It says which of
/// two times is meant where the clock shows one twice.
pub fn london_text(instant: Timestamp) -> String {
    london_time(instant).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The London day of that instant: the civil date in Europe/London, and not that of UTC.
pub fn london_date(instant: Timestamp) -> Date {
    london_time(instant).date()
}

/// The instant at which London's wall clock shows that. Of two, the first; where it is passed over, as far behind the change.
pub fn london_instant(shown: DateTime) -> Option<Timestamp> {
    shown.to_zoned(LONDON.clone()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    #[test]
    fn a_day_ends_at_midnight_of_the_wall_clock() {
        for (utc, day) in [
            ("2026-01-31T23:59:59.999Z", "2026-01-31"),
            ("2026-06-30T22:59:59.999Z", "2026-06-30"),
            ("2026-06-30T23:00:00Z", "2026-07-01"),
            ("2026-03-29T00:59:59Z", "2026-03-29"),
            ("2026-10-24T23:00:00Z", "2026-10-25"),
            ("2026-10-25T23:59:59Z", "2026-10-25"),
        ] {
            assert_eq!(london_date(parse_instant(utc).unwrap()).to_string(), day, "{utc}");
        }
    }

    #[test]
    fn summer_time_begins_and_ends_at_one_in_utc() {
        for (utc, london) in [
            ("2026-03-29T00:59:59Z", "2026-03-29T00:59:59+00:00[Europe/London]"),
            ("2026-03-29T01:00:00Z", "2026-03-29T02:00:00+01:00[Europe/London]"),
            ("2026-10-25T00:59:59Z", "2026-10-25T01:59:59+01:00[Europe/London]"),
            ("2026-10-25T01:00:00Z", "2026-10-25T01:00:00+00:00[Europe/London]"),
        ] {
            assert_eq!(london_time(parse_instant(utc).unwrap()).to_string(), london);
        }
    }

    #[test]
    fn a_time_of_the_wall_clock_is_one_instant() {
        for (shown, utc) in [
            ("2026-01-31T09:30", "2026-01-31T09:30:00Z"),
            ("2026-06-01T09:30", "2026-06-01T08:30:00Z"),
            ("2026-03-29T01:30", "2026-03-29T01:30:00Z"),
            ("2026-10-25T01:30", "2026-10-25T00:30:00Z"),
        ] {
            let instant = london_instant(shown.parse().unwrap()).unwrap();
            assert_eq!(instant, parse_instant(utc).unwrap(), "{shown}");
        }
    }
}
