//! Forgets what need not be kept for ever, a little at a time, beside the service's work.
//!
//! What was asked stays known for ever by its RequestID and digest, so that an old message can never be applied
//! again; only the answer's bytes go. Messages that were delivered go whole. Decisions go from the beginning of their
//! chain, and only where the operator says so.

use std::fmt;

use crate::domain::{Now, Timestamp};
use jiff::SignedDuration;

/// How long things are kept; absent: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    messages: Option<u16>,
    decisions: Option<u16>,
}

impl Ages {
    /// In days; 0 is for ever.
    pub const fn of_days(messages: u16, decisions: u16) -> Self {
        Self { messages: days(messages), decisions: days(decisions) }
    }

    /// Answers given, and messages delivered, before that instant may go.
    pub fn messages_before(self, now: Now) -> Option<Timestamp> {
        self.messages.map(|days| earlier(now, days))
    }

    /// Decisions made before that instant may go.
    pub fn decisions_before(self, now: Now) -> Option<Timestamp> {
        self.decisions.map(|days| earlier(now, days))
    }
}

const fn days(number: u16) -> Option<u16> {
    if number == 0 { None } else { Some(number) }
}

fn earlier(now: Now, days: u16) -> Timestamp {
    let age = SignedDuration::from_hours(24 * i64::from(days));
    now.0.checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// As the settings say it.
impl fmt::Display for Ages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "retention_days = {}", self.messages.unwrap_or(0))?;
        writeln!(f, "decision_retention_days = {}", self.decisions.unwrap_or(0))
    }
}
