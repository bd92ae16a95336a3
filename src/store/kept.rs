//! Since when changes of Devices are kept: an older version kept statuses alone, and what decisions carry is purged with them.

use super::{
    counter::{self, Counter},
    device::history_entry::carried_of,
};
use crate::{
    db::{Connection, StoreFault},
    domain::{DeviceField, DeviceType, Eui64, PastRecord, PastValue, RecordUndo, RecordedChange, Timestamp},
};

/// Until when changes were not kept, or are kept no more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// Before it, no changes were kept but for the statuses.
    unknown: Option<Timestamp>,
    /// The instant of the youngest change that was purged.
    purged: Option<Timestamp>,
}

impl Kept {
    pub(super) fn load(connection: &mut Connection) -> Result<Self, StoreFault> {
        let mut until = |counter| -> Result<Option<Timestamp>, StoreFault> {
            let until = counter::read(connection, counter)?;
            Ok(until.and_then(|until| Timestamp::from_millisecond(until).ok()))
        };
        Ok(Self { unknown: until(Counter::UnknownBefore)?, purged: until(Counter::PurgedBefore)? })
    }

    /// Since when every change is kept; none where all are.
    pub(super) fn since(self) -> Option<Timestamp> {
        let purged = self.purged.map(|until| until.as_millisecond().saturating_add(1));
        self.unknown.max(purged.and_then(|since| Timestamp::from_millisecond(since).ok()))
    }

    /// Forgets the fields whose changes were not kept at that instant, or were purged since. Returns until when that is so.
    pub(super) fn forget(self, at: Timestamp, record: &mut RecordUndo) -> Option<Timestamp> {
        let until = |until: Option<Timestamp>| until.filter(|until| at < *until);
        let (unknown, purged) = (until(self.unknown), until(self.purged));
        let values = record.values()?;
        if purged.is_some() {
            // Its type is known: no decision changes it.
            let device_type = match values.get(&DeviceField::DeviceType) {
                Some(PastValue::Known(Some(device_type))) => device_type.parse::<DeviceType>().ok(),
                Some(PastValue::Known(None) | PastValue::Unknown) | None => None,
            };
            record.forget(carried_of(device_type));
        }
        if unknown.is_some() {
            // Statuses were always kept.
            record.forget(DeviceField::ALL.iter().copied().filter(|field| *field != DeviceField::Status));
        }
        unknown.max(purged)
    }

    /// The record of a Device as it stood: as undoing left it, and the last change that is kept until then.
    pub(super) fn past(
        self,
        device: Eui64,
        at: Timestamp,
        mut record: RecordUndo,
        last_change: Option<RecordedChange>,
    ) -> PastRecord {
        let unknown_before = self.forget(at, &mut record);
        let is_older = |since: &Timestamp| last_change.as_ref().is_none_or(|change| change.at < *since);
        let kept_since = self.since().filter(|since| record.values().is_some() && is_older(since));
        PastRecord { device, at, record, last_change, unknown_before, kept_since }
    }
}

/// Since when every change is kept; none where all are.
///
/// # Errors
/// When the database fails.
pub fn changes_kept_since(connection: &mut Connection) -> Result<Option<Timestamp>, StoreFault> {
    Ok(Kept::load(connection)?.since())
}

/// Notes that changes were not kept before an instant: those of a backup of an older version.
pub(in crate::store) fn note_unknown_before(
    connection: &mut Connection,
    until: Timestamp,
) -> Result<(), StoreFault> {
    counter::set(connection, Counter::UnknownBefore, Some(until.as_millisecond().saturating_add(1)))
}
