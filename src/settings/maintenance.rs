//! `[maintenance]`: how planned maintenance is judged, whose windows concern this instance, and what it does about them.

use std::fmt;

use super::raw::RawMaintenance;
use crate::{rules::maintenance::MaintenanceSettings, service::FeltMaintenance};

/// Whose windows are felt, and how, with the defaults filled in.
pub(super) fn felt(raw: &RawMaintenance) -> FeltMaintenance {
    let default = FeltMaintenance::default();
    FeltMaintenance {
        answer: raw.answer.unwrap_or(default.answer),
        environment: raw.environment.unwrap_or(default.environment),
    }
}

/// How it is judged, with the defaults filled in.
pub(super) fn read(raw: RawMaintenance) -> MaintenanceSettings {
    let RawMaintenance { answer: _, environment: _, limits, trial_from, mp092_from, migration_variant } = raw;
    let default = MaintenanceSettings::default();
    MaintenanceSettings {
        limits: limits.unwrap_or(default.limits),
        trial_from: trial_from.unwrap_or(default.trial_from),
        mp092_from: mp092_from.unwrap_or(default.mp092_from),
        migration_variant: migration_variant.unwrap_or(default.migration_variant),
    }
}

/// Writes it in the form of the settings file.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    felt: FeltMaintenance,
    maintenance: &MaintenanceSettings,
) -> fmt::Result {
    let FeltMaintenance { answer, environment } = felt;
    let MaintenanceSettings { limits, trial_from, mp092_from, migration_variant } = maintenance;
    writeln!(
        f,
        "\n[maintenance]\nanswer = \"{answer}\"\nenvironment = \"{environment}\"\nlimits = \"{limits}\""
    )?;
    writeln!(f, "trial_from = \"{trial_from}\"\nmp092_from = \"{mp092_from}\"")?;
    writeln!(f, "migration_variant = {migration_variant}")
}
