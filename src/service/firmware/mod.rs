//! Firmware: the register of images, and the delivery schedules of large ones (SERVICE.md 3.2).

mod agree;
mod ask;
mod check;
mod days;
mod fault;
mod list;
mod notices;
mod register;
mod scope;

pub use agree::{AgreeSchedule, ClashChoice};
pub use check::{FirmwareCheck, check_firmware, plan_firmware};
pub use days::{AgreedBatch, FirmwareDayUse, FirmwareDays, UserDayUse, firmware_days};
pub use fault::ScheduleFault;
pub use list::{ListedSchedule, ShownSchedule, list_schedules, show_schedule};
pub(super) use notices::contact_required as tell_contact_required;
pub use register::ImageRegister;
pub use scope::{ImageTargets, ScopedSupplier, firmware_scope, image_targets};
