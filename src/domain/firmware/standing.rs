//! The count of large activations: per User and London day, and each one's standing (MP230-R2, T1).

use super::{BatchNumber, FirmwareHash};
use crate::domain::{Date, Eui64, set::closed_set};

closed_set!(
    /// The standing of a large activation (SERVICE.md 2).
    ActivationStanding, "a standing of an activation", {
        // It belongs to an agreed batch, whose clock is its own.
        Batch => "batch",
        // It needs no batch, and has a clock of its own.
        Free => "free",
        // Over the limit of its day without agreement: no clock.
        Unscheduled => "unscheduled",
    }
);

impl ActivationStanding {
    /// The standing as it follows from a batch and from the User's day: nothing else is kept of it (FW/e).
    pub const fn of(is_in_batch: bool, is_day_exceeded: bool) -> Self {
        match (is_in_batch, is_day_exceeded) {
            (true, _) => Self::Batch,
            (false, true) => Self::Unscheduled,
            (false, false) => Self::Free,
        }
    }
}

/// A User's London day: the large activations of it so far, and the batches agreed for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirmwareDay {
    /// How many large activations were accepted.
    pub images: u32,
    /// Whether they were more than the limit once.
    pub is_exceeded: bool,
    /// The agreed batches of the day, by number.
    pub batches: Vec<DayBatch>,
}

impl FirmwareDay {
    /// How many images are agreed for the day.
    pub fn agreed(&self) -> u32 {
        self.batches.iter().fold(0, |sum, batch| sum.saturating_add(batch.images))
    }

    /// How many images are agreed for the day, or were sent beside that.
    pub fn planned(&self) -> u32 {
        let in_batches = self.batches.iter().fold(0, |sum: u32, batch| sum.saturating_add(batch.sent));
        self.agreed().saturating_add(self.images.saturating_sub(in_batches))
    }

    /// Counts an activation.
    pub fn add(&mut self, counted: &CountedActivation) {
        self.images = self.images.saturating_add(1);
        self.is_exceeded |= counted.is_exceeded;
        for batch in &mut self.batches {
            if Some(batch.number) == counted.batch {
                batch.sent = batch.sent.saturating_add(1);
            }
        }
    }
}

/// An agreed batch of a User's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayBatch {
    /// The batch.
    pub number: BatchNumber,
    /// The image.
    pub hash: FirmwareHash,
    /// How many images are agreed.
    pub images: u32,
    /// How many of them were sent.
    pub sent: u32,
}

impl DayBatch {
    /// Whether an activation more belongs to it.
    pub const fn has_room(&self) -> bool {
        self.sent < self.images
    }
}

/// A large activation as it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedActivation {
    /// The User.
    pub user: Eui64,
    /// The London day of receipt.
    pub day: Date,
    /// The User's count of the day with it.
    pub count: u32,
    /// The User's limit of the day; none before MP230 is in force.
    pub limit: Option<u32>,
    /// The batch that it takes a place in.
    pub batch: Option<BatchNumber>,
    /// Whether the day is exceeded, with it.
    pub is_exceeded: bool,
    /// Whether it is the one that exceeds the day: the User is told then, once.
    pub is_first_over: bool,
}

impl CountedActivation {
    /// Its standing when it was received.
    pub const fn standing(&self) -> ActivationStanding {
        ActivationStanding::of(self.batch.is_some(), self.is_exceeded)
    }
}
