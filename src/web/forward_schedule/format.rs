//! The forms of the forward schedule.

use super::{ListedForward, forward_csv, icalendar};
use crate::{
    domain::{Instance, closed_set},
    rules::forward_schedule::{ForwardSpan, ForwardWindow},
};

closed_set!(
    /// A form of the forward schedule.
    FeedFormat, "a form of the feed", {
        Ics => "ics",
        Csv => "csv",
        Json => "json",
    }
);

impl FeedFormat {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ics => "text/calendar; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// The text of the windows of a span.
    ///
    /// # Errors
    /// When they cannot be written as JSON.
    pub fn text(
        self,
        span: ForwardSpan,
        windows: &[ForwardWindow],
        instance: &Instance,
    ) -> serde_json::Result<String> {
        match self {
            Self::Ics => Ok(icalendar(windows, instance)),
            Self::Csv => Ok(forward_csv(windows)),
            Self::Json => Ok(serde_json::to_string_pretty(&ListedForward::new(span, windows))? + "\n"),
        }
    }
}
