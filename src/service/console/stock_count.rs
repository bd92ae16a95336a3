//! Counts of what is in stock, kept for a minute: counting a million hubs takes part of a second, and people look again and again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    clock::Stopwatch,
    domain::{StockGroup, Timestamp},
    store::StockPlace,
};

/// How long a count is shown before hubs are counted again.
const KEPT: Duration = Duration::from_secs(60);

/// Which count of stock is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockCount {
    /// That of the last minute, where there is one.
    Kept,
    /// The same, where it was made after this instant.
    After(Timestamp),
    /// One that is made now.
    New,
}

/// By what stock is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountedBy {
    /// By all that a hub is judged by.
    Version,
    /// By where it lies, too.
    Location,
}

/// What is in stock, as it was counted.
#[derive(Clone, Debug)]
pub(super) struct CountedStock {
    /// When.
    pub(super) at: Timestamp,
    /// The groups; with their locations where those were asked for.
    pub(super) groups: Arc<[StockGroup]>,
}

/// The last count of all stock, and the last one by location.
#[derive(Debug, Default)]
pub(in crate::service) struct StockCounts {
    all: KeptCount,
    by_location: KeptCount,
}

/// A count, and how long ago it was made. Who looks while hubs are counted waits for that count.
type KeptCount = Mutex<Option<(CountedStock, Stopwatch)>>;

impl StockCounts {
    /// The count that is kept, by location or of all, where it will do; else `count` makes it, and it is kept.
    pub(super) fn get<E>(
        &self,
        place: CountedBy,
        wanted: StockCount,
        now: Timestamp,
        count: impl FnOnce(StockPlace) -> Result<Vec<StockGroup>, E>,
    ) -> Result<CountedStock, E> {
        let (kept, place) = match place {
            CountedBy::Location => (&self.by_location, StockPlace::Location),
            CountedBy::Version => (&self.all, StockPlace::Ignored),
        };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((counted, age)) = &*kept
            && will_do(wanted, counted.at, age.elapsed())
        {
            return Ok(counted.clone());
        }
        // Taken before the count: what changes while it is made may not be in it.
        let age = Stopwatch::start();
        let counted = CountedStock { at: now, groups: count(place)?.into() };
        *kept = Some((counted.clone(), age));
        Ok(counted)
    }

    /// Forgets what was counted: stock was imported, or the store was emptied.
    pub(in crate::service) fn forget(&self) {
        for count in [&self.all, &self.by_location] {
            *count.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// Whether a count of that instant, made so long ago, will do.
fn will_do(wanted: StockCount, counted_at: Timestamp, age: Duration) -> bool {
    let is_wanted = match wanted {
        StockCount::Kept => true,
        StockCount::After(instant) => counted_at > instant,
        StockCount::New => false,
    };
    is_wanted && age < KEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hubs_are_counted_where_no_count_will_do_and_each_count_has_its_instant() {
        let counts = StockCounts::default();
        let (first, second) = (Timestamp::UNIX_EPOCH, "2026-01-01T12:00:00Z".parse::<Timestamp>().unwrap());
        let made = std::cell::Cell::new(0);
        let get = |place, wanted, now| {
            let count = |_| {
                made.set(made.get() + 1);
                Ok::<_, ()>(Vec::new())
            };
            (counts.get(place, wanted, now, count).unwrap().at, made.get())
        };
        assert_eq!(get(CountedBy::Version, StockCount::Kept, first), (first, 1));
        assert_eq!(get(CountedBy::Version, StockCount::Kept, second), (first, 1));
        assert_eq!(get(CountedBy::Location, StockCount::Kept, second), (second, 2), "each has its own");
        assert_eq!(get(CountedBy::Version, StockCount::After(first), second), (second, 3));
        assert_eq!(get(CountedBy::Version, StockCount::After(first), second), (second, 3));
        assert_eq!(get(CountedBy::Version, StockCount::New, second), (second, 4));
        counts.forget();
        assert_eq!(get(CountedBy::Version, StockCount::Kept, second), (second, 5));
        let failed = counts.get(CountedBy::Version, StockCount::New, second, |_| Err(()));
        assert!(failed.is_err());
        assert_eq!(get(CountedBy::Version, StockCount::Kept, second), (second, 5), "the last count stays");
    }

    #[test]
    fn a_count_is_kept_for_a_minute_unless_a_newer_one_is_wanted() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let counted = at("2026-01-01T12:00:00Z");
        let does = |wanted, seconds| will_do(wanted, counted, Duration::from_secs(seconds));
        assert_eq!([0, 59, 60].map(|age| does(StockCount::Kept, age)), [true, true, false]);
        let before = StockCount::After(at("2026-01-01T11:59:59.999Z"));
        assert_eq!([0, 59, 60].map(|age| does(before, age)), [true, true, false]);
        assert!(!does(StockCount::After(counted), 0), "that one was seen");
        assert!(!does(StockCount::New, 0));
    }
}
