//! Delivery schedules of large firmware images as programs read them (SERVICE.md 5.2). Pages show the same.

mod day;
mod question;
mod schedule;

pub use self::{
    day::{ShownAgreedBatch, ShownFirmwareDay, ShownFirmwareDays, ShownFirmwareUser},
    question::{
        PlannedBatch, ShownContactCheck, ShownFirmwarePlan, ShownFirmwareScope, ShownFirmwareSupplier,
        ShownImageTargets, ShownTarget,
    },
    schedule::{
        DisplacedDelivery, ListedSchedules, ScheduleRoom, ScheduleSummary, ShownDeliveryBatch,
        ShownDeliverySchedule,
    },
};
