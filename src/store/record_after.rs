//! The records of Devices as single changes left them: of a Device that joined the SMI its row tells no values, as they are those of today,
//! or those before the changes that came later.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    device::{BATCH, find_all},
    device_history::{ChangeKey, HistoryPlace, keyed},
    inventory::changes_of,
    kept::Kept,
};
use crate::{
    db::{Connection, StoreFault},
    domain::{DeviceField, Eui64, PastValue, RecordUndo, Timestamp},
};

/// What is known of a Device as a change left it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownRecord {
    /// Every field that had a value.
    pub values: Vec<(DeviceField, String)>,
    /// The fields whose value is not known any more.
    pub unknown: Vec<DeviceField>,
}

impl KnownRecord {
    fn of(record: &RecordUndo) -> Self {
        let mut found = Self::default();
        for (field, value) in record.values().into_iter().flatten() {
            match value {
                PastValue::Known(value) => found.values.extend(value.clone().map(|value| (*field, value))),
                PastValue::Unknown => found.unknown.push(*field),
            }
        }
        found
    }
}

/// Finds the records that these changes left, each of a Device.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn records_after(
    connection: &mut Connection,
    changes: &[(ChangeKey, Eui64)],
) -> Result<BTreeMap<ChangeKey, KnownRecord>, StoreFault> {
    let asked = changes.iter().map(|(key, _)| *key).collect::<BTreeSet<_>>();
    let devices = Vec::from_iter(changes.iter().map(|(_, device)| *device).collect::<BTreeSet<_>>());
    let kept = Kept::load(connection)?;
    let mut records = BTreeMap::new();
    for batch in devices.chunks(BATCH) {
        let today = find_all(connection, batch)?;
        let today = today.iter().map(|device| (device.id.to_string(), device)).collect::<BTreeMap<_, _>>();
        let ids = Vec::from_iter(batch.iter().map(ToString::to_string));
        for (device, changes) in changes_of(connection, &ids)? {
            let mut record = RecordUndo::of(today.get(&device).copied());
            for (key, _, change) in keyed(HistoryPlace::END, changes) {
                if asked.contains(&key) {
                    let mut then = record.clone();
                    // A change that was purged may have followed in the same instant.
                    let before = Timestamp::from_millisecond(change.at.as_millisecond().saturating_sub(1));
                    kept.forget(before.unwrap_or(change.at), &mut then);
                    records.insert(key, KnownRecord::of(&then));
                }
                record.undo(&change);
            }
        }
    }
    Ok(records)
}
