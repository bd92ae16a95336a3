//! Whose maintenance windows concern an instance, and what it does about them.

use crate::domain::{closed_set, maintenance::MaintenanceEnvironment};

closed_set!(
    /// What the DUIS listener answers while a maintenance window is in force that stops requests.
    MaintenanceAnswer, "a maintenance.answer", {
        // As ever: windows are not felt.
        Nothing => "none",
        ServiceUnavailable => "503",
    }
);

/// Whose windows concern an instance, and what is done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeltMaintenance {
    /// What the DUIS listener answers.
    pub answer: MaintenanceAnswer,
    /// Whose windows those are.
    pub environment: MaintenanceEnvironment,
}

impl Default for FeltMaintenance {
    fn default() -> Self {
        Self { answer: MaintenanceAnswer::Nothing, environment: MaintenanceEnvironment::Production }
    }
}
