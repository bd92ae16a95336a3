//! The report of a financial year: who pays under both sets of rules, and who was not assessed (PA/f to PA/h).

use super::{assessed_in, is_other_user, target};
use crate::domain::{
    Eui64, Pence, RegulatoryYear, User, UserStatus,
    privacy::{Charging, CostTarget, PrivacyAssessment},
};

/// A User's assessments of a year and their cost, or the sum over all Users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrivacyLine {
    /// The number of assessments.
    pub assessments: u64,
    /// Their cost, as far as it is known.
    pub cost: Pence,
    /// What the User pays under the baseline.
    pub baseline_user: Pence,
    /// What all Users pay under the baseline.
    pub baseline_socialised: Pence,
    /// What the User pays under what is proposed.
    pub proposed_user: Pence,
    /// What all Users pay under what is proposed.
    pub proposed_socialised: Pence,
}

impl PrivacyLine {
    fn add(&mut self, assessment: &PrivacyAssessment) {
        let cost = assessment.cost.map_or_else(Pence::default, |cost| cost.pence());
        self.assessments += 1;
        self.cost = self.cost + cost;
        let target = |charging| target(charging, assessment.kind, assessment.trigger);
        let baseline = match target(Charging::Baseline) {
            CostTarget::OtherUser => &mut self.baseline_user,
            CostTarget::Socialised => &mut self.baseline_socialised,
        };
        *baseline = *baseline + cost;
        let proposed = match target(Charging::Proposed) {
            CostTarget::OtherUser => &mut self.proposed_user,
            CostTarget::Socialised => &mut self.proposed_socialised,
        };
        *proposed = *proposed + cost;
    }
}

/// The report of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivacyReport {
    /// The financial year.
    pub year: RegulatoryYear,
    /// The Users that were assessed, in the order of their IDs; the name is empty where the User is no more.
    pub lines: Vec<(Eui64, String, PrivacyLine)>,
    /// The sum.
    pub total: PrivacyLine,
}

/// Reports on the assessments that were raised in a year (PA/f).
pub fn report(year: RegulatoryYear, assessments: &[PrivacyAssessment], users: &[User]) -> PrivacyReport {
    let mut report = PrivacyReport { year, lines: Vec::new(), total: PrivacyLine::default() };
    let mut of_year =
        assessments.iter().filter(|assessment| assessment.financial_year() == year).collect::<Vec<_>>();
    of_year.sort_by_key(|assessment| assessment.user);
    for of_user in of_year.chunk_by(|one, other| one.user == other.user) {
        let Some(first) = of_user.first() else { continue };
        let mut line = PrivacyLine::default();
        for assessment in of_user {
            line.add(assessment);
            report.total.add(assessment);
        }
        let user = users.iter().find(|user| user.id == first.user);
        let name = user.map(|user| user.party_name.clone()).unwrap_or_default();
        report.lines.push((first.user, name, line));
    }
    report
}

/// What a User pays of the sums that all Users pay (PA/g).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The User.
    pub user: Eui64,
    /// Its share under the baseline.
    pub baseline: Pence,
    /// Its share under what is proposed.
    pub proposed: Pence,
}

/// Shares the socialised sums equally among the Users that are Active; pennies left over go one each in the order of their IDs. There is
/// no share where no User is Active.
pub fn shares(report: &PrivacyReport, users: &[User]) -> Vec<Share> {
    let mut active =
        users.iter().filter(|user| user.status == UserStatus::Active).map(|user| user.id).collect::<Vec<_>>();
    active.sort_unstable();
    let number = active.len();
    let of = |sum: Pence, place: usize| {
        let (number, place) =
            (i64::try_from(number).unwrap_or(i64::MAX), i64::try_from(place).unwrap_or(i64::MAX));
        let (each, left) = (sum.get() / number, sum.get() % number);
        Pence::new(each + i64::from(place < left))
    };
    let PrivacyLine { baseline_socialised, proposed_socialised, .. } = report.total;
    let share = |(place, user)| Share {
        user,
        baseline: of(baseline_socialised, place),
        proposed: of(proposed_socialised, place),
    };
    active.into_iter().enumerate().map(share).collect()
}

/// The Other Users that are Active and have no assessment that was completed in the year (PA/h).
pub fn not_assessed(year: RegulatoryYear, assessments: &[PrivacyAssessment], users: Vec<User>) -> Vec<User> {
    let is_active = |user: &User| user.status == UserStatus::Active;
    let is_missing = |user: &User| !assessed_in(year, user, assessments).holds;
    users.into_iter().filter(|user| is_other_user(user) && is_active(user) && is_missing(user)).collect()
}
