//! `[privacy]`: which Other Users are assessed, and who pays.

use std::fmt;

use super::raw::RawPrivacy;
use crate::rules::privacy::PrivacySettings;

/// Fills in the defaults. A threshold of 0 is none.
pub(super) fn read(raw: RawPrivacy) -> PrivacySettings {
    let RawPrivacy { threshold, proposed_from, random_sample_name } = raw;
    let default = PrivacySettings::default();
    PrivacySettings {
        threshold: threshold.map(u64::from).filter(|threshold| *threshold > 0),
        proposed_from,
        random_sample_name: random_sample_name.map_or(default.random_sample_name, |name| name.to_string()),
    }
}

/// Writes it in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, privacy: &PrivacySettings) -> fmt::Result {
    let PrivacySettings { threshold, proposed_from, random_sample_name } = privacy;
    writeln!(f, "\n[privacy]\nthreshold = {}", threshold.unwrap_or_default())?;
    if let Some(from) = proposed_from {
        writeln!(f, "proposed_from = \"{from}\"")?;
    }
    writeln!(f, "random_sample_name = {}", toml::Value::from(random_sample_name.as_str()))
}
