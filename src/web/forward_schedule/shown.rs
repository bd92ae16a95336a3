//! A window of the forward schedule, and the list of them.

use serde::{Deserialize, Serialize};

use crate::domain::{Timestamp, closed_set, instant_text, london_text};

closed_set!(
    /// How sure a window is: as a calendar's STATUS has it (RFC 5545 3.8.1.11).
    ForwardStatus, "a status of a window", {
        Confirmed => "CONFIRMED",
        Tentative => "TENTATIVE",
        Cancelled => "CANCELLED",
    }
);

closed_set!(
    /// What a window is headed with.
    ForwardCategory, "a heading of a window", {
        High => "High Impact",
        Low => "Low Impact",
        Unplanned => "Unplanned",
        // It has no category, or none yet.
        Maintenance => "Maintenance",
    }
);

/// A window of the forward schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardWindow {
    /// Its reference.
    pub reference: String,
    /// How often it was told before: 0 for the first version, and for a draft.
    pub sequence: u32,
    /// How sure it is.
    pub status: ForwardStatus,
    /// What it is headed with.
    pub category: ForwardCategory,
    /// What is worked on.
    pub environment: String,
    /// Its title; empty where a draft has none.
    pub title: String,
    /// The services that are disturbed.
    pub services: String,
    /// The risk to the return of normal service.
    pub risk: String,
    /// The start.
    pub starts_at: Timestamp,
    /// The end.
    pub ends_at: Timestamp,
    /// When it was told so, or a draft was last looked at.
    pub stamped_at: Timestamp,
}

impl ForwardWindow {
    /// `High Impact: DSP release 12.1`. A slot without a title has its reference.
    pub fn summary(&self) -> String {
        let title = if self.title.is_empty() { &self.reference } else { &self.title };
        format!("{}: {title}", self.category)
    }
}

/// The forward schedule as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedForward {
    /// The first instant that it covers.
    pub from: String,
    /// The first instant after it.
    pub to: String,
    /// The windows, by their start.
    pub windows: Vec<ShownForward>,
}

/// A window as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownForward {
    /// Its reference.
    pub reference: String,
    /// How often it was told before.
    pub sequence: u32,
    /// How sure it is.
    pub status: String,
    /// What it is headed with.
    pub category: String,
    /// What is worked on.
    pub environment: String,
    /// Its title.
    pub title: String,
    /// The services that are disturbed.
    pub services: String,
    /// The risk to the return of normal service.
    pub risk_to_return: String,
    /// The start.
    pub starts_at: String,
    /// The end.
    pub ends_at: String,
    /// The start by London's clock.
    pub starts_local: String,
    /// The end by London's clock.
    pub ends_local: String,
    /// When it was told so.
    pub stamped_at: String,
}

impl From<&ForwardWindow> for ShownForward {
    fn from(window: &ForwardWindow) -> Self {
        Self {
            reference: window.reference.clone(),
            sequence: window.sequence,
            status: window.status.to_string(),
            category: window.category.to_string(),
            environment: window.environment.clone(),
            title: window.title.clone(),
            services: window.services.clone(),
            risk_to_return: window.risk.clone(),
            starts_at: instant_text(window.starts_at),
            ends_at: instant_text(window.ends_at),
            starts_local: london_text(window.starts_at),
            ends_local: london_text(window.ends_at),
            stamped_at: instant_text(window.stamped_at),
        }
    }
}
