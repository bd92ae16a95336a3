//! The counting of activity and the evaluation of a year as jobs: both read every decision that is kept.

use super::{
    PersonName,
    job::{JobFailure, JobKind, JobProgress, JobRefused, JobResult},
};
use crate::{
    domain::{ActorName, RegulatoryYear},
    service::{App, EvaluationFault, Fault},
};

impl App {
    /// Starts to count the activity of every Other User in a year. Returns the number of the job.
    ///
    /// # Errors
    /// When one runs, or the service stops.
    pub fn start_privacy_activity(&self, year: RegulatoryYear, by: PersonName) -> Result<u64, JobRefused> {
        let app = self.clone();
        let work = move |_: &JobProgress| {
            let counted = app.privacy_activity(year).map_err(|fault| broken(&fault))?;
            Ok(JobResult::PrivacyActivity(counted))
        };
        self.0.console.jobs.start(JobKind::PrivacyActivity, by, self.clock().clone(), work)
    }

    /// Starts to raise what the activity of a year asks for. Returns the number of the job.
    ///
    /// # Errors
    /// When one runs, or the service stops.
    pub fn start_privacy_evaluation(&self, year: RegulatoryYear, by: PersonName) -> Result<u64, JobRefused> {
        let app = self.clone();
        let actor = ActorName::from(&by);
        let work = move |_: &JobProgress| match app.evaluate_privacy(year, actor) {
            Ok(evaluated) => Ok(JobResult::PrivacyEvaluation(evaluated)),
            Err(fault @ EvaluationFault::NoThreshold) => Err(JobFailure::of(format!("{fault}."))),
            Err(EvaluationFault::Fault(fault)) => Err(broken(&fault)),
        };
        self.0.console.jobs.start(JobKind::PrivacyEvaluation, by, self.clock().clone(), work)
    }
}

fn broken(fault: &Fault) -> JobFailure {
    tracing::warn!(%fault, "the decisions of a year were not counted");
    JobFailure::of(format!("The store failed, and nothing was raised: {fault}"))
}
