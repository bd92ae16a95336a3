//! Why something about a schedule is not done.

use crate::{
    db::StoreFault,
    domain::{FirmwareHash, ScheduleNumber, ScheduleState, Step},
    rules::firmware::NoPlan,
    service::Fault,
};

/// Why something about a schedule is not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleFault {
    /// There is no such schedule.
    #[error("there is no schedule {0}")]
    NoSchedule(ScheduleNumber),
    /// The register does not have the image, or does not say which Devices it is for.
    #[error("the register has no image {0} with a Device Model")]
    NoImage(FirmwareHash),
    /// The state does not allow it.
    #[error("schedule {number} is {state}")]
    NotAllowed {
        /// The schedule.
        number: ScheduleNumber,
        /// Its state.
        state: ScheduleState,
    },
    /// Rules refuse.
    #[error("{}", refusal(.0))]
    Refused(Vec<Step>),
    /// There is no plan.
    #[error(transparent)]
    NoPlan(#[from] NoPlan),
    /// The service failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreFault> for ScheduleFault {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

fn refusal(checks: &[Step]) -> String {
    let refused = checks.iter().filter(|step| !step.holds && !step.rule.code.is_success());
    refused.map(|step| format!("{} {}", step.rule.id, step.saw)).collect::<Vec<_>>().join("; ")
}
