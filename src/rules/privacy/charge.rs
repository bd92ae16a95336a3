//! Who pays for an assessment (PA/d).

use crate::domain::{
    Date,
    privacy::{AssessmentKind, AssessmentTrigger, Charging, CostTarget},
};

/// The rules in force for an assessment that was raised on that day: baseline, and proposed from the day on that the operator set.
pub fn charging_of(raised_on: Date, proposed_from: Option<Date>) -> Charging {
    if proposed_from.is_some_and(|from| raised_on >= from) { Charging::Proposed } else { Charging::Baseline }
}

/// Who pays for an assessment under these rules.
pub const fn target(charging: Charging, kind: AssessmentKind, trigger: AssessmentTrigger) -> CostTarget {
    match (charging, kind, trigger) {
        (_, AssessmentKind::Other, _) => CostTarget::OtherUser,
        (Charging::Baseline, AssessmentKind::RandomSample, _)
        | (Charging::Proposed, AssessmentKind::RandomSample, AssessmentTrigger::Panel) => {
            CostTarget::Socialised
        }
        (
            Charging::Proposed,
            AssessmentKind::RandomSample,
            AssessmentTrigger::Threshold | AssessmentTrigger::Other,
        ) => CostTarget::OtherUser,
    }
}
