//! Times for people in Great Britain.

use crate::domain::{Timestamp, london_time};

/// `1 Jun 2026, 13:00:00 BST`.
pub(in crate::web) fn local_text(instant: Timestamp) -> String {
    london_time(instant).strftime("%-d %b %Y, %H:%M:%S %Z").to_string()
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
}
