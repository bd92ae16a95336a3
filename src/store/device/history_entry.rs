//! An entry of a Device's history: what one decision, event or import changed of one Device.

use crate::domain::{
    Date, Device, DeviceChange, DeviceField, DeviceType, Eui64, FieldChange, SmiStatus, StatusMove,
};

/// The fields that the record of a decision may carry, and that are purged with it: those that SR 8.4 changes by itself.
const CARRIED: &[DeviceField] = &[
    DeviceField::DeviceManufacturer,
    DeviceField::DeviceModel,
    DeviceField::SmetsChtsVersion,
    DeviceField::FirmwareVersion,
    DeviceField::EsmeVariant,
    DeviceField::ImportMpxn,
    DeviceField::SecondaryImportMpan,
    DeviceField::ExportMpan,
];

/// Those of them that a Device of this type can have; all where its type is not known. Only an ESME has an ESME Variant.
pub(in crate::store) fn carried_of(device_type: Option<DeviceType>) -> impl Iterator<Item = DeviceField> {
    let has_variant = device_type.is_none_or(|device_type| device_type == DeviceType::Esme);
    CARRIED.iter().copied().filter(move |field| has_variant || *field != DeviceField::EsmeVariant)
}

/// A change of a Device to be kept: its status before and since, and the other fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct HistoryEntry {
    pub(in crate::store) device: Eui64,
    pub(in crate::store) from: Option<SmiStatus>,
    pub(in crate::store) to: Option<SmiStatus>,
    pub(in crate::store) fields: Vec<FieldChange>,
}

impl HistoryEntry {
    /// A Device joins the SMI. Its values are not written: they are those of today, or those before the changes to come.
    pub(in crate::store) fn joined(new: &Device) -> Self {
        // One without a status is seen to join by its type.
        let of_type = || FieldChange::between(DeviceField::DeviceType, None, Some(&new.device_type));
        let fields = if new.status.is_some() { Vec::new() } else { of_type().into_iter().collect() };
        Self { device: new.id, from: None, to: new.status, fields }
    }

    /// A Device leaves the SMI, with all of its values.
    pub(in crate::store) fn left(old: &Device) -> Self {
        let mut fields = FieldChange::all_of_removed(old);
        fields.retain(|change| change.field != DeviceField::Status);
        Self { device: old.id, from: old.status, to: None, fields }
    }

    /// Fields of a Device change, and its status stays.
    pub(in crate::store) const fn changed(device: Eui64, fields: Vec<FieldChange>) -> Self {
        Self { device, from: None, to: None, fields }
    }

    /// A Device moves from one status to another, perhaps with a DateCommissioned.
    pub(in crate::store) fn moved(change: StatusMove, date_before: Option<Date>) -> Self {
        let StatusMove { device, from, to, date_commissioned } = change;
        let date = date_commissioned.and_then(|date| {
            FieldChange::between(DeviceField::DateCommissioned, date_before.as_ref(), Some(&date))
        });
        Self { device, from: Some(from), to: Some(to), fields: date.into_iter().collect() }
    }

    /// The change of a Device that stays in the SMI, from its record before it.
    pub(in crate::store) fn of(change: &DeviceChange, before: &Device) -> Self {
        let one = |change: Option<FieldChange>| Self::changed(before.id, change.into_iter().collect());
        match change {
            DeviceChange::Add(new) => Self::joined(new),
            DeviceChange::Remove(_) => Self::left(before),
            DeviceChange::SetDetails(_, change) => Self::changed(before.id, change.fields()),
            DeviceChange::SetStatus(change) => Self::moved(*change, before.date_commissioned),
            DeviceChange::SetMpxn(_, kind, mpxn) => {
                let known = before.mpxns.iter().find(|(of, _)| of == kind).map(|(_, mpxn)| mpxn);
                one(FieldChange::between((*kind).into(), known, Some(mpxn)))
            }
            DeviceChange::SetChf(_, chf) => {
                one(FieldChange::between(DeviceField::Chf, before.chf.as_ref(), chf.as_ref()))
            }
        }
    }

    /// The associations of a Device that end, as that Device leaves the SMI.
    pub(in crate::store) fn dissociated(device: &Device, from: Eui64) -> Self {
        let associations = [
            (DeviceField::Chf, device.chf),
            (DeviceField::AssociatedGpf, device.associated_gpf),
            (DeviceField::AssociatedDevice, device.associated_device),
        ];
        let ended = associations.into_iter().filter(|(_, to)| *to == Some(from));
        let fields = ended.filter_map(|(field, to)| FieldChange::between(field, to.as_ref(), None));
        Self::changed(device.id, fields.collect())
    }

    const fn is_of_status(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    fn is_empty(&self) -> bool {
        self.from == self.to && self.fields.is_empty()
    }

    /// Whether it only changes fields of a Device that was in the SMI, and stays.
    fn only_changes(&self) -> bool {
        let is_of_type = self.fields.iter().any(|change| change.field == DeviceField::DeviceType);
        !is_of_type && self.from.is_some() == self.to.is_some()
    }

    fn may_be_carried(&self) -> bool {
        !self.is_of_status() && self.fields.iter().all(|change| CARRIED.contains(&change.field))
    }

    /// Adds what follows for the same Device in the same decision; returns it where it is an entry of its own.
    fn merge(&mut self, next: Self) -> Option<Self> {
        let is_one = self.device == next.device
            && self.only_changes()
            && next.only_changes()
            && !(self.is_of_status() && next.is_of_status());
        if !is_one {
            return Some(next);
        }
        if next.is_of_status() {
            (self.from, self.to) = (next.from, next.to);
        }
        self.fields.extend(next.fields);
        None
    }
}

/// The entries of one decision, event or import, each Device's changes in one.
pub(in crate::store) fn merged(entries: Vec<HistoryEntry>) -> Vec<HistoryEntry> {
    let mut merged = Vec::<HistoryEntry>::with_capacity(entries.len());
    for entry in entries.into_iter().filter(|entry| !entry.is_empty()) {
        let own_entry = match merged.last_mut() {
            Some(last) => last.merge(entry),
            None => Some(entry),
        };
        merged.extend(own_entry);
    }
    merged
}

/// Takes out the changes that the record of a decision about this Device carries: those of a Device whose status stays. They would
/// need a row of the history, and a page of its index, for each correction. Nothing is taken where another entry of it must have its
/// place between them.
pub(in crate::store) fn take_carried(
    entries: &mut Vec<HistoryEntry>,
    device: Option<Eui64>,
) -> Vec<FieldChange> {
    let Some(device) = device else { return Vec::new() };
    let mut own = entries.iter().enumerate().filter(|(_, entry)| entry.device == device);
    match (own.next(), own.next()) {
        (Some((at, entry)), None) if entry.may_be_carried() => entries.remove(at).fields,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::MpxnKind,
        store::testing::{device_id, pending, value},
    };

    #[test]
    fn the_changes_of_one_decision_are_one_entry_a_device() {
        let device = pending(1, DeviceType::Esme);
        let to = SmiStatus::Whitelisted;
        let changes = [
            DeviceChange::SetStatus(StatusMove {
                device: device.id,
                from: SmiStatus::Pending,
                to,
                date_commissioned: None,
            }),
            DeviceChange::SetChf(device.id, Some(device_id(2))),
            DeviceChange::SetMpxn(device.id, MpxnKind::ExportMpan, value("1000000000003")),
        ];
        let entries = changes.iter().map(|change| HistoryEntry::of(change, &device)).collect();
        let mut merged = merged(entries);
        let fields = merged[0].fields.iter().map(|change| change.field).collect::<Vec<_>>();
        assert_eq!((merged.len(), fields), (1, vec![DeviceField::Chf, DeviceField::ExportMpan]));
        assert!(take_carried(&mut merged, Some(device.id)).is_empty(), "the status has a row anyway");
    }

    #[test]
    fn a_decision_carries_what_it_changes_of_its_own_device_alone() {
        let (own, other) = (pending(1, DeviceType::Esme), pending(2, DeviceType::Gpf));
        let entry = |device: &Device| {
            let kind = MpxnKind::ExportMpan;
            HistoryEntry::of(&DeviceChange::SetMpxn(device.id, kind, value("1000000000003")), device)
        };
        let mut entries = merged(vec![entry(&own), entry(&other)]);
        assert_eq!(take_carried(&mut entries, Some(own.id)).len(), 1);
        assert_eq!(entries, [entry(&other)]);
        assert!(take_carried(&mut entries, None).is_empty());
    }

    #[test]
    fn what_changes_nothing_is_no_entry() {
        let device = pending(1, DeviceType::Esme);
        assert!(merged(vec![HistoryEntry::of(&DeviceChange::SetChf(device.id, None), &device)]).is_empty());
    }
}
