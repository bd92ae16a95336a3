//! Acts: what people and programs did beside what Users ask for by DUIS, with the reason and the checks. An act is kept for ever and
//! never changed (SERVICE.md 2).

use super::{ActReason, ActorName, Step, Timestamp, closed_set};

closed_set!(
    /// Whose history an act belongs to.
    ActArea, "an area of acts", {
        // A test instance: its clock, its reset.
        Test => "test",
        Notices => "notices",
        Reflash => "reflash",
        Privacy => "privacy",
        Firmware => "firmware",
        Maintenance => "maintenance",
    }
);

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorName,
    /// Whose history it belongs to.
    pub area: ActArea,
    /// What it is about, within its area: a number or a name.
    pub about: String,
    /// What was done: a word.
    pub act: String,
    /// What it was about stood so before.
    pub from: Option<String>,
    /// And so after it.
    pub to: Option<String>,
    /// Why, where somebody said so.
    pub reason: Option<ActReason>,
    /// More of what was done, for people.
    pub detail: Option<String>,
    /// What was looked at, and what was seen.
    pub checks: Vec<ActCheck>,
}

/// What a rule saw when an act was made. The rule is its ID: an old act may name a rule that is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActCheck {
    /// The rule's ID.
    pub rule: String,
    /// Whether it held.
    pub holds: bool,
    /// What it saw.
    pub saw: String,
    /// The derogation that turned a breach into a pass; of several, all with `;` between them.
    pub derogation: Option<String>,
}

impl From<&Step> for ActCheck {
    fn from(step: &Step) -> Self {
        Self { rule: step.rule.id.to_owned(), holds: step.holds, saw: step.saw.clone(), derogation: None }
    }
}

impl Act {
    /// An act without more than who, what and when.
    pub fn new(area: ActArea, about: impl ToString, act: &str, by: ActorName, at: Timestamp) -> Self {
        Self {
            at,
            by,
            area,
            about: about.to_string(),
            act: act.to_owned(),
            from: None,
            to: None,
            reason: None,
            detail: None,
            checks: Vec::new(),
        }
    }
}
