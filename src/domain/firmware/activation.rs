//! Activations: an accepted SR 11.3, until the Device reports its outcome, and the changes of firmware that a decision makes.

use std::fmt;

use super::{CountedActivation, FirmwareHash, ImageSize, RegisteredImage, SetPart};
use crate::domain::{Eui64, FirmwareVersion, RequestId, SchemaVersion, Timestamp, set::closed_set};

closed_set!(
    /// What a Device reports of an activation.
    ActivationOutcome, "an outcome of an activation", {
        Activated => "activated",
        Failed => "failed",
    }
);

/// An accepted SR 11.3 whose outcome is awaited of the Device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitedActivation {
    /// The request.
    pub request_id: RequestId,
    /// The schemaVersion of the request, for the answer.
    pub schema_version: SchemaVersion,
    /// The Device.
    pub device: Eui64,
    /// The image.
    pub hash: FirmwareHash,
    /// The size of the image; of a part, that of its whole.
    pub size: ImageSize,
    /// The firmware version that the Device has afterwards.
    pub version: FirmwareVersion,
    /// When the request was accepted.
    pub received_at: Timestamp,
}

/// A change of the register of images, of part sets or of activations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirmwareChange {
    /// Puts an image on the register, unless it is there.
    Register(Box<RegisteredImage>),
    /// Keeps a part.
    KeepPart(Box<SetPart>),
    /// Ends a set with its last part: it is answered, and the next part begins another set.
    CompleteSet(Box<SetPart>),
    /// Awaits the outcome of an activation. A large one is counted.
    Await(Box<AwaitedActivation>, Option<CountedActivation>),
    /// Settles the activation of a request.
    Settle(RequestId, ActivationOutcome, Timestamp),
}

/// Writes the change as explanations and the demo show it.
impl fmt::Display for FirmwareChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register(image) => write!(f, "image {} joins the register", image.hash),
            Self::KeepPart(part) => write!(f, "part {} of image {} is kept", part.part, part.whole),
            Self::CompleteSet(part) => write!(f, "image {} is complete", part.whole),
            Self::Await(awaited, _) => {
                let AwaitedActivation { device, hash, .. } = &**awaited;
                write!(f, "the activation of image {hash} is awaited of {device}")
            }
            Self::Settle(request, outcome, _) => write!(f, "the activation by {request} is {outcome}"),
        }
    }
}
