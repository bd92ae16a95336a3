//! The forward schedule as JSON.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{instant_text, london_text},
    rules::forward_schedule::{ForwardSpan, ForwardWindow},
};

/// The forward schedule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedForward {
    /// The first instant that it covers.
    pub from: String,
    /// The first instant after it.
    pub to: String,
    /// The windows, by their start.
    pub windows: Vec<ShownForward>,
}

impl ListedForward {
    /// The windows of a span.
    pub fn new(span: ForwardSpan, windows: &[ForwardWindow]) -> Self {
        let windows = windows.iter().map(ShownForward::from).collect();
        Self { from: instant_text(span.from), to: instant_text(span.to), windows }
    }
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownForward {
    /// Its reference.
    pub reference: String,
    /// How often it was told before.
    pub sequence: u32,
    /// How sure it is: `CONFIRMED`, `TENTATIVE` or `CANCELLED`.
    pub status: String,
    /// What it is headed with: `High Impact`, `Low Impact`, `Unplanned` or `Maintenance`.
    pub heading: String,
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
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            reference: window.reference.to_string(),
            sequence: window.sequence,
            status: window.status.to_string(),
            heading: window.heading.to_string(),
            environment: window.environment.to_string(),
            title: text(window.title.as_ref().map(|title| title.as_str())),
            services: text(window.services.as_ref().map(|services| services.as_str())),
            risk_to_return: text(window.risk.as_ref().map(|risk| risk.as_str())),
            starts_at: instant_text(window.starts_at),
            ends_at: instant_text(window.ends_at),
            starts_local: london_text(window.starts_at),
            ends_local: london_text(window.ends_at),
            stamped_at: instant_text(window.stamped_at),
        }
    }
}
