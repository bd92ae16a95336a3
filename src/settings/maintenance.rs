//! `[maintenance]`: whose windows concern this instance, and what it does about them.

use std::fmt;

use super::raw::RawMaintenance;
use crate::service::FeltMaintenance;

/// Fills in the defaults.
pub(super) fn read(raw: RawMaintenance) -> FeltMaintenance {
    let RawMaintenance { answer, environment } = raw;
    let default = FeltMaintenance::default();
    FeltMaintenance {
        answer: answer.unwrap_or(default.answer),
        environment: environment.unwrap_or(default.environment),
    }
}

/// Writes it in the form of the settings file.
pub(super) fn write(f: &mut fmt::Formatter<'_>, felt: FeltMaintenance) -> fmt::Result {
    let FeltMaintenance { answer, environment } = felt;
    writeln!(f, "\n[maintenance]\nanswer = \"{answer}\"\nenvironment = \"{environment}\"")
}
