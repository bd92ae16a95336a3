//! Capacity: what is agreed for a London day, what is left of it, and a plan that fills it (FW/i, FW/q, FW/s).

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;

use super::MAX_BATCHES;
use crate::domain::Date;

/// A batch is moved at most so many days on (FW/k).
const MAX_DAYS_ON: usize = 366;
/// A plan looks at no more days than these.
const MAX_DAYS_PLANNED: usize = 3_660;

/// The capacity of London days, and the images agreed for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapacityLedger {
    default: u32,
    own: BTreeMap<Date, u32>,
    agreed: BTreeMap<Date, u64>,
}

impl CapacityLedger {
    /// A ledger of that default capacity, of the days that have another, and of what is agreed.
    pub fn new(
        default: u32,
        own: impl IntoIterator<Item = (Date, u32)>,
        agreed: impl IntoIterator<Item = (Date, u64)>,
    ) -> Self {
        let mut ledger = Self { default, own: own.into_iter().collect(), agreed: BTreeMap::new() };
        for (day, images) in agreed {
            *ledger.agreed.entry(day).or_default() += images;
        }
        ledger
    }

    /// The capacity of a day.
    pub fn capacity(&self, day: Date) -> u32 {
        self.own.get(&day).copied().unwrap_or(self.default)
    }

    /// The images agreed for it.
    pub fn agreed(&self, day: Date) -> u64 {
        self.agreed.get(&day).copied().unwrap_or_default()
    }

    /// How many more it takes.
    pub fn room(&self, day: Date) -> u64 {
        u64::from(self.capacity(day)).saturating_sub(self.agreed(day))
    }

    /// How many too many are agreed for it: a day's capacity may have been lowered since (FW/q).
    pub fn over(&self, day: Date) -> u64 {
        self.agreed(day).saturating_sub(self.capacity(day).into())
    }

    pub(super) fn add(&mut self, day: Date, images: u32) {
        *self.agreed.entry(day).or_default() += u64::from(images);
    }

    pub(super) fn remove(&mut self, day: Date, images: u32) {
        let agreed = self.agreed.entry(day).or_default();
        *agreed = agreed.saturating_sub(images.into());
    }

    /// The first day after `day`, and not before `first`, that has room for these images and is not held.
    pub(super) fn next_day(
        &self,
        day: Date,
        first: Date,
        images: u32,
        held: &BTreeSet<Date>,
    ) -> Option<Date> {
        let mut days = day.series(1.day()).skip(1).skip_while(|next| *next < first).take(MAX_DAYS_ON);
        days.find(|next| !held.contains(next) && self.room(*next) >= images.into())
    }
}

/// A day of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedDay {
    /// The London day.
    pub day: Date,
    /// The images of it.
    pub images: u32,
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{left} images are left after {batches} batches up to {last}: a schedule has at most {MAX_BATCHES}")]
pub struct NoPlan {
    /// How many images have no day.
    pub left: u64,
    /// How many days have some.
    pub batches: usize,
    /// The last day that was looked at.
    pub last: Date,
}

/// Fills each London day from the first with what is left of it, in day order (FW/s). It proposes, and takes nothing.
///
/// # Errors
/// When the images need more batches than a schedule has.
pub fn plan(
    images: u64,
    from: Date,
    per_day: Option<u32>,
    ledger: &CapacityLedger,
) -> Result<Vec<PlannedDay>, NoPlan> {
    // A batch has at most the default capacity (FW/g), whatever a day has.
    let most = per_day.unwrap_or(u32::MAX).min(ledger.default);
    let (mut left, mut last, mut planned) = (images, from, Vec::new());
    for day in from.series(1.day()).take(MAX_DAYS_PLANNED) {
        if left == 0 || planned.len() == MAX_BATCHES {
            break;
        }
        last = day;
        let of_day = u64::from(most).min(ledger.room(day)).min(left);
        if let Some(images) = u32::try_from(of_day).ok().filter(|images| *images > 0) {
            planned.push(PlannedDay { day, images });
            left -= of_day;
        }
    }
    if left > 0 { Err(NoPlan { left, batches: planned.len(), last }) } else { Ok(planned) }
}
