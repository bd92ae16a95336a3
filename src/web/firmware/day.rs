//! London days.

use serde::{Deserialize, Serialize};

use crate::service::{AgreedBatch, FirmwareDayUse, FirmwareDays, UserDayUse};

/// Some London days.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownFirmwareDays {
    /// The days, in order.
    pub days: Vec<ShownFirmwareDay>,
}

/// A London day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownFirmwareDay {
    /// The day.
    pub day: String,
    /// Its capacity.
    pub capacity: u32,
    /// Why it is not the default.
    pub reason: Option<String>,
    /// The images agreed for it.
    pub agreed: u64,
    /// How many more it takes.
    pub room: u64,
    /// How many too many are agreed.
    pub over: u64,
    /// The images sent in agreed batches.
    pub batch: u64,
    /// Those that need none.
    pub free: u64,
    /// Those over a limit without agreement.
    pub unscheduled: u64,
    /// Each User's part, by ID.
    pub users: Vec<ShownFirmwareUser>,
}

/// A User's part of a London day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownFirmwareUser {
    /// The User.
    pub user_id: String,
    /// The images agreed for it.
    pub agreed: u32,
    /// The images it sent in agreed batches.
    pub batch: u32,
    /// Those that need none.
    pub free: u32,
    /// Those over its limit without agreement.
    pub unscheduled: u32,
    /// Its limit; null before MP230 is in force.
    pub limit: Option<u32>,
    /// Its agreed batches, by number.
    pub batches: Vec<ShownAgreedBatch>,
}

/// A batch that is agreed for a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownAgreedBatch {
    /// Its number.
    pub id: i64,
    /// Its schedule.
    pub schedule: i64,
    /// Its images.
    pub images: u32,
    /// Those of them that were sent.
    pub sent: u32,
}

impl From<AgreedBatch> for ShownAgreedBatch {
    fn from(AgreedBatch { number, schedule, images, sent }: AgreedBatch) -> Self {
        Self { id: number.0, schedule: schedule.0, images, sent }
    }
}

impl From<UserDayUse> for ShownFirmwareUser {
    fn from(UserDayUse { user, agreed, batch, free, unscheduled, limit, batches }: UserDayUse) -> Self {
        let batches = batches.into_iter().map(ShownAgreedBatch::from).collect();
        Self { user_id: user.to_string(), agreed, batch, free, unscheduled, limit, batches }
    }
}

impl From<FirmwareDayUse> for ShownFirmwareDay {
    fn from(day: FirmwareDayUse) -> Self {
        Self {
            day: day.day.to_string(),
            capacity: day.capacity,
            reason: day.reason.as_ref().map(ToString::to_string),
            agreed: day.agreed,
            room: day.room,
            over: day.over,
            batch: day.sum(|user| user.batch),
            free: day.sum(|user| user.free),
            unscheduled: day.sum(|user| user.unscheduled),
            users: day.users.into_iter().map(ShownFirmwareUser::from).collect(),
        }
    }
}

impl From<FirmwareDays> for ShownFirmwareDays {
    fn from(FirmwareDays { days }: FirmwareDays) -> Self {
        Self { days: days.into_iter().map(ShownFirmwareDay::from).collect() }
    }
}
