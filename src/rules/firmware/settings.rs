//! The operator's settings of large firmware images.

use crate::domain::{Date, set::closed_set};

closed_set!(
    /// Which days a Target Response Time is counted in (FW/o; MP230-C31).
    ResponseDayType, "a response_day_type", {
        Calendar => "calendar",
        Working => "working",
    }
);

/// The operator's settings of large firmware images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirmwareSettings {
    /// An image of more bytes is large (MP230-R2).
    pub large_above_bytes: u32,
    /// A User with more large images on a London day agrees a schedule first (MP230-R2, R21).
    pub contact_above_images: u32,
    /// How many large images are processed on a London day for all Users together (MP230-R11).
    pub capacity_per_day: u32,
    /// The days of the Target Response Time; with 0 there is no clock (MP230-R6, R20).
    pub response_days: u16,
    /// Which days these are.
    pub response_day_type: ResponseDayType,
    /// The first London day on which MP230 is in force (GOV-R1).
    pub mp230_from: Date,
}

impl Default for FirmwareSettings {
    /// The figures of the modification report: 750 kB with 1 kB = 1,000 bytes (O25), 500 images, 12,000 a day, five calendar days.
    fn default() -> Self {
        Self {
            large_above_bytes: 750_000,
            contact_above_images: 500,
            capacity_per_day: 12_000,
            response_days: 5,
            response_day_type: ResponseDayType::Calendar,
            mp230_from: Date::constant(2024, 11, 7),
        }
    }
}
