//! A place in the feed of changes, and what tells that a place is of no use any more.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher as _, Hasher as _},
    str::FromStr,
};

use super::{
    counter::{self, Counter},
    device_history::{HistoryPlace, NoHistoryPlace},
};
use crate::db::{Connection, StoreFault};

/// A place in the feed of changes. Written `12.40`; of a store that was restored from a backup `12.40.9f3a01bc`: each restore gives
/// numbers of rows anew, and makes its own mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPlace {
    pub(super) place: HistoryPlace,
    /// The mark of the last restore; none where the store never was restored.
    pub(super) restored: Option<u32>,
}

impl fmt::Display for FeedPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, restored } = self;
        match restored {
            None => place.fmt(f),
            Some(mark) => write!(f, "{place}.{mark:08x}"),
        }
    }
}

impl FromStr for FeedPlace {
    type Err = NoHistoryPlace;

    fn from_str(text: &str) -> Result<Self, NoHistoryPlace> {
        let Some((place, mark)) = text.rsplit_once('.').filter(|(place, _)| place.contains('.')) else {
            return Ok(Self { place: text.parse()?, restored: None });
        };
        let is_mark = mark.len() == 8 && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mark = u32::from_str_radix(mark, 16).ok().filter(|_| is_mark).ok_or(NoHistoryPlace)?;
        Ok(Self { place: place.parse()?, restored: Some(mark) })
    }
}

/// Why the feed cannot go on from a place: changes behind it would be missed in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LostPlace {
    /// Decisions behind it were purged, with changes that they carried.
    #[error("changes behind this place were purged")]
    Purged,
    /// It is of the store before it was restored, or of another store.
    #[error("the feed has no such place: the store was restored since, or it is another one")]
    OfAnotherStore,
}

/// What a place is held against.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FeedMarks {
    restored: Option<u32>,
    /// The last decision that was purged.
    purged: i64,
    /// The last of those that carried changes.
    purged_change: i64,
}

impl FeedMarks {
    pub(super) fn load(connection: &mut Connection) -> Result<Self, StoreFault> {
        let restored = counter::read(connection, Counter::RestoreMark)?;
        Ok(Self {
            restored: restored.and_then(|mark| u32::try_from(mark).ok()),
            purged: counter::read(connection, Counter::PurgedDecision)?.unwrap_or_default(),
            purged_change: counter::read(connection, Counter::PurgedChange)?.unwrap_or_default(),
        })
    }

    /// Where the feed begins: behind the changes that were purged. What a chain still keeps of their age is about to go, too.
    pub(super) const fn begin(self) -> HistoryPlace {
        HistoryPlace { row: 0, decision: self.purged_change }
    }

    /// Checks a place against the end of the feed.
    pub(super) fn check(self, place: FeedPlace, end: HistoryPlace) -> Result<HistoryPlace, LostPlace> {
        let FeedPlace { place, restored } = place;
        // The newest decisions may be those that were purged.
        let is_behind_end = place.row > end.row || place.decision > end.decision.max(self.purged);
        if restored != self.restored || is_behind_end {
            return Err(LostPlace::OfAnotherStore);
        }
        if place.decision < self.purged_change { Err(LostPlace::Purged) } else { Ok(place) }
    }

    /// The place as it is told.
    pub(super) const fn told(self, place: HistoryPlace) -> FeedPlace {
        FeedPlace { place, restored: self.restored }
    }
}

/// Marks the store as restored: places from before are known as such, even where the numbers have passed them again.
pub(in crate::store) fn mark_restored(connection: &mut Connection) -> Result<(), StoreFault> {
    // Random, as two restores may be of one instant.
    let mark = RandomState::new().build_hasher().finish() >> u32::BITS;
    counter::set(connection, Counter::RestoreMark, i64::try_from(mark).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> FeedPlace {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for text in ["0.0", "20.1", "20.1.0000000a", "20.1.9f3a01bc"] {
            assert_eq!(place(text).to_string(), text);
        }
        for text in
            ["", "20", "20.", ".1", "-1.2", "20.1.", "20.1.a", "20.1.+000000a", "20.1.2.3", "20.1.2.0000000a"]
        {
            assert_eq!(text.parse::<FeedPlace>(), Err(NoHistoryPlace), "{text}");
        }
    }

    #[test]
    fn a_place_beyond_the_end_or_of_before_a_restore_or_a_purge_is_lost() {
        let end = HistoryPlace { row: 20, decision: 5 };
        let marks = FeedMarks { restored: Some(7), purged: 9, purged_change: 3 };
        let check = |text: &str| marks.check(place(text), end);
        let at = |decision| Ok(HistoryPlace { row: 20, decision });
        assert_eq!([check("20.3.00000007"), check("20.9.00000007")], [at(3), at(9)]);
        assert_eq!(check("20.2.00000007"), Err(LostPlace::Purged));
        for other in ["20.3", "20.3.00000008", "21.3.00000007", "20.10.00000007"] {
            assert_eq!(check(other), Err(LostPlace::OfAnotherStore), "{other}");
        }
        assert_eq!(marks.begin(), HistoryPlace { row: 0, decision: 3 });
        assert_eq!(marks.told(end).to_string(), "20.5.00000007");
    }
}
