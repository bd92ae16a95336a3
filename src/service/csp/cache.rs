//! What a CSP said not long ago, as much of it as there is room for.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::domain::{CspAnswer, Now, Timestamp};

/// As many answers as are kept: at most some five hundred bytes each.
const ROOM: usize = 10_000;

/// The answers of one CSP, by place. It reads no clock.
#[derive(Debug)]
pub(super) struct Cache {
    age: Duration,
    room: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_place: HashMap<String, (u64, Timestamp, CspAnswer)>,
    /// The places in the order their answers came.
    in_order: BTreeMap<u64, String>,
    count: u64,
}

impl Cache {
    /// Answers are used for that long.
    pub(super) fn new(age: Duration) -> Self {
        Self { age, room: ROOM, kept: Mutex::default() }
    }

    /// What was said of that place, and how many seconds ago.
    pub(super) fn find(&self, place: &str, now: Now) -> Option<(CspAnswer, u64)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, at, answer) = kept.by_place.get(place)?;
        // A clock that was put back makes it too old: nobody knows how old it is.
        let age = Duration::try_from(now.0.duration_since(*at)).ok()?;
        (age < self.age).then(|| (answer.clone(), age.as_secs()))
    }

    /// Keeps nothing of what was said so far.
    pub(super) fn forget(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }

    /// Keeps what was said; the oldest makes room.
    pub(super) fn keep(&self, place: String, answer: CspAnswer, now: Now) {
        if self.age.is_zero() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count += 1;
        let count = kept.count;
        if let Some((before, _, _)) = kept.by_place.insert(place.clone(), (count, now.0, answer)) {
            kept.in_order.remove(&before);
        }
        kept.in_order.insert(count, place);
        while kept.in_order.len() > self.room {
            if let Some((_, oldest)) = kept.in_order.pop_first() {
                kept.by_place.remove(&oldest);
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
    fn an_answer_ages_and_is_used_no_longer() {
        let cache = Cache::new(Duration::from_secs(60));
        cache.keep("a".to_owned(), CspAnswer::Elsewhere, at(0));
        assert_eq!(cache.find("a", at(0)), Some((CspAnswer::Elsewhere, 0)));
        assert_eq!(cache.find("a", at(59)), Some((CspAnswer::Elsewhere, 59)));
        assert_eq!(cache.find("a", at(60)), None);
        assert_eq!(cache.find("a", at(-1)), None, "from the future");
        assert_eq!(cache.find("b", at(0)), None);
        let none = Cache::new(Duration::ZERO);
        none.keep("a".to_owned(), CspAnswer::Elsewhere, at(0));
        assert_eq!(none.find("a", at(0)), None);
    }

    #[test]
    fn the_oldest_makes_room_and_what_is_said_again_is_new() {
        let cache = Cache { room: 2, ..Cache::new(Duration::from_secs(60)) };
        for place in ["a", "b", "a", "c"] {
            cache.keep(place.to_owned(), CspAnswer::Elsewhere, at(0));
        }
        let there = ["a", "b", "c"].map(|place| cache.find(place, at(0)).is_some());
        assert_eq!(there, [true, false, true]);
        let kept = cache.kept.lock().unwrap();
        assert_eq!((kept.by_place.len(), kept.in_order.len()), (2, 2));
    }
}
