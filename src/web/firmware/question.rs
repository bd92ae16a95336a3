//! Answers before an ask: whether it is needed, how images fill days, which Devices and Suppliers they are for.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Eui64, FirmwareHash},
    rules::firmware::{ContactCheck, PlannedDay},
    service::{ImageTargets, ScopedSupplier},
    web::history_act::RuleCheck,
};

/// Whether a delivery needs a schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownContactCheck {
    /// Whether the image is large.
    pub large: bool,
    /// The User's count of the day with it.
    pub count: u32,
    /// The User's limit of the day; null before MP230 is in force.
    pub limit: Option<u32>,
    /// Whether the Service Desk is to be contacted first.
    pub contact: bool,
    /// How the Target Response Time stands.
    pub response_time: String,
    /// The rules, with what they saw.
    pub checks: Vec<RuleCheck>,
}

impl From<ContactCheck> for ShownContactCheck {
    fn from(check: ContactCheck) -> Self {
        let ContactCheck { is_large, count, limit, contact, response_time, checks } = check;
        let checks = checks.iter().map(RuleCheck::from).collect();
        Self { large: is_large, count, limit, contact, response_time: response_time.to_string(), checks }
    }
}

/// A plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownFirmwarePlan {
    /// How many days it has.
    pub days: usize,
    /// The last of them; null where there is none.
    pub last_day: Option<String>,
    /// Its batches, by day.
    pub batches: Vec<PlannedBatch>,
}

/// A batch of a plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedBatch {
    /// The London day.
    pub day: String,
    /// The number of images.
    pub images: u32,
}

impl From<Vec<PlannedDay>> for ShownFirmwarePlan {
    fn from(days: Vec<PlannedDay>) -> Self {
        let batch = |PlannedDay { day, images }: PlannedDay| PlannedBatch { day: day.to_string(), images };
        Self {
            days: days.len(),
            last_day: days.last().map(|last| last.day.to_string()),
            batches: days.into_iter().map(batch).collect(),
        }
    }
}

/// The Suppliers in scope of MP230.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownFirmwareScope {
    /// The Suppliers, by ID.
    pub suppliers: Vec<ShownFirmwareSupplier>,
}

/// A Supplier in scope.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownFirmwareSupplier {
    /// The User.
    pub user_id: String,
    /// Its Party.
    pub party_name: String,
    /// Its Devices.
    pub devices: u64,
}

impl From<Vec<ScopedSupplier>> for ShownFirmwareScope {
    fn from(suppliers: Vec<ScopedSupplier>) -> Self {
        let supplier = |ScopedSupplier { user, party_name, devices }: ScopedSupplier| ShownFirmwareSupplier {
            user_id: user.to_string(),
            party_name,
            devices,
        };
        Self { suppliers: suppliers.into_iter().map(supplier).collect() }
    }
}

/// The Devices that an image is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownImageTargets {
    /// The User.
    pub user_id: String,
    /// The image.
    pub firmware_hash: String,
    /// Its firmware version.
    pub firmware_version: String,
    /// The Devices, by ID.
    pub devices: Vec<ShownTarget>,
}

/// A Device that an image is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownTarget {
    /// The Device.
    pub device_id: String,
    /// Its firmware version.
    pub firmware_version: Option<String>,
    /// `to_do`, `awaited`, or `on_it`.
    pub state: String,
}

impl ShownImageTargets {
    /// The Devices of a User.
    pub fn new(user: Eui64, hash: FirmwareHash, targets: ImageTargets) -> Self {
        let ImageTargets { version, devices } = targets;
        let devices = devices.into_iter().map(|target| {
            let is_on_it = target.version.as_ref() == Some(&version);
            let state = match (target.is_awaited, is_on_it) {
                (true, _) => "awaited",
                (false, true) => "on_it",
                (false, false) => "to_do",
            };
            ShownTarget {
                device_id: target.device.to_string(),
                firmware_version: target.version.map(|version| version.to_string()),
                state: state.to_owned(),
            }
        });
        Self {
            devices: devices.collect(),
            user_id: user.to_string(),
            firmware_hash: hash.to_string(),
            firmware_version: version.to_string(),
        }
    }
}
