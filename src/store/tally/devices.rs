//! Devices by type and SMI Status, counted in ranges of keys.
//!
//! Each range is a short read of its own, so that a count of millions holds no snapshot and no connection for long. So a count is of no one
//! instant: a Device counts as it was when its range was read, once; one that joins meanwhile may be left to the next count.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    db::{Connection, StoreFault, insert_rows, on_either},
    domain::{DeviceType, Now, SmiStatus, Timestamp},
    store::{
        counter::{self, Counter},
        stored::Table,
        table::stored_table,
    },
};

stored_table! {
    device_tallies (device_type, status) {
        device_type -> Text,
        status -> Text,
        devices -> BigInt,
    }
}

const TABLE: Table = Table("device_tallies");

/// The number of Devices of a range.
const RANGE: i64 = 2_000;

/// The query for a range: it counts the next Devices by their key, and names the last.
const NEXT_RANGE: &str = "SELECT device_type, COALESCE(status, '') AS status, COUNT(*) AS devices, MAX(device_id) AS last \
    FROM (SELECT device_id, device_type, status FROM devices WHERE device_id > $1 ORDER BY device_id LIMIT $2) AS next_devices \
    GROUP BY device_type, COALESCE(status, '')";

/// A row of that query.
#[derive(QueryableByName)]
struct RangeRow {
    #[diesel(sql_type = Text)]
    device_type: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = BigInt)]
    devices: i64,
    #[diesel(sql_type = Text)]
    last: String,
}

#[derive(Insertable)]
#[diesel(table_name = device_tallies)]
struct TallyRow {
    device_type: String,
    status: String,
    devices: i64,
}

/// A count of Devices that is under way.
#[derive(Clone, Debug, Default)]
pub struct DeviceCount {
    /// The last Device that was counted; empty at the beginning.
    last: String,
    counts: BTreeMap<(String, String), i64>,
}

/// The number of Devices of one type and SMI Status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceTally {
    /// The Device Type.
    pub device_type: DeviceType,
    /// The SMI Status; absent of Devices that have none.
    pub status: Option<SmiStatus>,
    /// How many.
    pub devices: u64,
}

/// The last count of Devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceTallies {
    /// The end of the count.
    pub counted_at: Timestamp,
    /// The numbers, by Device Type, then by SMI Status.
    pub counts: Vec<DeviceTally>,
}

impl DeviceCount {
    /// Counts the next range. Returns whether there may be another.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_range(&mut self, connection: &mut Connection) -> Result<bool, StoreFault> {
        let query = sql_query(NEXT_RANGE).bind::<Text, _>(&self.last).bind::<BigInt, _>(RANGE);
        let rows = on_either!(connection, |inner| query.load::<RangeRow>(inner))?;
        let mut in_range = 0;
        for RangeRow { device_type, status, devices, last } in rows {
            in_range += devices;
            *self.counts.entry((device_type, status)).or_default() += devices;
            self.last = last.max(std::mem::take(&mut self.last));
        }
        Ok(in_range == RANGE)
    }
}

/// Puts a count that is complete in the place of the one before.
///
/// # Errors
/// When the database fails.
pub fn replace(connection: &mut Connection, count: &DeviceCount, now: Now) -> Result<(), StoreFault> {
    let rows = count.counts.iter().map(|((device_type, status), devices)| TallyRow {
        device_type: device_type.clone(),
        status: status.clone(),
        devices: *devices,
    });
    let rows = rows.collect::<Vec<_>>();
    diesel::delete(device_tallies::table).execute(connection)?;
    insert_rows!(connection, device_tallies::table, rows)?;
    counter::set(connection, Counter::DevicesCounted, Some(now.0.as_millisecond()))
}

/// Loads the last count; none before the first.
///
/// # Errors
/// When the database fails.
pub fn tallies(connection: &mut Connection) -> Result<Option<DeviceTallies>, StoreFault> {
    let Some(counted) = counter::read(connection, Counter::DevicesCounted)? else { return Ok(None) };
    let counted_at = Timestamp::from_millisecond(counted)
        .map_err(|_| Table("counters").corrupt("value", &"it is no instant"))?;
    let rows = device_tallies::table.load::<(String, String, i64)>(connection)?;
    let tally = |(device_type, status, devices): (String, String, i64)| {
        let status = Some(status).filter(|text| !text.is_empty());
        Ok(DeviceTally {
            device_type: TABLE.value("device_type", &device_type)?,
            status: TABLE.optional("status", status.as_deref())?,
            devices: devices.unsigned_abs(),
        })
    };
    let mut counts = rows.into_iter().map(tally).collect::<Result<Vec<_>, StoreFault>>()?;
    counts.sort_by_key(|tally| (tally.device_type, tally.status));
    Ok(Some(DeviceTallies { counted_at, counts }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Kind,
        testing::{TempStore, now, query_plan_without_scans},
    };

    fn count(temp: &TempStore) -> usize {
        let (mut count, mut ranges) = (DeviceCount::default(), 1);
        while temp.store.read(|connection| count.count_range(connection)).unwrap() {
            ranges += 1;
        }
        temp.transact(move |connection| replace(connection, &count, now("2026-01-02"))).unwrap();
        ranges
    }

    fn counted(temp: &TempStore) -> Vec<(&'static str, Option<&'static str>, u64)> {
        let tallies = temp.store.read(tallies).unwrap().unwrap();
        assert_eq!(tallies.counted_at, now("2026-01-02").0);
        let tally = |tally: DeviceTally| {
            (tally.device_type.as_str(), tally.status.map(|status| status.as_str()), tally.devices)
        };
        tallies.counts.into_iter().map(tally).collect()
    }

    #[test]
    fn devices_are_counted_by_type_and_status_in_ranges() {
        let temp = TempStore::new();
        assert_eq!(temp.store.read(tallies).unwrap(), None);
        assert_eq!((count(&temp), counted(&temp)), (1, vec![]));
        let mut csv = "device_id,device_type,status,device_manufacturer,device_model\n".to_owned();
        for number in 0..4_100_u32 {
            let [_, _, high, low] = number.to_be_bytes();
            let (kind, status) = match number % 4 {
                0 => ("IHD", ""),
                1 => ("ESME", "Pending"),
                _ => ("CHF", "Commissioned"),
            };
            csv += &format!("00-DB-12-34-56-78-{high:02X}-{low:02X},{kind},{status},M,X\n");
        }
        temp.load(Kind::Devices, &csv).unwrap();
        assert_eq!(count(&temp), 3);
        let expected =
            [("ESME", Some("Pending"), 1_025), ("CHF", Some("Commissioned"), 2_050), ("IHD", None, 1_025)];
        assert_eq!(counted(&temp), expected);
    }

    #[test]
    fn a_range_is_found_by_the_key() {
        let temp = TempStore::new();
        let plan = temp.store.read(|connection| {
            let filled = NEXT_RANGE.replace("$1", "'00'").replace("$2", "10");
            Ok::<_, StoreFault>(query_plan_without_scans(connection, &filled))
        });
        let plan = plan.unwrap();
        let by_key =
            |line: &String| line.contains("sqlite_autoindex_devices") || line.contains("devices_pkey");
        assert!(plan.iter().any(by_key), "{plan:#?}");
    }
}
