//! A time as people enter it: an instant in UTC, or what London's wall clock shows (SERVICE.md 4 Entry, 6).

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use super::london::{LONDON, london_time};
use crate::domain::Malformed;

const EXPECTED: &str =
    "a UTC time like `2026-03-18T20:00:00Z` or a London time like `2026-03-18T20:00`, in whole minutes";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Reads a time in whole minutes: an instant in UTC, which ends with `Z`, or a time of London's wall clock without a zone. A time that
/// the clock passes over or shows twice is refused with the UTC times to choose from (SERVICE.md 4).
///
/// # Errors
/// When the text is neither, or names no instant or two.
///
/// # Examples
/// ```
/// use smi::domain::parse_london_or_utc_minute as parse;
/// assert_eq!(parse("2026-06-10T20:00"), parse("2026-06-10T19:00:00Z"));
/// assert!(parse("2026-03-29T01:30").unwrap_err().to_string().contains("does not exist in London"));
/// ```
pub fn parse_london_or_utc_minute(text: &str) -> Result<Timestamp, Malformed> {
    let malformed = || Malformed::new(text, EXPECTED);
    let (shown, is_utc) = text.strip_suffix('Z').map_or((text, false), |shown| (shown, true));
    let shown = date_time(shown).ok_or_else(malformed)?;
    if shown.second() != 0 || shown.subsec_nanosecond() != 0 {
        return Err(Malformed::new(text, "a time in whole minutes"));
    }
    let instant = if is_utc {
        TimeZone::UTC.to_timestamp(shown).map_err(|_| malformed())?
    } else {
        london_minute(text, shown)?
    };
    // Before 1847 London's clocks were 75 seconds behind Greenwich.
    if instant.as_second() % 60 == 0 { Ok(instant) } else { Err(malformed()) }
}

/// The date and time of the form `2026-03-18T20:00`, with seconds or without. jiff reads other forms too.
fn date_time(text: &str) -> Option<DateTime> {
    let is_form = |form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    let is_known =
        ["0000-00-00T00:00", "0000-00-00T00:00:00", "0000-00-00T00:00:00.000"].into_iter().any(is_form);
    text.parse::<DateTime>().ok().filter(|shown| is_known && shown.year() >= 1)
}

/// The one instant at which London's wall clock shows that.
fn london_minute(text: &str, shown: DateTime) -> Result<Timestamp, Malformed> {
    let malformed = || Malformed::new(text, EXPECTED);
    let because = |reason: String| Malformed::because(text, EXPECTED, reason);
    let at = |offset: Offset| offset.to_timestamp(shown).map_err(|_| malformed());
    match LONDON.to_ambiguous_timestamp(shown).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Gap { after, .. } => {
            let change = LONDON.following(at(after)?).next().ok_or_else(malformed)?.timestamp();
            let before = change.checked_sub(MINUTE).map_err(|_| malformed())?;
            Err(because(format!(
                "does not exist in London: {before} is {}, {} is {}",
                london_time(before).strftime("%H:%M"),
                change.strftime("%H:%M:%SZ"),
                london_time(change).strftime("%H:%M"),
            )))
        }
        AmbiguousOffset::Fold { before, after } => {
            Err(because(format!("happens twice: {} or {}", at(before)?, at(after)?)))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{instant_text, london_text};

    fn read(text: &str) -> Result<String, String> {
        parse_london_or_utc_minute(text).map(instant_text).map_err(|reason| reason.to_string())
    }

    /// SERVICE.md 7/4.
    #[test]
    fn london_times_of_winter_and_summer_and_utc_times_are_instants() {
        for (text, utc) in [
            ("2026-03-18T20:00", "2026-03-18T20:00:00.000Z"),
            ("2026-06-10T20:00", "2026-06-10T19:00:00.000Z"),
            ("2026-06-10T20:00:00", "2026-06-10T19:00:00.000Z"),
            ("2026-03-18T20:00:00.000Z", "2026-03-18T20:00:00.000Z"),
            ("2026-03-18T20:00Z", "2026-03-18T20:00:00.000Z"),
            ("2026-03-29T00:59", "2026-03-29T00:59:00.000Z"),
            ("2026-03-29T02:00", "2026-03-29T01:00:00.000Z"),
            ("2026-10-25T00:59", "2026-10-24T23:59:00.000Z"),
            ("2026-10-25T00:30:00Z", "2026-10-25T00:30:00.000Z"),
            ("2026-10-25T02:00", "2026-10-25T02:00:00.000Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(utc), "{text}");
        }
        let first = parse_london_or_utc_minute("2026-10-25T00:30:00Z").unwrap();
        assert_eq!(london_text(first), "2026-10-25T01:30:00+01:00");
        assert_eq!(london_text(first + SignedDuration::from_hours(1)), "2026-10-25T01:30:00+00:00");
    }

    /// SERVICE.md 6.
    #[test]
    fn times_that_the_clock_skips_or_shows_twice_are_refused_with_those_to_choose_from() {
        insta::assert_snapshot!(read("2026-03-29T01:30").unwrap_err(), @"`2026-03-29T01:30` does not exist in London: 2026-03-29T00:59:00Z is 00:59, 01:00:00Z is 02:00");
        insta::assert_snapshot!(read("2026-10-25T01:30").unwrap_err(), @"`2026-10-25T01:30` happens twice: 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z");
        // London had double summer time in the war.
        insta::assert_snapshot!(read("1944-04-02T02:30").unwrap_err(), @"`1944-04-02T02:30` does not exist in London: 1944-04-02T00:59:00Z is 01:59, 01:00:00Z is 03:00");
    }

    /// SERVICE.md 6.
    #[test]
    fn seconds_other_zones_and_other_forms_are_refused() {
        for text in ["2026-03-18T20:00:30Z", "2026-03-18T20:00:30", "2026-03-18T20:00:00.001Z"] {
            assert_eq!(read(text), Err(format!("`{text}` is not a time in whole minutes")));
        }
        for text in [
            "2026-03-18 20:00",
            "2026-03-18 20:00:00Z",
            "2026-03-18T20:00+01:00",
            "2026-03-18T20:00:00+00:00",
            "2026-03-18T20:00[Europe/London]",
            "2026-03-18T20",
            "2026-03-18",
            "20260318T2000",
            "2026-03-18t20:00",
            "2026-03-18T20:00z",
            "2026-02-30T20:00",
            "2026-03-18T24:00",
            "0000-01-01T00:00",
            "1800-01-01T00:00",
            "9999-12-31T23:59Z",
            "-2026-03-18T20:00",
            "20\u{664}6-03-18T20:00",
            " 2026-03-18T20:00",
            "",
            "tonight",
        ] {
            assert_eq!(read(text), Err(format!("`{text}` is not {EXPECTED}")));
        }
    }

    proptest! {
        /// Every minute of London's clock is read back, or it is one of the two that its refusal names.
        #[test]
        fn what_the_clock_shows_is_read_back_or_named_as_one_of_two(
            minute in -64_000_000_i64..4_000_000_000_i64
        ) {
            let instant = Timestamp::from_second(minute * 60).unwrap();
            prop_assert_eq!(parse_london_or_utc_minute(&instant.to_string()), Ok(instant));
            let shown = london_time(instant).strftime("%Y-%m-%dT%H:%M").to_string();
            match parse_london_or_utc_minute(&shown) {
                Ok(read) => prop_assert_eq!(read, instant),
                Err(reason) => {
                    let named = format!(" {instant}");
                    prop_assert!(reason.to_string().contains(&named), "{}, {}", reason, named);
                }
            }
        }

        /// What is read is what stands there, on one of both clocks.
        #[test]
        fn what_is_read_shows_what_was_entered(
            text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:0[01])?(Z|[+]01:00|)"
        ) {
            if let Ok(instant) = parse_london_or_utc_minute(&text) {
                let shown = if text.ends_with('Z') { instant_text(instant) } else { london_text(instant) };
                prop_assert_eq!(shown.get(..16), text.get(..16));
                let is_whole = matches!(text.get(16..), Some("" | "Z" | ":00" | ":00Z"));
                prop_assert!(is_whole, "{}", text);
            }
        }
    }
}
