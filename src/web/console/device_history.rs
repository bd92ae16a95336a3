//! The time line of a Device: every change, with each field before and after.

use super::{
    device_fields::{FieldText, name_of},
    shown::{RequestLink, UserLink, When},
};
use crate::domain::{CSPM_N3, FieldChange, RecordedChange};

/// A change.
#[derive(Clone, Debug)]
pub(super) struct ChangeRow {
    pub(super) at: When,
    pub(super) event: &'static str,
    pub(super) fields: Vec<FieldChangeRow>,
    pub(super) by: Option<UserLink>,
    pub(super) request: Option<RequestLink>,
    /// The CSP that made it, if one did.
    pub(super) by_csp: Option<String>,
    pub(super) interface: String,
    pub(super) reason: Option<String>,
}

/// A change of a field. A change that names no field has one without a name, so that its row is there.
#[derive(Clone, Debug)]
pub(super) struct FieldChangeRow {
    pub(super) name: &'static str,
    pub(super) before: Option<FieldText>,
    pub(super) after: Option<FieldText>,
}

impl From<&RecordedChange> for ChangeRow {
    fn from(change: &RecordedChange) -> Self {
        // A hub notification names a CSP and its batch, and neither has a page.
        let is_csp = change.interface == CSPM_N3;
        let fields = change.fields.iter().map(FieldChangeRow::from).collect::<Vec<_>>();
        let none = || vec![FieldChangeRow { name: "", before: None, after: None }];
        Self {
            at: When(change.at),
            event: change.event().as_str(),
            fields: if fields.is_empty() { none() } else { fields },
            by: change.by.filter(|_| !is_csp).map(UserLink),
            request: change.request_id.filter(|_| !is_csp).map(RequestLink),
            by_csp: change.by.filter(|_| is_csp).map(|csp| csp.to_string()),
            interface: change.interface.clone(),
            reason: change.reason.clone(),
        }
    }
}

impl From<&FieldChange> for FieldChangeRow {
    fn from(FieldChange { field, before, after }: &FieldChange) -> Self {
        let text = |value: &Option<String>| value.as_ref().map(|text| FieldText::of(*field, text));
        Self { name: name_of(*field), before: text(before), after: text(after) }
    }
}
