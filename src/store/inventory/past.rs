//! The records of many Devices as they stood at an instant. Most did not change since: only of the others is the history read.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    dsl::max,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, Eui64, PastRecord, RecordUndo, RecordedChange, Timestamp, instant_text},
    store::{
        decision::{self, decisions},
        device::{BATCH, history, status_history},
        device_history::{HistoryPlace, Loaded},
        kept::Kept,
        stored::Table,
    },
};

/// The rows of the history that one read looks at for Devices that left.
const ROWS: i64 = 20_000;

const TABLE: Table = Table("status_history");

/// How far a look at Devices that left came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastReach {
    /// Those that are no more in the SMI.
    pub devices: BTreeSet<Eui64>,
    /// The last row that was looked at; none where there is no other.
    pub next: Option<i64>,
}

/// The instant of the first change that is kept: before it nothing is known. None where nothing ever was in the SMI.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn history_begins(connection: &mut Connection) -> Result<Option<Timestamp>, StoreFault> {
    // By the key: there is no index of instants, and rows are written as time goes on.
    let oldest = status_history::table.order(status_history::id).select(status_history::changed_at);
    let oldest = oldest.first::<String>(connection).optional()?;
    oldest.map(|at| TABLE.instant("changed_at", &at)).transpose()
}

/// The records of these Devices as they stood; as [`record_as_at`](crate::store::record_as_at) finds each.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn past_records(
    connection: &mut Connection,
    devices: &[Device],
    at: Timestamp,
) -> Result<Vec<PastRecord>, StoreFault> {
    let kept = Kept::load(connection)?;
    let mut records = Vec::with_capacity(devices.len());
    for batch in devices.chunks(BATCH) {
        let changed = Vec::from_iter(changed_since(connection, batch, at)?);
        let mut changes = changes_of(connection, &changed)?;
        for device in batch {
            let changes = changes.remove(&device.id.to_string()).unwrap_or_default();
            let (mut record, mut last_change) = (RecordUndo::of(Some(device)), None);
            for (_, change) in changes {
                if change.at <= at {
                    last_change = Some(change);
                    break;
                }
                record.undo(&change);
            }
            records.push(kept.past(device.id, at, record, last_change));
        }
    }
    Ok(records)
}

/// The changes of these Devices, each Device's newest first, and each with the place before it.
pub(in crate::store) fn changes_of(
    connection: &mut Connection,
    devices: &[String],
) -> Result<BTreeMap<String, Vec<(HistoryPlace, RecordedChange)>>, StoreFault> {
    let mut loaded = BTreeMap::<String, (Vec<_>, Vec<_>)>::new();
    for (device, row) in history::changes_of_devices(connection, devices)? {
        loaded.entry(device).or_default().0.push(row);
    }
    for (device, carried) in decision::changes_of_devices(connection, devices)? {
        loaded.entry(device).or_default().1.push(carried);
    }
    let in_order = |(device, (rows, decisions))| {
        let placed = Loaded { rows, decisions, limit: usize::MAX }.place_from(HistoryPlace::END, false);
        (device, placed)
    };
    Ok(loaded.into_iter().map(in_order).collect())
}

/// Those of these Devices that changed since, in either table.
fn changed_since(
    connection: &mut Connection,
    devices: &[Device],
    at: Timestamp,
) -> Result<BTreeSet<String>, StoreFault> {
    let ids = devices.iter().map(|device| device.id.to_string()).collect::<Vec<_>>();
    let at = instant_text(at);
    let moved = status_history::table
        .filter(status_history::device_id.eq_any(&ids))
        .filter(status_history::changed_at.gt(&at))
        .select(status_history::device_id)
        .distinct()
        .load::<String>(connection)?;
    let corrected = decisions::table
        .filter(decisions::device_id.eq_any(&ids))
        .filter(decisions::changes.is_not_null())
        .filter(decisions::decided_at.gt(&at))
        .select(decisions::device_id)
        .distinct()
        .load::<Option<String>>(connection)?;
    Ok(moved.into_iter().chain(corrected.into_iter().flatten()).collect())
}

#[derive(QueryableByName)]
struct LeftRow {
    #[diesel(sql_type = Text)]
    device_id: String,
}

/// The statement of [`left_since`]. A Device of Type 2, which has no status, leaves with its type.
const LEFT: &str = "SELECT DISTINCT status_history.device_id FROM status_history
    WHERE status_history.id > $1 AND status_history.id <= $2 AND status_history.changed_at > $3
    AND status_history.to_status IS NULL
    AND (status_history.from_status IS NOT NULL OR status_history.changes LIKE '%\"device_type\"%')
    AND NOT EXISTS (SELECT 1 FROM devices WHERE devices.device_id = status_history.device_id)";

/// Finds Devices that left the SMI since an instant and did not come back, in the rows of the history behind this one.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn left_since(connection: &mut Connection, at: Timestamp, after: i64) -> Result<PastReach, StoreFault> {
    let last = status_history::table.select(max(status_history::id)).get_result::<Option<i64>>(connection)?;
    let Some(last) = last.filter(|last| *last > after) else {
        return Ok(PastReach { devices: BTreeSet::new(), next: None });
    };
    let to = (after + ROWS).min(last);
    let query = sql_query(LEFT).bind::<BigInt, _>(after).bind::<BigInt, _>(to);
    let rows = query.bind::<Text, _>(instant_text(at)).load::<LeftRow>(connection)?;
    let devices = rows.iter().map(|row| TABLE.value("device_id", &row.device_id));
    Ok(PastReach { devices: devices.collect::<Result<_, _>>()?, next: Some(to) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Kind,
        device::page_after,
        record_as_at,
        testing::{TempStore, fixture},
    };

    #[test]
    fn the_history_begins_with_its_first_change() {
        let temp = TempStore::new();
        let begins = || temp.store.read(history_begins).unwrap().map(instant_text);
        assert_eq!(begins(), None);
        let line = |last: u8| format!("00-DB-12-34-56-78-90-{last:02},ESME,Pending,AB01,M 1\n");
        let header = "device_id,device_type,status,device_manufacturer,device_model\n";
        temp.load_at(Kind::Devices, &format!("{header}{}", line(1)), "2026-03-01").unwrap();
        temp.load_at(Kind::Devices, &format!("{header}{}", line(2)), "2026-04-01").unwrap();
        assert_eq!(begins().as_deref(), Some("2026-03-01T00:00:00.000Z"));
    }

    /// Many at once are what each is by itself.
    #[test]
    fn many_records_are_as_each_stood() {
        let temp = TempStore::with_fixtures();
        temp.load(Kind::Devices, &fixture(Kind::Devices).replace(",Commissioned,", ",Suspended,")).unwrap();
        let check = |connection: &mut Connection| {
            let devices = page_after(connection, None)?;
            for at in ["2020-01-01", "2026-01-01", "2030-01-01"].map(|day| crate::store::testing::now(day).0)
            {
                let many = past_records(connection, &devices, at)?;
                assert_eq!(many.len(), devices.len());
                for past in many {
                    let one = record_as_at(connection, past.device, at)?.unwrap();
                    assert_eq!(past.record.values(), one.record.values(), "{} at {at}", past.device);
                    assert_eq!(past.unknown_before, one.unknown_before);
                }
            }
            Ok::<_, StoreFault>(())
        };
        temp.store.read(check).unwrap();
    }
}
