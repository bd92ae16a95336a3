//! Supply points in their order, and the Devices that have them.

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, Eui64, Mpxn},
    store::{
        device::{DeviceRow, devices},
        stored::Table,
    },
};

const TABLE: Table = Table("devices");

#[derive(QueryableByName)]
struct PointRow {
    #[diesel(sql_type = Text)]
    mpxn: String,
}

/// The statement of [`points_after`]: the first ones of each column, along its index.
const POINTS: &str = "SELECT mpxn FROM (
        SELECT * FROM (SELECT import_mpxn AS mpxn FROM devices WHERE import_mpxn > $1 ORDER BY import_mpxn LIMIT $2) AS import
        UNION SELECT * FROM (SELECT secondary_import_mpan AS mpxn FROM devices WHERE secondary_import_mpan > $1
            ORDER BY secondary_import_mpan LIMIT $2) AS secondary
        UNION SELECT * FROM (SELECT export_mpan AS mpxn FROM devices WHERE export_mpan > $1
            ORDER BY export_mpan LIMIT $2) AS export
    ) AS points ORDER BY mpxn LIMIT $2";

/// The first supply points of Devices behind this one, in the order of their texts; at most so many.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn points_after(
    connection: &mut Connection,
    after: Option<&Mpxn>,
    limit: u16,
) -> Result<Vec<Mpxn>, StoreFault> {
    let after = after.map_or("", Mpxn::as_str);
    let query = sql_query(POINTS).bind::<Text, _>(after).bind::<BigInt, _>(i64::from(limit));
    let rows = query.load::<PointRow>(connection)?;
    rows.iter().map(|row| TABLE.value("import_mpxn", &row.mpxn)).collect()
}

/// The Devices that have one of these supply points, and the other Devices of these hubs that are needed beside them, by ID.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn devices_of_points(
    connection: &mut Connection,
    points: &[Mpxn],
) -> Result<BTreeMap<Eui64, Device>, StoreFault> {
    let mut found = BTreeMap::new();
    let names = points.iter().map(Mpxn::as_str).collect::<Vec<_>>();
    // A query a column: each is answered from its own index.
    let import = devices::table.filter(devices::import_mpxn.eq_any(&names)).select(DeviceRow::as_select());
    let secondary = devices::table.filter(devices::secondary_import_mpan.eq_any(&names));
    let export = devices::table.filter(devices::export_mpan.eq_any(&names));
    let rows = import.load::<DeviceRow>(connection)?.into_iter();
    let rows = rows.chain(secondary.select(DeviceRow::as_select()).load(connection)?);
    let rows = rows.chain(export.select(DeviceRow::as_select()).load(connection)?);
    for row in rows {
        let device = Device::try_from(row)?;
        found.insert(device.id, device);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{TempStore, query_plan_without_scans};

    #[test]
    fn supply_points_are_found_along_their_indexes() {
        let temp = TempStore::with_fixtures();
        let explain = |connection: &mut Connection| {
            let statement = POINTS.replace("$1", "'1'").replace("$2", "3");
            Ok::<_, StoreFault>(query_plan_without_scans(connection, &statement).join("\n"))
        };
        let plan = temp.store.read(explain).unwrap();
        for index in ["devices_by_import_mpxn", "devices_by_secondary_import_mpan", "devices_by_export_mpan"]
        {
            assert!(plan.contains(index), "{plan}");
        }
        assert!(!plan.contains("SCAN devices") && !plan.contains("Seq Scan on devices"), "{plan}");
        let all = temp.store.read(|connection| points_after(connection, None, 100)).unwrap();
        let (mut found, mut after) = (Vec::<Mpxn>::new(), None);
        loop {
            let page = temp.store.read(|connection| points_after(connection, after.as_ref(), 2)).unwrap();
            if page.is_empty() {
                break;
            }
            after = page.last().cloned();
            found.extend(page);
        }
        assert!(all.len() > 5);
        assert_eq!(found, all);
    }
}
