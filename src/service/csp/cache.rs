//! A cache of one CSP's answers: by place, with a TTL and a capacity.
//!
//! Compared with moka 0.12: its TTL runs by its own clock, where ours follows the clock that tests move; answers must tell
//! their age; and it brings six packages. Questions in flight are not shared: the semaphore bounds them already.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::domain::{CspAnswer, Now, Timestamp};

/// Capacity in answers, of at most some 500 bytes each.
const CAPACITY: usize = 10_000;

/// The cache of one CSP. The caller passes the time.
#[derive(Debug)]
pub(super) struct AnswerCache {
    ttl: Duration,
    capacity: usize,
    cached: Mutex<CachedAnswers>,
}

#[derive(Debug, Default)]
struct CachedAnswers {
    by_place: HashMap<String, (u64, Timestamp, CspAnswer)>,
    /// Keys in the order of insertion, so that the oldest is evicted first.
    in_order: BTreeMap<u64, String>,
    count: u64,
}

impl AnswerCache {
    /// A cache with that TTL; zero turns it off.
    pub(super) fn new(ttl: Duration) -> Self {
        Self { ttl, capacity: CAPACITY, cached: Mutex::default() }
    }

    /// The answer about that place and its age in seconds, unless it expired.
    pub(super) fn get(&self, place: &str, now: Now) -> Option<(CspAnswer, u64)> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, at, answer) = cached.by_place.get(place)?;
        // After the clock was put back the age is unknown: the answer counts as expired.
        let age = Duration::try_from(now.0.duration_since(*at)).ok()?;
        (age < self.ttl).then(|| (answer.clone(), age.as_secs()))
    }

    /// Empties the cache.
    pub(super) fn clear(&self) {
        *self.cached.lock().unwrap_or_else(PoisonError::into_inner) = CachedAnswers::default();
    }

    /// Caches an answer, and evicts the oldest where the cache is full.
    pub(super) fn insert(&self, place: String, answer: CspAnswer, now: Now) {
        if self.ttl.is_zero() {
            return;
        }
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        // An answer inserted again gets a new number, which moves its key to the end of the order.
        cached.count += 1;
        let count = cached.count;
        if let Some((before, _, _)) = cached.by_place.insert(place.clone(), (count, now.0, answer)) {
            cached.in_order.remove(&before);
        }
        cached.in_order.insert(count, place);
        while cached.in_order.len() > self.capacity {
            if let Some((_, oldest)) = cached.in_order.pop_first() {
                cached.by_place.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Now {
        Now(Timestamp::from_second(1_000_000 + second).unwrap())
    }

    #[test]
    fn an_answer_expires_at_its_ttl() {
        let cache = AnswerCache::new(Duration::from_secs(60));
        cache.insert("a".to_owned(), CspAnswer::Elsewhere, at(0));
        assert_eq!(cache.get("a", at(0)), Some((CspAnswer::Elsewhere, 0)));
        assert_eq!(cache.get("a", at(59)), Some((CspAnswer::Elsewhere, 59)));
        assert_eq!(cache.get("a", at(60)), None);
        assert_eq!(cache.get("a", at(-1)), None, "from the future");
        assert_eq!(cache.get("b", at(0)), None);
        let none = AnswerCache::new(Duration::ZERO);
        none.insert("a".to_owned(), CspAnswer::Elsewhere, at(0));
        assert_eq!(none.get("a", at(0)), None);
    }

    #[test]
    fn the_oldest_is_evicted_and_an_answer_inserted_again_is_new() {
        let cache = AnswerCache { capacity: 2, ..AnswerCache::new(Duration::from_secs(60)) };
        for place in ["a", "b", "a", "c"] {
            cache.insert(place.to_owned(), CspAnswer::Elsewhere, at(0));
        }
        let there = ["a", "b", "c"].map(|place| cache.get(place, at(0)).is_some());
        assert_eq!(there, [true, false, true]);
        let cached = cache.cached.lock().unwrap();
        assert_eq!((cached.by_place.len(), cached.in_order.len()), (2, 2));
    }
}
