//! Awaited changes of HAN device logs (SR 8.11): a row for each until an event settles it.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::{
    db::{
        Connection, PgConnection, StoreFault, on_either,
        prepared::{self, BindColumn},
    },
    domain::{Awaited, AwaitedChange, Eui64, Mpxns, RequestId},
    store::{
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    awaited (device_id) {
        device_id -> Text,
        request_id -> Text,
        schema_version -> Text,
        chf_device_id -> Text,
        change -> Text,
        import_mpxn -> Nullable<Text>,
        secondary_import_mpan -> Nullable<Text>,
        export_mpan -> Nullable<Text>,
    }
}

const TABLE: Table = Table("awaited");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = awaited, treat_none_as_default_value = false)]
struct AwaitedRow {
    device_id: String,
    request_id: String,
    schema_version: String,
    chf_device_id: String,
    change: String,
    import_mpxn: Option<String>,
    secondary_import_mpan: Option<String>,
    export_mpan: Option<String>,
}

impl From<&Awaited> for AwaitedRow {
    fn from(new: &Awaited) -> Self {
        let Awaited { request_id, schema_version, chf, device, change, mpxns } = new;
        let Mpxns { import, secondary_import, export } = mpxns;
        Self {
            device_id: device.to_string(),
            request_id: request_id.to_string(),
            schema_version: schema_version.as_str().to_owned(),
            chf_device_id: chf.to_string(),
            change: change.to_string(),
            import_mpxn: text(import.as_ref()),
            secondary_import_mpan: text(secondary_import.as_ref()),
            export_mpan: text(export.as_ref()),
        }
    }
}

impl TryFrom<AwaitedRow> for Awaited {
    type Error = StoreFault;

    fn try_from(row: AwaitedRow) -> Result<Self, StoreFault> {
        let AwaitedRow { device_id, request_id, schema_version, chf_device_id, change, .. } = &row;
        Ok(Self {
            request_id: TABLE.value("request_id", request_id)?,
            schema_version: TABLE.value("schema_version", schema_version)?,
            chf: TABLE.value("chf_device_id", chf_device_id)?,
            device: TABLE.value("device_id", device_id)?,
            change: TABLE.value("change", change)?,
            mpxns: Mpxns {
                import: TABLE.optional("import_mpxn", row.import_mpxn.as_deref())?,
                secondary_import: TABLE
                    .optional("secondary_import_mpan", row.secondary_import_mpan.as_deref())?,
                export: TABLE.optional("export_mpan", row.export_mpan.as_deref())?,
            },
        })
    }
}

/// Loads the awaited change of a Device.
///
/// # Errors
/// When the database fails.
pub fn of_device(connection: &mut Connection, device: Eui64) -> Result<Option<Awaited>, StoreFault> {
    let row = awaited::table.find(device.to_string()).select(AwaitedRow::as_select()).get_result(connection);
    row.optional()?.map(Awaited::try_from).transpose()
}

/// Loads the awaited changes of these Devices.
///
/// # Errors
/// When the database fails.
pub(in crate::store) fn of_devices(
    connection: &mut Connection,
    devices: &BTreeSet<Eui64>,
) -> Result<Vec<Awaited>, StoreFault> {
    let ids = devices.iter().map(ToString::to_string).collect::<Vec<_>>();
    let rows = on_either!(connection, |inner| {
        awaited::table.filter(awaited::device_id.eq_any(ids)).select(AwaitedRow::as_select()).load(inner)
    });
    rows?.into_iter().map(Awaited::try_from).collect()
}

/// Loads awaited changes of the log of a CHF, ordered by Device.
///
/// # Errors
/// When the database fails.
pub fn of_chf(connection: &mut Connection, chf: Eui64, limit: i64) -> Result<Vec<Awaited>, StoreFault> {
    let rows = awaited::table.filter(awaited::chf_device_id.eq(chf.to_string())).order(awaited::device_id);
    let rows = rows.limit(limit).select(AwaitedRow::as_select()).load(connection)?;
    rows.into_iter().map(Awaited::try_from).collect()
}

/// A Device whose change is awaited, and the request that asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwaitedOf {
    /// The Device.
    pub device: Eui64,
    /// The request.
    pub request_id: RequestId,
}

/// Loads all awaited changes, ordered by Device.
///
/// # Errors
/// When the database fails.
pub fn all(connection: &mut Connection) -> Result<Vec<AwaitedOf>, StoreFault> {
    let rows = awaited::table.order(awaited::device_id).select((awaited::device_id, awaited::request_id));
    let rows = rows.load::<(String, String)>(connection)?;
    let read = |(device, request): (String, String)| {
        let device = TABLE.value("device_id", &device)?;
        Ok(AwaitedOf { device, request_id: TABLE.value("request_id", &request)? })
    };
    rows.into_iter().map(read).collect()
}

/// Deletes settled changes and inserts awaited ones on a server, by a statement each.
pub(in crate::store) fn apply_all(
    connection: &mut PgConnection,
    new: &[Awaited],
    settled: &BTreeSet<Eui64>,
) -> Result<(), StoreFault> {
    if !settled.is_empty() {
        let ids = settled.iter().map(ToString::to_string).collect::<Vec<_>>();
        diesel::delete(awaited::table.filter(awaited::device_id.eq_any(ids))).execute(connection)?;
    }
    if new.is_empty() {
        return Ok(());
    }
    let rows = new.iter().map(AwaitedRow::from).collect::<Vec<_>>();
    let columns = [
        BindColumn::texts(&rows, |row| Some(&row.device_id)),
        BindColumn::texts(&rows, |row| Some(&row.request_id)),
        BindColumn::texts(&rows, |row| Some(&row.schema_version)),
        BindColumn::texts(&rows, |row| Some(&row.chf_device_id)),
        BindColumn::texts(&rows, |row| Some(&row.change)),
        BindColumn::texts(&rows, |row| row.import_mpxn.as_deref()),
        BindColumn::texts(&rows, |row| row.secondary_import_mpan.as_deref()),
        BindColumn::texts(&rows, |row| row.export_mpan.as_deref()),
    ];
    prepared::insert_set::<awaited::table>(connection, &columns)?;
    Ok(())
}

/// Inserts an awaited change, or deletes a settled one.
///
/// # Errors
/// When a change of the Device is awaited already, or the database fails.
pub(in crate::store) fn apply(connection: &mut Connection, change: &AwaitedChange) -> Result<(), StoreFault> {
    match change {
        AwaitedChange::Await(new) => {
            // The Device is the primary key: a second change of it is refused by the database.
            diesel::insert_into(awaited::table).values(AwaitedRow::from(&**new)).execute(connection)?;
        }
        AwaitedChange::Settle(device) => {
            diesel::delete(awaited::table.find(device.to_string())).execute(connection)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{TempStore, query_plan_without_scans};

    #[test]
    fn what_a_hub_awaits_is_found_by_the_hub() {
        let temp = TempStore::new();
        let query = "SELECT * FROM awaited WHERE chf_device_id = '00-DB' ORDER BY device_id LIMIT 200";
        let plan =
            temp.store.read(|connection| Ok::<_, StoreFault>(query_plan_without_scans(connection, query)));
        let plan = plan.unwrap();
        assert!(plan.iter().any(|line| line.contains("awaited_by_chf")), "{plan:#?}");
    }
}
