//! Delivery schedules: which User sends how many large images on which London day (SERVICE.md 3.2; MP230-R3 to R7).

use std::{fmt, str::FromStr};

use super::{FirmwareHash, ImageSize};
use crate::domain::{ActReason, Date, Eui64, Malformed, Timestamp, set::closed_set};

/// Declares a number that the store gives.
macro_rules! number_type {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse().ok().filter(|number| is_plain && *number > 0);
                number.map(Self).ok_or_else(|| Malformed::new(text, $what))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_type!(
    /// The number of a delivery schedule.
    ScheduleNumber, "the number of a schedule: 1 or more, in digits"
);
number_type!(
    /// The number of a batch of a schedule.
    BatchNumber, "the number of a batch: 1 or more, in digits"
);

closed_set!(
    /// The state of a delivery schedule.
    ScheduleState, "a state of a schedule", {
        Open => "asked",
        Agreed => "agreed",
        Withdrawn => "withdrawn",
    }
);

closed_set!(
    /// The state of a batch, as it is kept: the rest is derived.
    BatchState, "a kept state of a batch", {
        Planned => "planned",
        Withdrawn => "withdrawn",
    }
);

closed_set!(
    /// The state of a batch as it is shown (FW/m).
    BatchProgress, "a state of a batch", {
        // Of a schedule that is not agreed.
        Open => "asked",
        Planned => "planned",
        // Its first activation came.
        Sending => "sending",
        // All its activations have an outcome, and it is full or its day is over.
        Done => "done",
        // Its day ended with nothing sent: it is to be asked for again.
        Lapsed => "lapsed",
        Withdrawn => "withdrawn",
    }
);

closed_set!(
    /// Whether a Target Response Time was met (FW/n).
    ResponseResult, "a result of a response time", {
        Met => "met",
        Missed => "missed",
        Running => "running",
        // There is no clock.
        NoClock => "none",
    }
);

closed_set!(
    /// How the Service Desk settles a clash (FW/k).
    ClashSettlement, "a way to settle a clash", {
        Move => "move",
        Displace => "displace",
    }
);

/// A batch as a User asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedBatch {
    /// The London day.
    pub day: Date,
    /// The number of images.
    pub images: u32,
    /// The London day of its SR 11.1, if that is known.
    pub update_firmware_on: Option<Date>,
}

/// A batch of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryBatch {
    /// Its number.
    pub number: BatchNumber,
    /// The schedule.
    pub schedule: ScheduleNumber,
    /// The London day that was asked for.
    pub asked_day: Date,
    /// The London day that it has.
    pub day: Date,
    /// The number of images.
    pub images: u32,
    /// The London day of its SR 11.1, if that is known.
    pub update_firmware_on: Option<Date>,
    /// Why it has its day; none before it is agreed.
    pub placed_because: Option<String>,
    /// Its state.
    pub state: BatchState,
    /// How many activations took a place in it.
    pub sent: u32,
    /// When the first one came: its clock starts then.
    pub sent_at: Option<Timestamp>,
    /// How many Devices activated the image.
    pub done: u32,
    /// How many reported that they did not.
    pub failed: u32,
    /// When the newest outcome came.
    pub outcome_at: Option<Timestamp>,
}

impl DeliveryBatch {
    /// Whether every activation so far has an outcome.
    pub const fn has_all_outcomes(&self) -> bool {
        self.done.saturating_add(self.failed) >= self.sent
    }
}

/// A schedule as a User asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleAsk {
    /// The User.
    pub user: Eui64,
    /// The image.
    pub hash: FirmwareHash,
    /// Its size, where the User says it.
    pub size: Option<ImageSize>,
    /// The number of images.
    pub images: Option<u32>,
    /// The batches that the Supplier split it into.
    pub batches: Vec<AskedBatch>,
    /// Whether the image is a security update (MP230-R13).
    pub security: bool,
    /// Why.
    pub reason: Option<ActReason>,
}

/// A delivery schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverySchedule {
    /// Its number.
    pub number: ScheduleNumber,
    /// The User.
    pub user: Eui64,
    /// The image.
    pub hash: FirmwareHash,
    /// Its size.
    pub size: ImageSize,
    /// The number of images.
    pub images: u32,
    /// Whether the image is a security update: shown, and no right by itself (FW/l).
    pub security: bool,
    /// Why it was asked for.
    pub reason: Option<ActReason>,
    /// Its state.
    pub state: ScheduleState,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

/// The capacity of a London day where it is not the default (`capacity.csv`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCapacity {
    /// The London day.
    pub day: Date,
    /// How many large images are processed.
    pub images: u32,
    /// Why.
    pub reason: Option<ActReason>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_plain_digits_from_1_on() {
        assert_eq!("17".parse(), Ok(ScheduleNumber(17)));
        for wrong in ["", "0", "-1", "+1", "1.0", "x", "9223372036854775808"] {
            assert!(wrong.parse::<BatchNumber>().is_err(), "{wrong}");
        }
    }
}
