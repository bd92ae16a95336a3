//! Privacy assessments: the activity of Other Users, the assessments that it raises, and the report of a year (SERVICE.md 3.4).

use super::{
    App, Fault,
    privacy_result::{Activity, Evaluated},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        Act, ActArea, ActCheck, ActorName, RegulatoryYear, User, london_date, privacy::PrivacyAssessment,
    },
    rules::privacy::{self, Evaluation, PrivacyReport, PrivacySettings, Share},
    store,
};

/// Why a year was not evaluated.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationFault {
    /// There is no threshold (PA/c).
    #[error("privacy.threshold is not set, so that nobody can be over it (PA/c)")]
    NoThreshold,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Counts the activity of every Other User in a year. It reads every decision that is kept.
///
/// # Errors
/// When the store fails.
pub fn privacy_activity(
    connection: &mut Connection,
    settings: &PrivacySettings,
    year: RegulatoryYear,
) -> Result<Activity, StoreFault> {
    let mut users = store::all_users(connection)?;
    users.retain(privacy::is_other_user);
    let ids = users.iter().map(|user| user.id).collect::<Vec<_>>();
    let counts = store::accepted_requests(connection, &ids, &(year.begins()..year.ends()))?;
    let assessments = store::privacy_assessments(connection)?;
    let threshold = settings.threshold;
    let users = privacy::activity(year, users, &counts, threshold, &assessments);
    Ok(Activity { year, threshold, users })
}

/// The report of a year, and the shares of what all Users pay.
///
/// # Errors
/// When the store fails.
pub fn privacy_report(
    connection: &mut Connection,
    year: RegulatoryYear,
) -> Result<(PrivacyReport, Vec<Share>), StoreFault> {
    let users = store::all_users(connection)?;
    let report = privacy::report(year, &store::privacy_assessments(connection)?, &users);
    let shares = privacy::shares(&report, &users);
    Ok((report, shares))
}

/// The Other Users that have no assessment that was completed in the year.
///
/// # Errors
/// When the store fails.
pub fn privacy_review(connection: &mut Connection, year: RegulatoryYear) -> Result<Vec<User>, StoreFault> {
    let users = store::all_users(connection)?;
    Ok(privacy::not_assessed(year, &store::privacy_assessments(connection)?, users))
}

impl App {
    /// Counts the activity of every Other User in a year. It reads every decision that is kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn privacy_activity(&self, year: RegulatoryYear) -> Result<Activity, Fault> {
        self.store().read(|connection| Ok(privacy_activity(connection, &self.choices().privacy, year)?))
    }

    /// The report of a year, and the shares of what all Users pay.
    ///
    /// # Errors
    /// When the store fails.
    pub fn privacy_report(&self, year: RegulatoryYear) -> Result<(PrivacyReport, Vec<Share>), Fault> {
        self.store().read(|connection| Ok(privacy_report(connection, year)?))
    }

    /// The Other Users that have no assessment that was completed in the year.
    ///
    /// # Errors
    /// When the store fails.
    pub fn privacy_review(&self, year: RegulatoryYear) -> Result<Vec<User>, Fault> {
        self.store().read(|connection| Ok(privacy_review(connection, year)?))
    }

    /// The assessments that were raised in a year, in the order of their IDs.
    ///
    /// # Errors
    /// When the store fails.
    pub fn privacy_assessments(&self, year: RegulatoryYear) -> Result<Vec<PrivacyAssessment>, Fault> {
        let mut assessments =
            self.store().read::<_, Fault>(|connection| Ok(store::privacy_assessments(connection)?))?;
        assessments.retain(|assessment| assessment.financial_year() == year);
        Ok(assessments)
    }

    /// Raises an assessment for each Other User whose activity in the year is over the threshold, each once; each is an act. The
    /// decisions are counted before the transaction, which looks again at what is raised.
    ///
    /// # Errors
    /// When no threshold is set, or the store fails.
    pub fn evaluate_privacy(
        &self,
        year: RegulatoryYear,
        by: ActorName,
    ) -> Result<Evaluated, EvaluationFault> {
        let threshold = self.choices().privacy.threshold.ok_or(EvaluationFault::NoThreshold)?;
        let activity = self.privacy_activity(year)?;
        let now = self.clock().now();
        let raise = move |connection: &mut Connection| {
            let assessments = store::privacy_assessments(connection)?;
            let today = london_date(now.0);
            let Evaluation { raised, existing } =
                privacy::evaluate(year, threshold, &activity.users, &assessments, today);
            let mut ids = Vec::new();
            for (assessment, step) in raised {
                store::insert_privacy_assessment(connection, &assessment)?;
                let act = Act::new(ActArea::Privacy, &assessment.id, "raised", by.clone(), now.0);
                store::record_act(connection, &Act { checks: vec![ActCheck::from(&step)], ..act })?;
                ids.push(assessment.id);
            }
            Ok(Evaluated { year, raised: ids, existing })
        };
        Ok(self.store().transact::<_, StoreFault, _>(raise).map_err(Fault::from)?)
    }
}
