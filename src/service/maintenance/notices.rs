//! Who is told of maintenance, and how it is recorded (SERVICE.md 3.5).

use crate::{
    db::{Connection, StoreFault},
    domain::{Audience, Malformed, Notice, Now, Recipient, maintenance::WindowReference},
    store::{self, ListOrder, NoticeFilter, PageRequest},
};

/// What a notice about maintenance tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MaintenanceNotice {
    /// The first schedule of a month.
    Schedule,
    /// A later one.
    Revised,
    /// A window that is not planned.
    Unplanned,
    /// What differs from what was said of a window.
    Update,
}

impl MaintenanceNotice {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "maintenance.schedule",
            Self::Revised => "maintenance.revised",
            Self::Unplanned => "maintenance.unplanned",
            Self::Update => "maintenance.update",
        }
    }

    /// The audiences: Registration Data Providers unless the services do not concern them, Service Providers for revisions (MP092-R15,
    /// R21, R22).
    fn audiences(self, is_for_rdp: bool) -> Vec<Audience> {
        let rdp = is_for_rdp.then_some(Audience::RegistrationDataProvider);
        let providers = match self {
            Self::Revised => Some(Audience::ServiceProvider),
            Self::Schedule | Self::Unplanned | Self::Update => None,
        };
        [Audience::Party, Audience::Tabasc].into_iter().chain(rdp).chain(providers).collect()
    }
}

/// The kinds of notices that are about one window; the others are about a month.
pub const WINDOW_NOTICES: &[&str] =
    &[MaintenanceNotice::Unplanned.as_str(), MaintenanceNotice::Update.as_str()];

/// Whether an update of a window concerns Registration Data Providers: unless they were left out when it was told by itself last, of what
/// they were told nothing, there is nothing to update.
pub(super) fn concerns_rdp(
    connection: &mut Connection,
    reference: &WindowReference,
) -> Result<bool, StoreFault> {
    let filter =
        NoticeFilter { about: Some(reference.to_string()), kinds: WINDOW_NOTICES, ..NoticeFilter::default() };
    let last = store::notices_page(connection, &filter, ListOrder::NewestFirst, PageRequest::first(1))?;
    let is_rdp = |recipient: &Recipient| recipient.audience == Audience::RegistrationDataProvider;
    Ok(last.rows.first().is_none_or(|keyed| keyed.notice.recipients.iter().any(is_rdp)))
}

/// Records a notice to those whom it concerns; returns its number.
pub(super) fn tell(
    connection: &mut Connection,
    kind: MaintenanceNotice,
    (subject, text): (&str, String),
    about: &impl ToString,
    is_for_rdp: bool,
    now: Now,
) -> Result<i64, StoreFault> {
    let corrupt = |reason: Malformed| StoreFault::Corrupt {
        table: "notices",
        column: "subject",
        reason: reason.to_string(),
    };
    let notice = Notice {
        kind: kind.as_str().parse().map_err(corrupt)?,
        subject: subject.parse().map_err(corrupt)?,
        text,
        about: about.to_string(),
        created_at: now.0,
        recipients: store::notice_recipients_of(connection, &kind.audiences(is_for_rdp))?,
    };
    store::record_notice(connection, &notice)
}
