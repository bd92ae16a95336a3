//! The Devices that an SR 11.1 names, sorted: who can take the image, and who is on which list of the warning.

use super::ImageModel;
use crate::domain::{CplFacts, Device, Eui64, set::closed_set};

/// At most so many suspects are noted one by one: a message may name 50,000 Devices, and each note is stored.
const MOST_SUSPECTS: usize = 100;

closed_set!(
    /// What becomes of a Device that an SR 11.1 names: it is accepted, or it is on one list of the warning.
    ImageRecipient, "what becomes of a Device", {
        Accepted => "accepted",
        Invalid => "InvalidDeviceIDList",
        NotCommissioned => "NotCommissionedDeviceIDList",
        NotApplicable => "NotApplicableFirmwareDeviceIDList",
    }
);

/// A Device of the SMI that an SR 11.1 names, and what decides on which list it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRecipientFacts {
    /// The Device.
    pub device: Device,
    /// Whether the sender is its Responsible Supplier now.
    pub is_responsible: bool,
    /// Its manufacturer, model and type with the FirmwareVersion of the request, on the Central Products List.
    pub model: CplFacts,
}

/// The lists of a `DSPUpdateFirmwareWarning` (schema), each in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirmwareWarning {
    /// InvalidDeviceIDList.
    pub invalid: Vec<Eui64>,
    /// NotCommissionedDeviceIDList.
    pub not_commissioned: Vec<Eui64>,
    /// NotApplicableFirmwareDeviceIDList.
    pub not_applicable: Vec<Eui64>,
}

impl FirmwareWarning {
    /// Whether no Device is on a list.
    pub const fn is_empty(&self) -> bool {
        let Self { invalid, not_commissioned, not_applicable } = self;
        invalid.is_empty() && not_commissioned.is_empty() && not_applicable.is_empty()
    }
}

/// The Devices of an SR 11.1, each counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageRecipients {
    accepted: usize,
    model: SharedModel,
    warning: FirmwareWarning,
    suspects: Vec<String>,
    more_suspects: usize,
}

/// The Device Model of the accepted Devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum SharedModel {
    #[default]
    None,
    One(ImageModel),
    Several,
}

impl ImageRecipients {
    /// Adds a Device that can take the image.
    pub fn accept(&mut self, device: &Device) {
        self.accepted += 1;
        let (details, device_type) = (&device.details, device.device_type);
        let is_same = |model: &ImageModel| {
            let ImageModel { manufacturer, model, device_type: other } = model;
            *manufacturer == details.manufacturer && *model == details.model && *other == device_type
        };
        match &self.model {
            SharedModel::None => {
                let (manufacturer, model) = (details.manufacturer.clone(), details.model.clone());
                self.model = SharedModel::One(ImageModel { manufacturer, model, device_type });
            }
            SharedModel::One(model) if is_same(model) => {}
            SharedModel::One(_) | SharedModel::Several => self.model = SharedModel::Several,
        }
    }

    /// Adds a Device that is on a list of the warning; does nothing for an accepted one.
    pub fn warn(&mut self, device: Eui64, recipient: ImageRecipient) {
        let FirmwareWarning { invalid, not_commissioned, not_applicable } = &mut self.warning;
        match recipient {
            ImageRecipient::Accepted => {}
            ImageRecipient::Invalid => invalid.push(device),
            ImageRecipient::NotCommissioned => not_commissioned.push(device),
            ImageRecipient::NotApplicable => not_applicable.push(device),
        }
    }

    /// Notes that the variant of a Device that can is suspect (MP125-R11), with what was seen.
    pub fn suspect(&mut self, saw: String) {
        if self.suspects.len() < MOST_SUSPECTS {
            self.suspects.push(saw);
        } else {
            self.more_suspects += 1;
        }
    }

    /// Those that are noted, and how many more there are.
    pub fn suspects(&self) -> (&[String], usize) {
        (&self.suspects, self.more_suspects)
    }

    /// How many can take the image.
    pub const fn accepted(&self) -> usize {
        self.accepted
    }

    /// The Device Model of those that can, where they share one.
    pub const fn model(&self) -> Option<&ImageModel> {
        match &self.model {
            SharedModel::One(model) => Some(model),
            SharedModel::None | SharedModel::Several => None,
        }
    }

    /// The others, list by list.
    pub const fn warning(&self) -> &FirmwareWarning {
        &self.warning
    }
}
