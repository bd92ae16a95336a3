//! The table of imported compatibility tests: rows and named queries.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::tsat::{CompatibilityRecord, CompatibilityRecords},
    store::{
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    compatibility (smets_version, chts_version, device_type) {
        smets_version -> Text,
        chts_version -> Text,
        device_type -> Text,
        result -> Text,
        devices_tested -> BigInt,
        tested_on -> Nullable<Text>,
        note -> Text,
    }
}

const TABLE: Table = Table("compatibility");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = compatibility, treat_none_as_default_value = false)]
struct CompatibilityRow {
    smets_version: String,
    chts_version: String,
    device_type: String,
    result: String,
    devices_tested: i64,
    tested_on: Option<String>,
    note: String,
}

impl From<&CompatibilityRecord> for CompatibilityRow {
    fn from(record: &CompatibilityRecord) -> Self {
        let CompatibilityRecord { smets, chts, device_type, result, devices_tested, tested_on, note } =
            record;
        Self {
            smets_version: smets.to_string(),
            chts_version: chts.to_string(),
            device_type: text(device_type.as_ref()).unwrap_or_default(),
            result: result.to_string(),
            devices_tested: i64::from(*devices_tested),
            tested_on: text(tested_on.as_ref()),
            note: note.to_string(),
        }
    }
}

impl TryFrom<CompatibilityRow> for CompatibilityRecord {
    type Error = StoreFault;

    fn try_from(row: CompatibilityRow) -> Result<Self, StoreFault> {
        let device_type = Some(row.device_type.as_str()).filter(|device_type| !device_type.is_empty());
        let devices_tested = u32::try_from(row.devices_tested);
        Ok(Self {
            smets: TABLE.value("smets_version", &row.smets_version)?,
            chts: TABLE.value("chts_version", &row.chts_version)?,
            device_type: TABLE.optional("device_type", device_type)?,
            result: TABLE.value("result", &row.result)?,
            devices_tested: devices_tested.map_err(|reason| TABLE.corrupt("devices_tested", &reason))?,
            tested_on: TABLE.date("tested_on", row.tested_on.as_deref())?,
            note: TABLE.value("note", &row.note)?,
        })
    }
}

/// Loads every imported record, in the order of their keys.
pub(in crate::store) fn all(connection: &mut Connection) -> Result<Vec<CompatibilityRecord>, StoreFault> {
    let rows = compatibility::table.select(CompatibilityRow::as_select()).load(connection)?;
    let records = rows.into_iter().map(CompatibilityRecord::try_from);
    let mut records = records.collect::<Result<Vec<_>, _>>()?;
    records.sort_by(|left, right| left.key().cmp(&right.key()));
    Ok(records)
}

/// Loads the tests that hold: those imported, over the one shipped.
///
/// # Errors
/// When the database fails.
pub fn records(connection: &mut Connection) -> Result<CompatibilityRecords, StoreFault> {
    all(connection).map(CompatibilityRecords::over_shipped)
}

/// Replaces all records.
pub(in crate::store) fn replace(
    connection: &mut Connection,
    new: &[CompatibilityRecord],
) -> Result<(), StoreFault> {
    diesel::delete(compatibility::table).execute(connection)?;
    let rows = new.iter().map(CompatibilityRow::from).collect::<Vec<_>>();
    insert_rows!(connection, compatibility::table, rows)?;
    Ok(())
}
