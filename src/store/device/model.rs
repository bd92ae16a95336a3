//! Named queries of Devices by their Device Model. Each is answered from the index `devices_by_model`, as there may be millions.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Nullable, Text},
};

use super::columns::{DeviceRow, TABLE, devices};
use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceType, SmiStatus},
};

/// A Device Model as the inventory writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct ModelName {
    pub(in crate::store) model: String,
    pub(in crate::store) manufacturer: String,
    pub(in crate::store) device_type: DeviceType,
    pub(in crate::store) firmware_version: Option<String>,
}

/// Loads the Devices of a model in one of these statuses.
pub(in crate::store) fn of_model(
    connection: &mut Connection,
    statuses: &[SmiStatus],
    name: &ModelName,
) -> Result<Vec<Device>, StoreFault> {
    let ModelName { model, manufacturer, device_type, firmware_version } = name;
    let of_model = devices::table
        .filter(devices::device_model.eq(model))
        .filter(devices::device_manufacturer.eq(manufacturer))
        .filter(devices::device_type.eq(device_type.as_str()))
        .filter(devices::status.eq_any(statuses.iter().map(|status| status.as_str())))
        .select(DeviceRow::as_select());
    // Two queries: PostgreSQL searches no index for `IS NOT DISTINCT FROM`.
    let rows = match firmware_version {
        Some(version) => of_model.filter(devices::firmware_version.eq(version)).load(connection)?,
        None => of_model.filter(devices::firmware_version.is_null()).load(connection)?,
    };
    rows.into_iter().map(Device::try_from).collect()
}

#[derive(QueryableByName)]
struct NextModel {
    #[diesel(sql_type = Text)]
    device_model: String,
    #[diesel(sql_type = Text)]
    device_manufacturer: String,
    #[diesel(sql_type = Text)]
    device_type: String,
}

#[derive(QueryableByName)]
struct NextVersion {
    #[diesel(sql_type = Nullable<Text>)]
    firmware_version: Option<String>,
}

/// The first model behind another one.
const NEXT_MODEL: &str = "SELECT device_model, device_manufacturer, device_type FROM devices
    WHERE (device_model, device_manufacturer, device_type) > ($1, $2, $3)
    ORDER BY device_model, device_manufacturer, device_type LIMIT 1";

/// The first firmware version of a model behind another one.
const NEXT_VERSION: &str = "SELECT firmware_version FROM devices
    WHERE device_model = $1 AND device_manufacturer = $2 AND device_type = $3 AND firmware_version > $4
    ORDER BY firmware_version LIMIT 1";

/// A Device of a model that has no firmware version.
const NO_VERSION: &str = "SELECT firmware_version FROM devices
    WHERE device_model = $1 AND device_manufacturer = $2 AND device_type = $3 AND firmware_version IS NULL LIMIT 1";

/// Finds every Device Model of the inventory, one after the other in the index: a `DISTINCT` would read every Device.
pub(in crate::store) fn models(connection: &mut Connection) -> Result<Vec<ModelName>, StoreFault> {
    let mut found = Vec::new();
    let mut last = [String::new(), String::new(), String::new()];
    loop {
        let [model, manufacturer, device_type] = &last;
        let next = sql_query(NEXT_MODEL).bind::<Text, _>(model).bind::<Text, _>(manufacturer);
        let next = next.bind::<Text, _>(device_type).load::<NextModel>(connection)?.into_iter().next();
        let Some(NextModel { device_model, device_manufacturer, device_type }) = next else {
            return Ok(found);
        };
        last = [device_model, device_manufacturer, device_type];
        versions(connection, &last, &mut found)?;
    }
}

/// Adds a model with each of its firmware versions, and without one where a Device has none.
fn versions(
    connection: &mut Connection,
    [model, manufacturer, device_type]: &[String; 3],
    found: &mut Vec<ModelName>,
) -> Result<(), StoreFault> {
    let with = |firmware_version| {
        Ok::<_, StoreFault>(ModelName {
            model: model.clone(),
            manufacturer: manufacturer.clone(),
            device_type: TABLE.value("device_type", device_type)?,
            firmware_version,
        })
    };
    let without = sql_query(NO_VERSION).bind::<Text, _>(model).bind::<Text, _>(manufacturer);
    if !without.bind::<Text, _>(device_type).load::<NextVersion>(connection)?.is_empty() {
        found.push(with(None)?);
    }
    let mut last = String::new();
    loop {
        let next = sql_query(NEXT_VERSION).bind::<Text, _>(model).bind::<Text, _>(manufacturer);
        let next =
            next.bind::<Text, _>(device_type).bind::<Text, _>(&last).load::<NextVersion>(connection)?;
        let next = next.into_iter().find_map(|NextVersion { firmware_version }| firmware_version);
        let Some(version) = next else { return Ok(()) };
        found.push(with(Some(version.clone()))?);
        last = version;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Kind,
        testing::{TempStore, query_plan_without_scans},
    };

    /// Ten million Devices cost what ten cost.
    #[test]
    fn devices_are_found_by_their_model_from_an_index() {
        let temp = TempStore::with_fixtures();
        let of_model = "SELECT * FROM devices WHERE device_model = 'a' AND device_manufacturer = 'b'
            AND device_type = 'ESME' AND status IN ('Commissioned', 'Suspended') AND firmware_version";
        let filled =
            |statement: &str| (1..=4).fold(statement.to_owned(), |s, at| s.replace(&format!("${at}"), "'a'"));
        for statement in [
            format!("{of_model} = 'c'"),
            format!("{of_model} IS NULL"),
            filled(NEXT_MODEL),
            filled(NEXT_VERSION),
            filled(NO_VERSION),
        ] {
            let explain = |connection: &mut Connection| {
                Ok::<_, StoreFault>(query_plan_without_scans(connection, &statement).join("\n"))
            };
            let plan = temp.store.read(explain).unwrap();
            assert!(plan.contains("devices_by_model"), "{statement}\n{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("Seq Scan"), "{statement}\n{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{statement}\n{plan}");
        }
    }

    #[test]
    fn every_model_of_the_inventory_is_found_once() {
        let temp = TempStore::new();
        assert_eq!(temp.store.read(models).unwrap(), []);
        let line = |last: u8, of: &str| format!("00-DB-12-34-56-78-90-{last:02X},IHD,{of}\n");
        let of = ["M,X,2", "M,X,", "M,X,10", "M,X,2", "N,X,2", "M,W,", ",,"];
        let lines = (0..).zip(of).map(|(last, of)| line(last, of)).collect::<String>();
        let header = "device_id,device_type,device_manufacturer,device_model,firmware_version\n";
        temp.load(Kind::Devices, &format!("{header}{lines}")).unwrap();
        let found = temp.store.read(models).unwrap();
        let found = found.iter().map(|name| {
            let version = name.firmware_version.as_deref().unwrap_or("none");
            format!("{},{},{version}", name.manufacturer, name.model)
        });
        assert_eq!(found.collect::<Vec<_>>(), [",,none", "M,W,none", "M,X,none", "M,X,10", "M,X,2", "N,X,2"]);
    }
}
