//! The firmware list of hubs, `hub-firmware.csv`: a file replaces the whole list.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::list::{WholeList, csv_of_list};
use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{HubFirmware, HubModel, parse_date},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    hub_firmware (device_manufacturer, device_model, firmware_version) {
        device_manufacturer -> Text,
        device_model -> Text,
        firmware_version -> Text,
        chts_version -> Text,
        gbcs_version -> Text,
        production_from -> Text,
        production_to -> Nullable<Text>,
    }
}

const TABLE: Table = Table("hub_firmware");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = hub_firmware, treat_none_as_default_value = false)]
struct FirmwareRow {
    device_manufacturer: String,
    device_model: String,
    firmware_version: String,
    chts_version: String,
    gbcs_version: String,
    production_from: String,
    production_to: Option<String>,
}

impl From<&HubFirmware> for FirmwareRow {
    fn from(version: &HubFirmware) -> Self {
        let HubFirmware { model, firmware, chts, gbcs, production_from, production_to } = version;
        Self {
            device_manufacturer: model.manufacturer.to_string(),
            device_model: model.model.to_string(),
            firmware_version: firmware.to_string(),
            chts_version: chts.to_string(),
            gbcs_version: gbcs.to_string(),
            production_from: production_from.to_string(),
            production_to: text(production_to.as_ref()),
        }
    }
}

impl TryFrom<FirmwareRow> for HubFirmware {
    type Error = StoreFault;

    fn try_from(row: FirmwareRow) -> Result<Self, StoreFault> {
        Ok(Self {
            model: HubModel {
                manufacturer: TABLE.value("device_manufacturer", &row.device_manufacturer)?,
                model: TABLE.value("device_model", &row.device_model)?,
            },
            firmware: TABLE.value("firmware_version", &row.firmware_version)?,
            chts: TABLE.value("chts_version", &row.chts_version)?,
            gbcs: TABLE.value("gbcs_version", &row.gbcs_version)?,
            production_from: TABLE.day("production_from", &row.production_from)?,
            production_to: TABLE.date("production_to", row.production_to.as_deref())?,
        })
    }
}

/// One line of hub-firmware.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct FirmwareLine {
    device_manufacturer: String,
    device_model: String,
    firmware_version: String,
    chts_version: String,
    gbcs_version: String,
    production_from: String,
    production_to: String,
}

impl From<&HubFirmware> for FirmwareLine {
    fn from(version: &HubFirmware) -> Self {
        let row = FirmwareRow::from(version);
        Self {
            device_manufacturer: row.device_manufacturer,
            device_model: row.device_model,
            firmware_version: row.firmware_version,
            chts_version: row.chts_version,
            gbcs_version: row.gbcs_version,
            production_from: row.production_from,
            production_to: row.production_to.unwrap_or_default(),
        }
    }
}

impl Sheet for FirmwareLine {
    const COLUMNS: &'static [&'static str] = &[
        "device_manufacturer",
        "device_model",
        "firmware_version",
        "chts_version",
        "gbcs_version",
        "production_from",
        "production_to",
    ];
    const REQUIRED: &'static [&'static str] = &[
        "device_manufacturer",
        "device_model",
        "firmware_version",
        "chts_version",
        "gbcs_version",
        "production_from",
    ];
    type Value = HubFirmware;

    fn read(&self, fields: &mut Fields<'_>) -> Option<HubFirmware> {
        let manufacturer = fields.required("device_manufacturer", &self.device_manufacturer);
        let model = fields.required("device_model", &self.device_model);
        let firmware = fields.required("firmware_version", &self.firmware_version);
        let chts = fields.required("chts_version", &self.chts_version);
        let gbcs = fields.required("gbcs_version", &self.gbcs_version);
        let from = fields.required_by("production_from", &self.production_from, parse_date);
        let to = fields.optional_by("production_to", &self.production_to, parse_date);
        let (from, to) = (from?, to?);
        if to.is_some_and(|to| to < from) {
            let reason = format!("`{}` is before production_from `{from}`", self.production_to);
            fields.fault("production_to", &self.production_to, reason);
            return None;
        }
        Some(HubFirmware {
            model: HubModel { manufacturer: manufacturer?, model: model? },
            firmware: firmware?,
            chts: chts?,
            gbcs: gbcs?,
            production_from: from,
            production_to: to,
        })
    }

    /// Refuses a version that is there twice, and two versions of a model that came on one day: neither would be the newest.
    fn compare(lines: &[Line<HubFirmware>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "firmware_version", |version| {
            Some(((version.model.clone(), version.firmware.clone()), Self::key(version)))
        });
        refuse_duplicates(lines, faults, "production_from", |version| {
            let HubModel { manufacturer, model } = &version.model;
            let from = version.production_from;
            Some(((version.model.clone(), from), format!("{manufacturer}, {model}, {from}")))
        });
    }
}

csv_of_list!(FirmwareLine);

impl WholeList for FirmwareLine {
    fn key(version: &HubFirmware) -> String {
        let HubModel { manufacturer, model } = &version.model;
        format!("{manufacturer}, {model}, {}", version.firmware)
    }

    fn all(connection: &mut Connection) -> Result<Vec<HubFirmware>, StoreFault> {
        all(connection)
    }

    fn replace(connection: &mut Connection, values: &[HubFirmware]) -> Result<(), StoreFault> {
        diesel::delete(hub_firmware::table).execute(connection)?;
        for batch in values.chunks(BATCH) {
            let rows = batch.iter().map(FirmwareRow::from).collect::<Vec<_>>();
            insert_rows!(connection, hub_firmware::table, rows)?;
        }
        Ok(())
    }
}

/// Loads the whole list, by model and version.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<HubFirmware>, StoreFault> {
    let order =
        (hub_firmware::device_manufacturer, hub_firmware::device_model, hub_firmware::firmware_version);
    let rows = hub_firmware::table.order(order).select(FirmwareRow::as_select()).load(connection)?;
    rows.into_iter().map(HubFirmware::try_from).collect()
}
