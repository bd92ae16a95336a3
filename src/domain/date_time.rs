//! The `xs:dateTime` of messages, as text.

use super::Malformed;

/// A valid `xs:dateTime`, kept as text. No rule compares it, and its range is wider than that of a [`Timestamp`].
///
/// [`Timestamp`]: super::Timestamp
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTimeText(String);

impl DateTimeText {
    /// The text, unchanged.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DateTimeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for DateTimeText {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new(text, "a dateTime like `2026-01-31T09:30:00Z`");
        date_time(text).ok_or_else(malformed).map(|()| Self(text.to_owned()))
    }
}

/// Checks the lexical form of `xs:dateTime` (XML Schema 2, 3.2.7.1): `-?yyyy+-mm-ddThh:mm:ss(.s+)?(Z|[+-]hh:mm)?`.
fn date_time(text: &str) -> Option<()> {
    let (date, time) = text.strip_prefix('-').unwrap_or(text).split_once('T')?;
    // From the end: the year may have more than four digits.
    let mut parts = date.rsplitn(3, '-');
    let (day, month, year) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?, parts.next()?);
    let plain_year = year.bytes().all(|byte| byte.is_ascii_digit());
    let long_enough = year.len() == 4 || year.len() > 4 && !year.starts_with('0');
    // The language has no year zero.
    let zero = year.bytes().all(|byte| byte == b'0');
    let days = days_of(month, year)?;
    let (clock, fraction_and_zone) = time.split_at_checked(8)?;
    let mut clock = clock.split(':');
    let (hour, minute) = (digits(clock.next()?, 2)?, digits(clock.next()?, 2)?);
    let second = digits(clock.next()?, 2)?;
    let (fraction, zone) = fraction(fraction_and_zone)?;
    // The end of a day may be written as its hour 24. There are no leap seconds.
    let midnight = hour == 24 && minute == 0 && second == 0 && fraction.bytes().all(|byte| byte == b'0');
    let holds = plain_year && long_enough && !zero && (1..=days).contains(&day);
    let on_the_clock = clock.next().is_none() && (hour < 24 && minute < 60 && second < 60 || midnight);
    (holds && on_the_clock && is_zone(zone)).then_some(())
}

/// The number of exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<u8> {
    let numeric = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| text.parse().ok()).flatten()
}

/// The number of days of that month.
///
/// The year's last four digits decide whether it is a leap year, as the calendar repeats every 400 years.
fn days_of(month: u8, year: &str) -> Option<u8> {
    let year = year.get(year.len().checked_sub(4)?..)?.parse::<u16>().ok()?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// The digits after the decimal point, and the rest.
fn fraction(text: &str) -> Option<(&str, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some(("", text)) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at_checked(end)?;
    (!fraction.is_empty()).then_some((fraction, zone))
}

/// Whether it is a time zone: none, `Z`, or an offset of up to fourteen hours.
fn is_zone(text: &str) -> bool {
    let offset = || {
        let (hours, minutes) = text.strip_prefix(['+', '-'])?.split_once(':')?;
        let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
        Some(hours < 14 && minutes < 60 || hours == 14 && minutes == 0)
    };
    matches!(text, "" | "Z") || offset() == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_those_of_the_schema_language() {
        for text in [
            "2026-01-31T09:30:00",
            "2026-01-31T09:30:00Z",
            "2024-02-29T23:59:59.999999999999+14:00",
            "-0044-03-15T24:00:00.0-00:00",
            "12026-01-31T00:00:00-13:59",
        ] {
            assert!(text.parse::<DateTimeText>().is_ok(), "{text}");
        }
        for text in [
            "",
            "2026-01-31",
            "2026-01-31T09:30",
            "2026-1-31T09:30:00",
            "2026-02-29T09:30:00",
            "2026-13-01T09:30:00",
            "2026-00-01T09:30:00",
            "2026-01-00T09:30:00",
            "0000-01-01T00:00:00",
            "02026-01-31T00:00:00",
            "+2026-01-31T09:30:00",
            "2026-01-31t09:30:00",
            "2026-01-31T09:30:00z",
            "2026-01-31T24:00:01",
            "2026-01-31T24:00:00.1",
            "2026-01-31T09:60:00",
            "2026-01-31T09:30:60",
            "2026-01-31T09:30:00.",
            "2026-01-31T09:30:00+14:01",
            "2026-01-31T09:30:00+1:00",
            "2026-01-31 09:30:00",
            "2026-01-31T09:30:0\u{660}",
        ] {
            assert!(text.parse::<DateTimeText>().is_err(), "{text}");
        }
    }
}
