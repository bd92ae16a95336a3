//! The history of a Device, and its record as it stood at an instant: the record of today without the changes that came later.

use std::collections::BTreeMap;

use super::{Device, DeviceField, Eui64, FieldChange, RequestId, Timestamp, set::closed_set};

closed_set!(
    /// What a change is to the record of a Device.
    HistoryEvent, "an event of a Device's history", {
        Joined => "joined",
        Changed => "changed",
        Left => "left",
    }
);

/// A change of a Device as its history has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedChange {
    /// The instant of the change.
    pub at: Timestamp,
    /// The User or CSP who made it, if one did.
    pub by: Option<Eui64>,
    /// The request that made it, if one did.
    pub request_id: Option<RequestId>,
    /// The interface it came through: a Service Request, CSPM-N3, `import`, `event`.
    pub interface: String,
    /// The reason that the request gave, if it gave one.
    pub reason: Option<String>,
    /// The fields, each with its value before and after. Of a Device that joins only the status: the others are in its record.
    pub fields: Vec<FieldChange>,
}

impl RecordedChange {
    fn of_field(&self, field: DeviceField) -> Option<&FieldChange> {
        self.fields.iter().find(|change| change.field == field)
    }

    /// Whether the Device joined the SMI by it, left the SMI, or neither.
    pub fn event(&self) -> HistoryEvent {
        // Every Device has a type. A change of it decides: an import may make an IHD, which has no status, of an ESME.
        let decides = self.of_field(DeviceField::DeviceType).or_else(|| self.of_field(DeviceField::Status));
        match decides {
            Some(FieldChange { before: None, after: Some(_), .. }) => HistoryEvent::Joined,
            Some(FieldChange { before: Some(_), after: None, .. }) => HistoryEvent::Left,
            Some(_) | None => HistoryEvent::Changed,
        }
    }
}

/// The value of a field at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PastValue {
    /// It is known; none where the field had no value.
    Known(Option<String>),
    /// It is not known: it may have been changed when no fields were kept.
    Unknown,
}

/// The undoing of changes, newest first, from the record of today.
#[derive(Clone, Debug)]
pub struct RecordUndo {
    /// The record; none where the Device was not in the SMI.
    values: Option<BTreeMap<DeviceField, PastValue>>,
    joined_at: Option<Timestamp>,
}

impl RecordUndo {
    /// Begins with the record of today; none if the Device is not in the SMI.
    pub fn of(device: Option<&Device>) -> Self {
        let of =
            |device| DeviceField::ALL.iter().map(move |field| (*field, PastValue::Known(field.of(device))));
        Self { values: device.map(|device| of(device).collect()), joined_at: None }
    }

    /// Undoes the newest of the changes that are not undone yet.
    pub fn undo(&mut self, change: &RecordedChange) {
        match change.event() {
            HistoryEvent::Joined => {
                self.values = None;
                self.joined_at = Some(change.at);
                return;
            }
            HistoryEvent::Left => {
                // The removal names every field that had a value, unless it is of a time that kept no fields.
                let is_whole = change.of_field(DeviceField::DeviceType).is_some();
                let others = if is_whole { PastValue::Known(None) } else { PastValue::Unknown };
                self.values = Some(DeviceField::ALL.iter().map(|field| (*field, others.clone())).collect());
            }
            HistoryEvent::Changed => {}
        }
        let Some(values) = &mut self.values else { return };
        for FieldChange { field, before, after: _ } in &change.fields {
            values.insert(*field, PastValue::Known(before.clone()));
        }
    }

    /// Takes fields for unknown, as changes of them were not kept then.
    pub fn forget(&mut self, fields: impl IntoIterator<Item = DeviceField>) {
        if let Some(values) = &mut self.values {
            values.extend(fields.into_iter().map(|field| (field, PastValue::Unknown)));
        }
    }

    /// The record as it stood; none where the Device was not in the SMI.
    pub const fn values(&self) -> Option<&BTreeMap<DeviceField, PastValue>> {
        self.values.as_ref()
    }

    /// When the Device joined next, where it was not in the SMI.
    pub fn joined_at(&self) -> Option<Timestamp> {
        self.joined_at.filter(|_| self.values.is_none())
    }
}

/// The record of a Device as it stood at an instant.
#[derive(Clone, Debug)]
pub struct PastRecord {
    /// The Device.
    pub device: Eui64,
    /// The instant.
    pub at: Timestamp,
    /// The result of undoing what came later.
    pub record: RecordUndo,
    /// The last change until then that is kept, which made the record what it was; none where none is kept.
    pub last_change: Option<RecordedChange>,
    /// Before this instant not every change was kept; absent where the record is known whole.
    pub unknown_before: Option<Timestamp>,
    /// Since when every change is kept, where the last one that is kept may not have been the last; absent where it was.
    pub kept_since: Option<Timestamp>,
}

impl PastRecord {
    /// The fields whose value is not known.
    pub fn unknown(&self) -> impl Iterator<Item = DeviceField> {
        let values = self.record.values().into_iter().flatten();
        values.filter(|(_, value)| **value == PastValue::Unknown).map(|(field, _)| *field)
    }

    /// The known value of a field.
    pub fn value(&self, field: DeviceField) -> Option<&str> {
        match self.record.values()?.get(&field)? {
            PastValue::Known(value) => value.as_deref(),
            PastValue::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse_instant;

    fn change(fields: &[(DeviceField, Option<&str>, Option<&str>)]) -> RecordedChange {
        let own = |value: Option<&str>| value.map(str::to_owned);
        let fields = fields.iter();
        RecordedChange {
            at: parse_instant("2026-01-01").unwrap(),
            by: None,
            request_id: None,
            interface: "import".to_owned(),
            reason: None,
            fields: fields
                .map(|(field, before, after)| FieldChange {
                    field: *field,
                    before: own(*before),
                    after: own(*after),
                })
                .collect(),
        }
    }

    #[test]
    fn a_change_of_the_type_decides_what_a_change_is() {
        let (kind, status) = (DeviceField::DeviceType, DeviceField::Status);
        let joined = change(&[(status, None, Some("Pending"))]);
        assert_eq!(joined.event(), HistoryEvent::Joined);
        assert_eq!(change(&[(kind, None, Some("IHD"))]).event(), HistoryEvent::Joined);
        assert_eq!(change(&[(status, Some("Pending"), None)]).event(), HistoryEvent::Left);
        let became_an_ihd = change(&[(status, Some("Pending"), None), (kind, Some("ESME"), Some("IHD"))]);
        assert_eq!(became_an_ihd.event(), HistoryEvent::Changed);
        assert_eq!(change(&[]).event(), HistoryEvent::Changed);
    }

    #[test]
    fn a_removal_that_names_no_fields_leaves_them_unknown() {
        let mut undo = RecordUndo::of(None);
        undo.undo(&change(&[(DeviceField::Status, Some("Pending"), None)]));
        let values = undo.values().unwrap();
        assert_eq!(values[&DeviceField::Status], PastValue::Known(Some("Pending".to_owned())));
        assert_eq!(values[&DeviceField::DeviceModel], PastValue::Unknown);
        undo.undo(&change(&[(DeviceField::Status, None, Some("Pending"))]));
        assert_eq!((undo.values(), undo.joined_at().is_some()), (None, true));
    }
}
