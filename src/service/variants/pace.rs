//! Rests between ranges while requests are decided: a search may take longer then, and SR 8.4 keeps its rate (VARIANTS.md 3).

use std::{thread, time::Duration};

use crate::{
    clock::Stopwatch,
    db::{Store, StoreFault},
    store,
};

/// How many times as long as its work a search rests while requests are decided. One core of two has an eighth of its time for it then.
const REST: u32 = 3;
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
        if self.newest.replace(newest).is_some_and(|before| before != newest) {
            thread::sleep((self.range.elapsed() * REST).min(LONGEST));
        }
        self.range = Stopwatch::start();
        Ok(())
    }
}
