//! Wrong ESME Variants: which ESMEs are suspects, by which evidence, and what it suggests (VARIANTS.md 1).

mod judge;
mod judgement;
mod reference;

#[cfg(test)]
mod tests;

pub use judge::{firmware_warning, judge};
pub use judgement::{Finding, Judgement};
pub use reference::{ReferenceLines, VariantReference};

/// What the operator chose for the search for wrong variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VariantSettings {
    /// A Device Model with fewer ESMEs than this has no outliers.
    pub min_peers: u64,
    /// A variant that fewer than so many of a hundred hold is an outlier.
    pub outlier_percent: u8,
    /// Whether an HCALCS beside a variant without D is a hint: what the letters mean is our reading.
    pub hcalcs: bool,
    /// Whether SR 11.1 notes the strong suspects among its Devices.
    pub warn_firmware: bool,
}

impl Default for VariantSettings {
    fn default() -> Self {
        Self { min_peers: 100, outlier_percent: 2, hcalcs: false, warn_firmware: false }
    }
}
