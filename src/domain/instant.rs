//! Dates and instants, in UTC to the millisecond. No clock is read here.

pub use jiff::{Timestamp, civil::Date};

use super::Malformed;

/// The current time of a request: read once when it arrives, and passed to all that decides about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now(pub Timestamp);

impl Now {
    /// Today's date, UTC.
    pub fn date(self) -> Date {
        self.0.to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// Accepts an instant that something is asked as at. How it will be at a later one nobody knows.
    ///
    /// # Errors
    /// When the instant is still to come.
    pub fn reached(self, at: Timestamp) -> Result<Timestamp, Malformed> {
        if at <= self.0 {
            return Ok(at);
        }
        let (asked, now) = (instant_text(at), instant_text(self.0));
        let expected = "an instant that has come";
        Err(Malformed::because(&asked, expected, format!("is still to come: it is {now} now")))
    }
}

/// Formats an instant as `2026-01-31T09:30:00.000Z`: always 24 characters, so that the store can order and compare the text.
pub fn instant_text(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The beginning of the hour of an instant, UTC.
pub fn hour_of(instant: Timestamp) -> Timestamp {
    const HOUR: i64 = 60 * 60;
    Timestamp::from_second(instant.as_second().div_euclid(HOUR) * HOUR).unwrap_or(instant)
}

/// Parses an instant (`2026-01-31T09:30:00Z`, with at most milliseconds), or a date, which means its first moment in UTC.
///
/// # Errors
/// When the text is neither, or not between the years 1 and 9999. The last instant is `9999-12-30T22:00:00Z`.
pub fn parse_instant(text: &str) -> Result<Timestamp, Malformed> {
    let malformed =
        || Malformed::new(text, "a date like `2026-01-31` or a UTC time like `2026-01-31T09:30:00Z`");
    if let Ok(date) = parse_date(text) {
        let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| malformed())?;
        return Ok(midnight.timestamp());
    }
    let instant = text.parse::<Timestamp>().map_err(|_| malformed())?;
    // The store keeps milliseconds: a finer instant would come back as another one.
    let exact = instant.as_nanosecond() % 1_000_000 == 0;
    let year = Now(instant).date().year();
    if text.ends_with('Z') && exact && year >= 1 { Ok(instant) } else { Err(malformed()) }
}

/// Parses a date in the form `2026-01-31`, and in no other.
///
/// # Errors
/// When the text is not a date, or its year is not 1 to 9999.
pub fn parse_date(text: &str) -> Result<Date, Malformed> {
    let malformed = || Malformed::new(text, "a date like `2026-01-31`");
    let date = text.parse::<Date>().map_err(|_| malformed())?;
    // jiff accepts other ISO 8601 forms too, which the round trip excludes.
    if date.year() >= 1 && date.to_string() == text { Ok(date) } else { Err(malformed()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_begins_before_its_instants() {
        let hour = |text| instant_text(hour_of(parse_instant(text).unwrap()));
        assert_eq!(hour("2026-01-31T09:59:59.999Z"), "2026-01-31T09:00:00.000Z");
        assert_eq!(hour("2026-01-31T09:00:00Z"), "2026-01-31T09:00:00.000Z");
        assert_eq!(hour("1969-12-31T23:30:00Z"), "1969-12-31T23:00:00.000Z");
    }

    #[test]
    fn an_instant_that_is_still_to_come_is_not_reached() {
        let [before, now, after] =
            ["2026-01-31T09:29:59.999Z", "2026-01-31T09:30:00Z", "2026-01-31T09:30:00.001Z"]
                .map(|text| parse_instant(text).unwrap());
        assert_eq!((Now(now).reached(before), Now(now).reached(now)), (Ok(before), Ok(now)));
        assert_eq!(
            Now(now).reached(after).unwrap_err().to_string(),
            "`2026-01-31T09:30:00.001Z` is still to come: it is 2026-01-31T09:30:00.000Z now"
        );
    }

    #[test]
    fn a_date_means_its_first_moment() {
        assert_eq!(instant_text(parse_instant("2026-01-31").unwrap()), "2026-01-31T00:00:00.000Z");
    }

    #[test]
    fn instants_survive_text() {
        for text in ["2026-01-31T09:30:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-30T21:59:59.999Z"] {
            assert_eq!(instant_text(parse_instant(text).unwrap()), text);
        }
    }

    #[test]
    fn other_zones_finer_times_and_odd_dates_are_refused() {
        for text in ["2026-01-31T09:30:00+01:00", "2026-01-31T09:30:00.0001Z", "31/01/2026", "2026-1-31", ""]
        {
            assert!(parse_instant(text).is_err(), "{text}");
        }
    }
}
