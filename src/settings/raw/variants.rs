//! The search for wrong variants, as the settings file has it.

use std::num::NonZero;

use serde::Deserialize;

use super::section::section;

section!(
    /// `[variants]`
    RawVariants {
        min_peers: NonZero<u32>,
        outlier_percent: u8,
        hcalcs: bool,
        warn_firmware: bool,
    }
);
