//! SR 11.1 and SR 11.3, and the facts that their decisions see.

use std::sync::Arc;

use super::{
    AwaitedActivation, FirmwareDay, FirmwareHash, FirmwareImage, ImageRecipients, PartSet, RegisteredImage,
};
use crate::domain::{CplFacts, DateTimeText, DeviceFacts, Eui64, FirmwareVersion};

/// SR 11.1: an image is to be sent to Devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateFirmware {
    /// The image.
    pub image: FirmwareImage,
    /// The firmware version of a Device that has activated it.
    pub version: FirmwareVersion,
    /// The Devices, in the order of the request: 1 to 50,000. One may stand there several times.
    pub devices: Vec<Eui64>,
}

/// SR 11.3: the Device that the RequestID's target names is to activate an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivateFirmware {
    /// The time at which to do it, for a future-dated request.
    pub execution: Option<DateTimeText>,
    /// The image.
    pub hash: FirmwareHash,
}

/// The facts of SR 11.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateFirmwareFacts {
    /// The image on the register, if it is there.
    pub registered: Option<RegisteredImage>,
    /// For a registered part of an image: the set that it belongs to.
    pub set: Option<PartSet>,
    /// The Devices that it names, sorted. Absent where they were not looked at, as its sender could not send it when it came.
    pub recipients: Option<Arc<ImageRecipients>>,
}

/// The facts of SR 11.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivateFirmwareFacts {
    /// The Device that the RequestID's target names, if it is in the SMI.
    pub device: Option<DeviceFacts>,
    /// The image on the register, if it is there; a part has the size of its whole.
    pub image: Option<RegisteredImage>,
    /// The Device's manufacturer, model and type with the image's firmware version, on the Central Products List.
    pub model: CplFacts,
    /// The activation whose outcome is awaited of the Device, if there is one.
    pub awaited: Option<AwaitedActivation>,
    /// The User's London day: what was counted of it, and the batches agreed for it.
    pub day: FirmwareDay,
}
