//! Rests between ranges while requests are decided: a search may take longer then, and SR 8.4 keeps its rate (VARIANTS.md 3).

use std::{thread, time::Duration};

use crate::{
    clock::Stopwatch,
    db::{Store, StoreFault},
    store,
};

/// How many times as long as its work a search rests while requests are decided. Of two cores it takes a seventh then.
const REST: f64 = 2.5;
/// The longest rest: a range that took long, on a machine that did something else, must not stop a search.
const LONGEST: Duration = Duration::from_secs(2);

/// The pace of a search.
#[derive(Debug)]
pub(super) struct SearchPace {
    newest: Option<i64>,
    range: Stopwatch,
}

impl SearchPace {
    /// The pace of a search that begins.
    pub(super) fn start() -> Self {
        Self { newest: None, range: Stopwatch::start() }
    }

    /// Ends a range: rests where requests were decided since the range before, by this process or another.
    pub(super) fn range_is_done(&mut self, store: &Store) -> Result<(), StoreFault> {
        let newest = store.read::<_, StoreFault>(store::newest_decision)?;
        let before = self.newest.replace(newest);
        thread::sleep(rest_after(before, newest, self.range.elapsed()));
        self.range = Stopwatch::start();
        Ok(())
    }
}

/// How long a search rests after a range that took so long, by the newest decision before it and now.
fn rest_after(before: Option<i64>, newest: i64, worked: Duration) -> Duration {
    if before.is_some_and(|before| before != newest) {
        worked.mul_f64(REST).min(LONGEST)
    } else {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_rests_while_requests_are_decided_and_not_otherwise() {
        let worked = Duration::from_millis(100);
        assert_eq!([None, Some(7)].map(|before| rest_after(before, 7, worked)), [Duration::ZERO; 2]);
        assert_eq!(rest_after(Some(6), 7, worked), Duration::from_millis(250));
        assert_eq!(rest_after(Some(6), 7, Duration::from_secs(5)), LONGEST, "it goes on");
    }
}
