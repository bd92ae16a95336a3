//! When a message is tried again, and how long the dispatcher waits for the next one.

use std::time::Duration;

use crate::domain::Timestamp;

/// The backoff after the first failure, in seconds; it doubles with each retry.
const FIRST_BACKOFF: u64 = 1;
/// The limit of the backoff, in seconds.
const LONGEST_BACKOFF: u64 = 15 * 60;
/// The interval at which due messages are polled for: the outbox signal tells of this process's own messages alone.
const POLL_INTERVAL: Duration = Duration::from_secs(60);

/// Exponential backoff: after 1, 2, 4, ... seconds, then every 15 minutes.
pub(super) fn next_attempt(now: Timestamp, attempts: u64) -> Timestamp {
    let doubled = u32::try_from(attempts).ok().and_then(|attempts| 2_u64.checked_pow(attempts));
    let seconds =
        doubled.map_or(LONGEST_BACKOFF, |factor| factor.saturating_mul(FIRST_BACKOFF).min(LONGEST_BACKOFF));
    now.saturating_add(Duration::from_secs(seconds)).unwrap_or(now)
}

/// How long it is until then, and at most the interval at which due messages are polled for.
pub(super) fn wait_until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let until = |next: Timestamp| Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO);
    next.map_or(POLL_INTERVAL, until).min(POLL_INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_a_quarter_of_an_hour() {
        let start = Timestamp::UNIX_EPOCH;
        let wait = |attempts| next_attempt(start, attempts).as_second();
        assert_eq!([0, 1, 2, 9].map(wait), [1, 2, 4, 512]);
        assert_eq!([10, 63, 64, u64::MAX].map(wait), [900; 4]);
        assert_eq!(next_attempt(Timestamp::MAX, 3), Timestamp::MAX);
    }

    #[test]
    fn it_waits_for_the_next_message_and_polls_in_between() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(wait_until(Some(at(7)), at(5)), Duration::from_secs(2));
        assert_eq!(wait_until(Some(at(5)), at(7)), Duration::ZERO);
        assert_eq!(
            (wait_until(Some(at(500)), at(7)), wait_until(None, at(7))),
            (POLL_INTERVAL, POLL_INTERVAL)
        );
    }
}
