//! Times for people in Great Britain.

use jiff::civil::DateTime;

use crate::domain::{Timestamp, london_instant, london_time, parse_instant};

/// `1 Jun 2026, 13:00:00 BST`.
pub(in crate::web) fn local_text(instant: Timestamp) -> String {
    london_time(instant).strftime("%-d %b %Y, %H:%M:%S %Z").to_string()
}

/// `2026-06-01T13:00`, as a field of a form has it.
pub(in crate::web) fn local_input(instant: Timestamp) -> String {
    london_time(instant).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Reads such a field, with seconds or without; or an instant in UTC, which ends with `Z`.
pub(in crate::web) fn local_instant(text: &str) -> Option<Timestamp> {
    if text.ends_with('Z') {
        return parse_instant(text).ok();
    }
    let is_plain = text.chars().all(|letter| letter.is_ascii_digit() || "-:T".contains(letter));
    let shown = text.parse::<DateTime>().ok().filter(|shown| is_plain && shown.year() >= 1);
    shown.and_then(london_instant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    #[test]
    fn summer_time_begins_and_ends_at_one_in_utc() {
        for (utc, london) in [
            ("2026-01-31T09:30:00Z", "31 Jan 2026, 09:30:00 GMT"),
            ("2026-03-29T00:59:59Z", "29 Mar 2026, 00:59:59 GMT"),
            ("2026-03-29T01:00:00Z", "29 Mar 2026, 02:00:00 BST"),
            ("2026-06-01T12:00:00Z", "1 Jun 2026, 13:00:00 BST"),
            ("2026-10-25T00:59:59Z", "25 Oct 2026, 01:59:59 BST"),
            ("2026-10-25T01:00:00Z", "25 Oct 2026, 01:00:00 GMT"),
        ] {
            assert_eq!(local_text(parse_instant(utc).unwrap()), london);
        }
    }

    #[test]
    fn a_field_is_read_as_it_is_written() {
        let instant = parse_instant("2026-06-01T12:00:00Z").unwrap();
        assert_eq!(local_input(instant), "2026-06-01T13:00");
        for text in ["2026-06-01T13:00", "2026-06-01T13:00:00", "2026-06-01T12:00:00Z"] {
            assert_eq!(local_instant(text), Some(instant), "{text}");
        }
        for text in ["", "13:00", "2026-06-01T13:00+01:00", "2026-06-01T25:00", "yesterday"] {
            assert_eq!(local_instant(text), None, "{text}");
        }
    }
}
