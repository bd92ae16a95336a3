//! `[notices]`: who sends the mails that notices are written as.

use std::fmt;

use super::raw::RawNotices;
use crate::domain::MailAddress;

/// `[notices]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeChoices {
    /// The sender of mails.
    pub from: MailAddress,
}

/// Fills in the defaults.
pub(super) fn read(raw: RawNotices) -> NoticeChoices {
    NoticeChoices { from: raw.from.unwrap_or_default() }
}

/// Writes it in the form of the settings file.
impl fmt::Display for NoticeChoices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n[notices]\nfrom = {}", toml::Value::from(self.from.as_str()))
    }
}
