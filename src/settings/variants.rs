//! `[variants]`: what makes the variant of an ESME suspect.

use std::fmt;

use super::{fault::SettingsFault, raw::RawVariants};
use crate::rules::variants::VariantSettings;

/// Fills in the defaults, and checks the rest.
pub(super) fn read(raw: RawVariants) -> Result<VariantSettings, SettingsFault> {
    let RawVariants { min_peers, outlier_percent, hcalcs, warn_firmware } = raw;
    let default = VariantSettings::default();
    // With 10 and more, a variant that 10% hold could stand beside one that 90% hold.
    if let Some(percent) = outlier_percent.filter(|percent| !(1..=10).contains(percent)) {
        let reason = format!("variants.outlier_percent: `{percent}` is not from 1 to 10");
        return Err(SettingsFault::Unusable(reason));
    }
    Ok(VariantSettings {
        min_peers: min_peers.map_or(default.min_peers, |number| number.get().into()),
        outlier_percent: outlier_percent.unwrap_or(default.outlier_percent),
        hcalcs: hcalcs.unwrap_or(default.hcalcs),
        warn_firmware: warn_firmware.unwrap_or(default.warn_firmware),
    })
}

/// Writes it in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, variants: VariantSettings) -> fmt::Result {
    let VariantSettings { min_peers, outlier_percent, hcalcs, warn_firmware } = variants;
    writeln!(f, "\n[variants]\nmin_peers = {min_peers}\noutlier_percent = {outlier_percent}")?;
    writeln!(f, "hcalcs = {hcalcs}\nwarn_firmware = {warn_firmware}")
}
