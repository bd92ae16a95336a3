//! Why something about maintenance is not done.

use crate::{
    db::StoreFault,
    domain::maintenance::{CaseId, WindowReference},
    rules::maintenance::MaintenanceCheck,
    service::Fault,
    store::ImportFault,
};

/// Why something about maintenance is not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceFault {
    /// There is no such window.
    #[error("there is no maintenance window {0}")]
    NoWindow(WindowReference),
    /// There is no such case.
    #[error("there is no case {0}")]
    NoCase(CaseId),
    /// The values of a window cannot be read.
    #[error("{0}")]
    Form(ImportFault),
    /// The state does not fit.
    #[error("{0}")]
    Conflict(String),
    /// A rule refuses. All checks are there, those that hold too.
    #[error("{}", refusal(.0))]
    Refused(Vec<MaintenanceCheck>),
    /// The service failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreFault> for MaintenanceFault {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

impl MaintenanceFault {
    /// The fault of the values of a window.
    pub(super) fn of_form(fault: ImportFault) -> Self {
        match fault {
            ImportFault::Store(fault) => fault.into(),
            fault @ (ImportFault::Rows { .. }
            | ImportFault::Read(_)
            | ImportFault::UnderWay
            | ImportFault::Overtaken) => Self::Form(fault),
        }
    }

    /// A refusal by these checks, where one of them refuses.
    pub(super) fn refuse(checks: Vec<MaintenanceCheck>) -> Result<Vec<MaintenanceCheck>, Self> {
        if checks.iter().any(MaintenanceCheck::refuses) { Err(Self::Refused(checks)) } else { Ok(checks) }
    }
}

fn refusal(checks: &[MaintenanceCheck]) -> String {
    let text = |check: &MaintenanceCheck| {
        let window = check.reference.as_ref().map(|reference| format!(" {reference}")).unwrap_or_default();
        format!("{}{window}: {}", check.step.rule.id, check.step.saw)
    };
    checks.iter().filter(|check| check.refuses()).map(text).collect::<Vec<_>>().join("; ")
}
