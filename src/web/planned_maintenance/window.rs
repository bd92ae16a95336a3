//! A window, its versions, cases, acts and checks.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        ActCheck, ChangeRecord, instant_text, london_text,
        maintenance::{ClosedCase, PublishedWindow, WindowEnding},
    },
    rules::maintenance::{MaintenanceCheck, Planning},
    service::WindowDetails,
    store::{KeyedCase, PlanColumns},
    web::history_act::HistoryAct,
};

/// A window: the columns of `maintenance.csv`, each as text, and what is known of it beside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownWindow {
    /// The columns of its file; `category` is the one that it has, and empty where it has none.
    #[serde(flatten)]
    pub columns: PlanColumns,
    /// The category that the file states.
    pub stated_category: String,
    /// The column that gave the category.
    pub category_because: Option<String>,
    /// Whether it is Planned Maintenance; null while that cannot be told.
    pub planned: Option<bool>,
    /// The London month that it belongs to.
    pub month: String,
    /// Its elapsed minutes.
    pub minutes: u64,
    /// The start by London's clock.
    pub starts_local: String,
    /// The end by London's clock.
    pub ends_local: String,
    /// The state of the working copy.
    pub state: String,
    /// Since when the DCC knew of it, where it is not planned.
    pub aware_at: Option<String>,
    /// When work began, once it is closed.
    pub actual_start: Option<String>,
    /// When it was done.
    pub actual_end: Option<String>,
    /// The minutes that it took.
    pub actual_minutes: Option<u64>,
    /// Whether end-to-end communications were disrupted unexpectedly.
    pub disrupted: Option<String>,
    /// What was said when it was extended or withdrawn.
    pub note: Option<String>,
    /// What is in force of it; null where nothing is.
    pub published: Option<ShownPublishedWindow>,
    /// Every version that was told, the first one first.
    pub versions: Vec<ShownPublishedWindow>,
    /// The changes that are made in it.
    pub changes: Vec<ShownWindowChange>,
    /// The cases about it.
    pub cases: Vec<ShownMaintenanceCase>,
    /// What was done with it.
    pub acts: Vec<HistoryAct<ShownMaintenanceCheck>>,
}

impl From<&WindowDetails> for ShownWindow {
    fn from(details: &WindowDetails) -> Self {
        let WindowDetails { window, planning, category, category_because, versions, changes, cases, acts } =
            details;
        let columns = PlanColumns::from(window);
        let ending = window.ending;
        Self {
            stated_category: columns.category.clone(),
            columns: PlanColumns {
                category: category.map(|one| one.to_string()).unwrap_or_default(),
                ..columns
            },
            category_because: category_because.map(str::to_owned),
            planned: is_planned(*planning),
            month: window.plan.month().to_string(),
            minutes: window.plan.minutes(),
            starts_local: london_text(window.plan.starts_at),
            ends_local: london_text(window.plan.ends_at),
            state: window.state.to_string(),
            aware_at: window.aware_at.map(instant_text),
            actual_start: ending.map(|ending| instant_text(ending.started_at)),
            actual_end: ending.map(|ending| instant_text(ending.ended_at)),
            actual_minutes: ending.map(WindowEnding::minutes),
            disrupted: ending.map(|ending| ending.disrupted.to_string()),
            note: window.note.as_ref().map(ToString::to_string),
            published: details.in_force().map(ShownPublishedWindow::from),
            versions: versions.iter().map(ShownPublishedWindow::from).collect(),
            changes: changes.iter().map(ShownWindowChange::from).collect(),
            cases: cases.iter().map(ShownMaintenanceCase::from).collect(),
            acts: acts.iter().cloned().map(HistoryAct::from).collect(),
        }
    }
}

const fn is_planned(planning: Planning) -> Option<bool> {
    match planning {
        Planning::Planned => Some(true),
        Planning::NotPlanned => Some(false),
        Planning::Undecided { .. } => None,
    }
}

/// A version of a window as it was told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownPublishedWindow {
    /// The window.
    pub reference: String,
    /// The version, from 1.
    pub version: u32,
    /// The month in whose schedule it stands.
    pub month: String,
    /// The revision that told it; 0 where it was told alone.
    pub revision: u32,
    /// When it was told.
    pub published_at: String,
    /// Whether it is taken back.
    pub withdrawn: bool,
    /// Its title.
    pub title: String,
    /// The category that was told; null where it had none.
    pub category: Option<String>,
    /// The start.
    pub starts_at: String,
    /// The end.
    pub ends_at: String,
}

impl From<&PublishedWindow> for ShownPublishedWindow {
    fn from(published: &PublishedWindow) -> Self {
        let PublishedWindow { reference, version, month, revision, published_at, withdrawn, plan } =
            published;
        Self {
            reference: reference.to_string(),
            version: *version,
            month: month.to_string(),
            revision: *revision,
            published_at: instant_text(*published_at),
            withdrawn: *withdrawn,
            title: plan.title.as_ref().map(ToString::to_string).unwrap_or_default(),
            category: plan.category.map(|category| category.to_string()),
            starts_at: instant_text(plan.starts_at),
            ends_at: instant_text(plan.ends_at),
        }
    }
}

/// A change that is made in a window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownWindowChange {
    /// Its ID.
    pub change_id: String,
    /// What it is called.
    pub title: String,
    /// Whose systems it changes.
    pub provider: String,
    /// The London day on which it was made.
    pub implemented_on: Option<String>,
    /// What came of it; null until that is known.
    pub outcome: Option<String>,
}

impl From<&ChangeRecord> for ShownWindowChange {
    fn from(change: &ChangeRecord) -> Self {
        Self {
            change_id: change.id.to_string(),
            title: change.title.to_string(),
            provider: change.provider.to_string(),
            implemented_on: change.implemented_on.map(|day| day.to_string()),
            outcome: change.outcome.map(|outcome| outcome.to_string()),
        }
    }
}

/// A case about a window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownMaintenanceCase {
    /// Its number.
    pub id: u32,
    /// What it is about.
    pub kind: String,
    /// Who brought it, or for which provider it is.
    pub party: String,
    /// Why.
    pub reasons: Option<String>,
    /// When it was opened.
    pub opened_at: String,
    /// What came of it; null while it is open, as the next two.
    pub outcome: Option<String>,
    /// Why.
    pub outcome_reason: Option<String>,
    /// When it was closed.
    pub closed_at: Option<String>,
}

impl From<&KeyedCase> for ShownMaintenanceCase {
    fn from(KeyedCase { id, case }: &KeyedCase) -> Self {
        let closed = case.closed.as_ref();
        let of = |part: fn(&ClosedCase) -> String| closed.map(part);
        Self {
            id: id.0.get(),
            kind: case.kind.to_string(),
            party: case.party.to_string(),
            reasons: case.reasons.as_ref().map(ToString::to_string),
            opened_at: instant_text(case.opened_at),
            outcome: of(|closed| closed.outcome.to_string()),
            outcome_reason: of(|closed| closed.reason.to_string()),
            closed_at: of(|closed| instant_text(closed.at)),
        }
    }
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownMaintenanceCheck {
    /// The rule.
    pub rule: String,
    /// The window; null where it is about a month, or is told in what it saw.
    pub reference: Option<String>,
    /// Whether it is passed: it holds, or a derogation covers the breach.
    pub holds: bool,
    /// What it saw.
    pub saw: String,
    /// The derogation that turned a breach into a pass; of several, all with `;` between them.
    pub derogation: Option<String>,
    /// Whether it warns and refuses nothing.
    pub warning: bool,
}

impl From<&MaintenanceCheck> for ShownMaintenanceCheck {
    fn from(check: &MaintenanceCheck) -> Self {
        Self {
            rule: check.step.rule.id.to_owned(),
            reference: check.reference.as_ref().map(ToString::to_string),
            holds: check.passes(),
            saw: check.step.saw.clone(),
            derogation: check.derogation(),
            warning: check.warns(),
        }
    }
}

impl From<ActCheck> for ShownMaintenanceCheck {
    fn from(ActCheck { rule, holds, saw, derogation }: ActCheck) -> Self {
        Self { rule, reference: None, holds, saw, derogation, warning: false }
    }
}
