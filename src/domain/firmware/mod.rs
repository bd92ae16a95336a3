//! Firmware of Devices: images, the parts of one, their activation by SR 11.3, and who may be sent one by SR 11.1.

mod activation;
mod image;
mod notice;
mod parts;
mod recipients;
mod request;
mod schedule;
mod standing;

pub use activation::{ActivationOutcome, AwaitedActivation, FirmwareChange};
pub use image::{FirmwareHash, FirmwareImage, ImageModel, ImageSize, ImageSource, RegisteredImage};
pub use notice::FirmwareNotice;
pub use parts::{PartSet, SetPart};
pub use recipients::{FirmwareWarning, ImageRecipient, ImageRecipientFacts, ImageRecipients};
pub use request::{ActivateFirmware, ActivateFirmwareFacts, UpdateFirmware, UpdateFirmwareFacts};
pub use schedule::{
    AskedBatch, BatchNumber, BatchProgress, BatchState, ClashSettlement, DayCapacity, DeliveryBatch,
    DeliverySchedule, ResponseResult, ScheduleAsk, ScheduleNumber, ScheduleState,
};
pub use standing::{ActivationStanding, CountedActivation, DayBatch, FirmwareDay};
