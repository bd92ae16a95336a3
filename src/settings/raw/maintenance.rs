//! `[maintenance]`.

use serde::Deserialize;

use super::{
    read::{date, parsed},
    section::section,
};
use crate::{
    domain::{
        Date,
        maintenance::{AllowanceScope, MaintenanceEnvironment},
    },
    service::MaintenanceAnswer,
};

section!(
    /// `[maintenance]`
    RawMaintenance {
        #[serde(deserialize_with = "parsed")]
        answer: MaintenanceAnswer,
        #[serde(deserialize_with = "parsed")]
        environment: MaintenanceEnvironment,
        #[serde(deserialize_with = "parsed")]
        limits: AllowanceScope,
        #[serde(deserialize_with = "date")]
        trial_from: Date,
        #[serde(deserialize_with = "date")]
        mp092_from: Date,
        migration_variant: bool,
    }
);
