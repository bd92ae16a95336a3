//! Notices on the page of what they are about.

use super::shown::When;
use crate::service::console::KeyedNoticeValue;

/// A notice as the page shows it.
pub(super) struct NoticeLink {
    pub(super) id: i64,
    pub(super) at: When,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) is_told: bool,
}

impl From<KeyedNoticeValue> for NoticeLink {
    fn from(KeyedNoticeValue { id, notice }: KeyedNoticeValue) -> Self {
        Self {
            id,
            at: When(notice.created_at),
            kind: notice.kind.to_string(),
            subject: notice.subject.to_string(),
            is_told: notice.recipients.iter().all(|recipient| recipient.told_at.is_some()),
        }
    }
}
