//! The Devices that had other supply points at an instant: without them a report by supply point as it stood would miss those that left.

use std::collections::BTreeSet;

use diesel::{
    dsl::max,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    db::{Connection, StoreFault},
    domain::{DeviceField, Eui64, Timestamp, instant_text},
    store::{decision::decisions, device::status_history, device_history::HistoryPlace, stored::Table},
};

/// The rows of the history that one read looks at.
const ROWS: i64 = 20_000;
/// The decisions that one read looks at: each is longer than a row of the history.
const DECISIONS: i64 = 5_000;

const TABLE: Table = Table("status_history");

/// How far a look at changes of supply points came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPoints {
    /// The Devices with such changes. Of one that left every supply point was one.
    pub devices: BTreeSet<Eui64>,
    /// Where the look goes on; none where there is no other change.
    pub next: Option<HistoryPlace>,
}

#[derive(QueryableByName)]
struct PointChangeRow {
    #[diesel(sql_type = Text)]
    device_id: String,
}

/// The statement for one of both tables, with the name of its column that has the instant.
fn changed_sql(table: &str, at: &str) -> String {
    let named = [DeviceField::ImportMpxn, DeviceField::SecondaryImportMpan, DeviceField::ExportMpan];
    let any = named.map(|field| format!("{table}.changes LIKE '%\"{field}\"%'")).join(" OR ");
    format!(
        "SELECT DISTINCT {table}.device_id FROM {table}
        WHERE {table}.id > $1 AND {table}.id <= $2 AND {table}.{at} > $3 AND {table}.device_id IS NOT NULL AND ({any})"
    )
}

/// Finds Devices whose supply points changed since an instant, in the changes behind that place.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn points_changed_since(
    connection: &mut Connection,
    at: Timestamp,
    after: Option<HistoryPlace>,
) -> Result<ChangedPoints, StoreFault> {
    let HistoryPlace { row, decision } = after.unwrap_or(HistoryPlace::BEGIN);
    let rows = status_history::table.select(max(status_history::id)).get_result::<Option<i64>>(connection)?;
    let newest = decisions::table.select(max(decisions::id)).get_result::<Option<i64>>(connection)?;
    let to = HistoryPlace {
        row: (row + ROWS).min(rows.unwrap_or(0)).max(row),
        decision: (decision + DECISIONS).min(newest.unwrap_or(0)).max(decision),
    };
    let mut devices = BTreeSet::new();
    let ranges = [
        (changed_sql("status_history", "changed_at"), row, to.row),
        (changed_sql("decisions", "decided_at"), decision, to.decision),
    ];
    for (statement, after, to) in ranges.into_iter().filter(|(_, after, to)| after < to) {
        let query = sql_query(statement).bind::<BigInt, _>(after).bind::<BigInt, _>(to);
        for PointChangeRow { device_id } in query.bind::<Text, _>(instant_text(at)).load(connection)? {
            devices.insert(TABLE.value("device_id", &device_id)?);
        }
    }
    let is_last = (to.row, to.decision) == (row, decision);
    Ok(ChangedPoints { devices, next: (!is_last).then_some(to) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Kind,
        testing::{TempStore, now, query_plan_without_scans},
    };

    const HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,import_mpxn\n";

    fn line(last: u8, status: &str, mpxn: &str) -> String {
        format!("00-DB-12-34-56-78-90-{last:02},ESME,{status},AB01,M 1,{mpxn}\n")
    }

    /// A new supply point is a change, another status is none, and one that was made before the instant is of no interest.
    #[test]
    fn devices_with_other_supply_points_are_found() {
        let temp = TempStore::new();
        let first = line(1, "Pending", "1000000000001") + &line(2, "Pending", "1000000000002");
        temp.load(Kind::Devices, &(HEADER.to_owned() + &first)).unwrap();
        let second = line(1, "Pending", "1000000000009") + &line(2, "Commissioned", "1000000000002");
        temp.load(Kind::Devices, &(HEADER.to_owned() + &second)).unwrap();
        let found = |at: &str| {
            let (mut devices, mut after) = (BTreeSet::new(), None);
            loop {
                let read = |connection: &mut Connection| points_changed_since(connection, now(at).0, after);
                let found = temp.store.read(read).unwrap();
                devices.extend(found.devices);
                match found.next {
                    Some(next) => after = Some(next),
                    None => return devices.into_iter().map(|id| id.to_string()).collect::<Vec<_>>(),
                }
            }
        };
        assert_eq!(found("2020-01-01"), ["00-DB-12-34-56-78-90-01"]);
        assert_eq!(found("9000-01-01"), Vec::<String>::new());
    }

    #[test]
    fn changes_are_read_by_ranges_of_keys() {
        let temp = TempStore::with_fixtures();
        for (table, at) in [("status_history", "changed_at"), ("decisions", "decided_at")] {
            let statement =
                changed_sql(table, at).replace("$1", "0").replace("$2", "9").replace("$3", "'2026'");
            let explain = |connection: &mut Connection| {
                Ok::<_, StoreFault>(query_plan_without_scans(connection, &statement).join("\n"))
            };
            let plan = temp.store.read(explain).unwrap();
            let scans = [format!("SCAN {table}"), format!("Seq Scan on {table}")];
            assert!(!scans.iter().any(|scan| plan.contains(scan)), "{plan}");
        }
    }
}
