//! Privacy assessments of Other Users, and who pays for them (DP144; SERVICE.md 3.4).

mod assessment;
mod charging;
mod cost;
mod id;

pub use assessment::{AssessmentKind, AssessmentTrigger, PrivacyAssessment};
pub use charging::{Charging, CostTarget};
pub use cost::AssessmentCost;
pub use id::AssessmentId;
