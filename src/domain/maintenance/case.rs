//! What others say about a window, and what came of it (MP092-R20, R26, R29).

use std::{fmt, num::NonZeroU32, str::FromStr};

use super::{WindowReference, WindowText};
use crate::domain::{ActReason, FreeText, Malformed, Timestamp, closed_set};

closed_set!(
    /// What a case is about: the Panel asks for another time, somebody thinks that a window is High, or a withdrawn window is to be
    /// replaced.
    CaseKind, "a kind of case", {
        PanelRequest => "panel_request",
        Challenge => "challenge",
        Replacement => "replacement",
    }
);

closed_set!(
    /// What came of a case.
    CaseOutcome, "an outcome of a case", {
        Moved => "moved",
        Kept => "kept",
        Reclassified => "reclassified",
        Replaced => "replaced",
        Dropped => "dropped",
    }
);

/// The number of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseId(pub NonZeroU32);

impl FromStr for CaseId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let id = text.parse().ok().map(Self).filter(|id| id.to_string() == text);
        id.ok_or_else(|| Malformed::new(text, "the number of a case, as listed"))
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A case about a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceCase {
    /// The window.
    pub reference: WindowReference,
    /// What it is about.
    pub kind: CaseKind,
    /// Who brought it, or for which provider it is.
    pub party: FreeText,
    /// Why.
    pub reasons: Option<WindowText>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What came of it; absent while it is open.
    pub closed: Option<ClosedCase>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedCase {
    /// The outcome.
    pub outcome: CaseOutcome,
    /// Why.
    pub reason: ActReason,
    /// When it was closed.
    pub at: Timestamp,
}
