//! Privacy: assessments of Other Users in a financial year, who pays, who was not assessed, and the activity that raises them.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    frame::Frame,
    jobs,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply,
    sent::Sent,
    shown::UserLink,
};
use crate::{
    domain::{
        Pence, RegulatoryYear, User, pounds,
        privacy::{AssessmentKind, Charging, CostTarget, PrivacyAssessment},
    },
    rules::privacy::{PrivacyLine, PrivacyReport, PrivacySettings, Share, charging_of, target},
    service::App,
};

/// The address of the page.
pub(super) const PATH: &str = "/privacy";
/// Where the activity is counted: a form that a reader may send, as it changes nothing.
pub(super) const COUNT: &str = "/privacy/count";
/// Where it is evaluated.
pub(super) const EVALUATE: &str = "/privacy/evaluate";
/// The parameters of the address.
pub(super) const KNOWN: [&str; 1] = ["year"];

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    frame: Frame,
    year: RegulatoryYear,
    /// The threshold; absent where none is set.
    threshold: Option<u64>,
    /// The first day of what DP144 proposes.
    proposed_from: Option<String>,
    assessments: Vec<AssessmentRow>,
    lines: Vec<ReportRow>,
    total: Amounts,
    shares: Vec<ShareRow>,
    not_assessed: Vec<PartyRow>,
}

/// An assessment as the page shows it.
struct AssessmentRow {
    id: String,
    user: UserLink,
    kind: String,
    trigger: &'static str,
    auditor: String,
    raised_on: String,
    started_on: String,
    completed_on: String,
    findings: String,
    cost: Option<String>,
    pays: &'static str,
    charging: &'static str,
}

/// The amounts of a line of the report.
struct Amounts {
    assessments: u64,
    cost: String,
    baseline_user: String,
    baseline_socialised: String,
    proposed_user: String,
    proposed_socialised: String,
}

struct ReportRow {
    user: UserLink,
    party: String,
    amounts: Amounts,
}

struct ShareRow {
    user: UserLink,
    baseline: String,
    proposed: String,
}

struct PartyRow {
    user: UserLink,
    party: String,
}

impl AssessmentRow {
    fn new(assessment: PrivacyAssessment, settings: &PrivacySettings) -> Self {
        let charging = charging_of(assessment.raised_on, settings.proposed_from);
        let pays = target(charging, assessment.kind, assessment.trigger);
        let day = |day: Option<crate::domain::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            id: assessment.id.to_string(),
            user: UserLink(assessment.user),
            kind: match assessment.kind {
                AssessmentKind::RandomSample => settings.random_sample_name.clone(),
                AssessmentKind::Other => "other".to_owned(),
            },
            trigger: assessment.trigger.as_str(),
            auditor: assessment.auditor.map(|name| name.to_string()).unwrap_or_default(),
            raised_on: assessment.raised_on.to_string(),
            started_on: day(assessment.started_on),
            completed_on: day(assessment.completed_on),
            findings: assessment.findings.map(|findings| findings.to_string()).unwrap_or_default(),
            cost: assessment.cost.map(|cost| pounds(cost.pence())),
            pays: match pays {
                CostTarget::OtherUser => "the Other User",
                CostTarget::Socialised => "all Users",
            },
            charging: match charging {
                Charging::Baseline => "baseline",
                Charging::Proposed => "DP144",
            },
        }
    }
}

impl From<PrivacyLine> for Amounts {
    fn from(line: PrivacyLine) -> Self {
        Self {
            assessments: line.assessments,
            cost: pounds(line.cost),
            baseline_user: pounds(line.baseline_user),
            baseline_socialised: pounds(line.baseline_socialised),
            proposed_user: pounds(line.proposed_user),
            proposed_socialised: pounds(line.proposed_socialised),
        }
    }
}

impl From<Share> for ShareRow {
    fn from(Share { user, baseline, proposed }: Share) -> Self {
        Self { user: UserLink(user), baseline: pounds(baseline), proposed: pounds(proposed) }
    }
}

impl From<User> for PartyRow {
    fn from(user: User) -> Self {
        Self { user: UserLink(user.id), party: user.party_name }
    }
}

/// The year of the address; that of today by default.
pub(super) fn year_asked(app: &App, parameters: &Parameters) -> PageResult<RegulatoryYear> {
    Ok(parameters.value("year")?.unwrap_or_else(|| RegulatoryYear::of(app.london_today())))
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let year = year_asked(&app, &parameters?)?;
        let settings = &app.choices().privacy;
        let (PrivacyReport { lines, total, .. }, shares) = app.privacy_report(year)?;
        let is_shared = total.baseline_socialised + total.proposed_socialised > Pence::default();
        let assessments = app.privacy_assessments(year)?.into_iter();
        Ok(PrivacyPage {
            frame,
            year,
            threshold: settings.threshold,
            proposed_from: settings.proposed_from.map(|day| day.to_string()),
            assessments: assessments.map(|one| AssessmentRow::new(one, settings)).collect(),
            lines: lines
                .into_iter()
                .map(|(user, party, line)| ReportRow { user: UserLink(user), party, amounts: line.into() })
                .collect(),
            total: total.into(),
            shares: shares.into_iter().filter(|_| is_shared).map(ShareRow::from).collect(),
            not_assessed: app.privacy_review(year)?.into_iter().map(PartyRow::from).collect(),
        })
    };
    reply::page(frame.titled("Privacy"), work).await
}

/// The year of a form.
fn year_sent(sent: &Sent) -> PageResult<RegulatoryYear> {
    let text = sent.form.text("year");
    text.parse()
        .map_err(|reason: crate::domain::Malformed| PageError::bad_request("year", &reason.to_string()))
}

/// Starts to count the activity of a year.
pub(super) async fn count(sent: Sent) -> HttpResponse {
    sent.answer(|sent| {
        let year = year_sent(sent)?;
        jobs::go_to(&sent.app, sent.app.start_privacy_activity(year, sent.by.clone()))
    })
    .await
}

/// Starts to raise what the activity of a year asks for.
pub(super) async fn evaluate(sent: Sent) -> HttpResponse {
    sent.answer(|sent| {
        let year = year_sent(sent)?;
        jobs::go_to(&sent.app, sent.app.start_privacy_evaluation(year, sent.by.clone()))
    })
    .await
}
