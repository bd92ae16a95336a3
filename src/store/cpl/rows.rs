//! The table of the Central Products List: rows and named queries.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use diesel::{
    prelude::*,
    sql_types::{Bool, Nullable},
};

use crate::{
    db::{
        Connection, PgConnection, StoreFault, insert_rows, on_either,
        prepared::{self, BindColumn, Statement},
    },
    domain::{
        CplFacts, CplStatus, DeviceDetails, DeviceManufacturer, DeviceModel, DeviceType, FirmwareVersion,
        FreeText, SmetsChtsVersion,
    },
    store::{
        device::{BATCH, ModelName},
        stored::{Table, text},
        table::stored_table,
    },
};

stored_table! {
    cpl (device_manufacturer, device_model, device_type, firmware_version) {
        device_manufacturer -> Text,
        device_model -> Text,
        device_type -> Text,
        firmware_version -> Text,
        smets_chts_version -> Nullable<Text>,
        gbcs_version -> Nullable<Text>,
        status -> Text,
    }
}

const TABLE: Table = Table("cpl");

/// An entry of the list: one Device Model with one firmware version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct ListedModel {
    pub(in crate::store) manufacturer: DeviceManufacturer,
    pub(in crate::store) model: DeviceModel,
    pub(in crate::store) device_type: DeviceType,
    pub(in crate::store) firmware_version: Option<FirmwareVersion>,
    pub(in crate::store) smets_chts_version: Option<SmetsChtsVersion>,
    pub(in crate::store) gbcs_version: Option<FreeText>,
    pub(in crate::store) status: CplStatus,
}

/// The key of an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct ModelKey {
    manufacturer: String,
    model: String,
    device_type: DeviceType,
    firmware_version: String,
}

impl ModelKey {
    /// The key of a Device. An absent firmware version is the empty text, as in the table's primary key.
    pub(in crate::store) fn new(device_type: DeviceType, details: &DeviceDetails) -> Self {
        Self {
            manufacturer: details.manufacturer.to_string(),
            model: details.model.to_string(),
            device_type,
            firmware_version: text(details.firmware_version.as_ref()).unwrap_or_default(),
        }
    }

    /// The key as the inventory writes it.
    pub(in crate::store) fn name(&self) -> ModelName {
        ModelName {
            model: self.model.clone(),
            manufacturer: self.manufacturer.clone(),
            device_type: self.device_type,
            firmware_version: Some(self.firmware_version.clone()).filter(|version| !version.is_empty()),
        }
    }

    /// The key without what a spreadsheet changes: leading zeros, case and spaces.
    pub(in crate::store) fn folded(&self) -> Self {
        let folded = |text: &str| {
            let text = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase);
            text.skip_while(|c| *c == '0').collect()
        };
        Self {
            manufacturer: folded(&self.manufacturer),
            model: folded(&self.model),
            device_type: self.device_type,
            firmware_version: folded(&self.firmware_version),
        }
    }

    /// The key of an entry.
    pub(in crate::store) fn of(listed: &ListedModel) -> Self {
        Self {
            manufacturer: listed.manufacturer.to_string(),
            model: listed.model.to_string(),
            device_type: listed.device_type,
            firmware_version: text(listed.firmware_version.as_ref()).unwrap_or_default(),
        }
    }
}

impl From<ModelName> for ModelKey {
    fn from(name: ModelName) -> Self {
        let ModelName { model, manufacturer, device_type, firmware_version } = name;
        Self { manufacturer, model, device_type, firmware_version: firmware_version.unwrap_or_default() }
    }
}

impl fmt::Display for ModelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { manufacturer, model, device_type, firmware_version } = self;
        write!(f, "{manufacturer}, {model}, {device_type}, {firmware_version}")
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = cpl, treat_none_as_default_value = false)]
struct CplRow {
    device_manufacturer: String,
    device_model: String,
    device_type: String,
    firmware_version: String,
    smets_chts_version: Option<String>,
    gbcs_version: Option<String>,
    status: String,
}

impl From<&ListedModel> for CplRow {
    fn from(listed: &ListedModel) -> Self {
        let ListedModel {
            manufacturer,
            model,
            device_type,
            firmware_version,
            smets_chts_version,
            gbcs_version,
            status,
        } = listed;
        Self {
            device_manufacturer: manufacturer.to_string(),
            device_model: model.to_string(),
            device_type: device_type.to_string(),
            firmware_version: text(firmware_version.as_ref()).unwrap_or_default(),
            smets_chts_version: text(smets_chts_version.as_ref()),
            gbcs_version: text(gbcs_version.as_ref()),
            status: status.to_string(),
        }
    }
}

impl TryFrom<CplRow> for ListedModel {
    type Error = StoreFault;

    fn try_from(row: CplRow) -> Result<Self, StoreFault> {
        let firmware_version = Some(row.firmware_version.as_str()).filter(|version| !version.is_empty());
        Ok(Self {
            manufacturer: TABLE.value("device_manufacturer", &row.device_manufacturer)?,
            model: TABLE.value("device_model", &row.device_model)?,
            device_type: TABLE.value("device_type", &row.device_type)?,
            firmware_version: TABLE.optional("firmware_version", firmware_version)?,
            smets_chts_version: TABLE.optional("smets_chts_version", row.smets_chts_version.as_deref())?,
            gbcs_version: TABLE.optional("gbcs_version", row.gbcs_version.as_deref())?,
            status: TABLE.value("status", &row.status)?,
        })
    }
}

/// Looks up an entry; tells an absent entry from a list that is not loaded.
pub(in crate::store) fn facts(connection: &mut Connection, key: &ModelKey) -> Result<CplFacts, StoreFault> {
    let ModelKey { manufacturer, model, device_type, firmware_version } = key;
    let line = cpl::table.find((manufacturer, model, device_type.as_str(), firmware_version));
    let status = on_either!(connection, |inner| line.select(cpl::status).get_result::<String>(inner));
    if let Some(status) = status.optional()? {
        return Ok(CplFacts::Listed(TABLE.value("status", &status)?));
    }
    let any = diesel::select(diesel::dsl::exists(cpl::table.select(cpl::status)));
    let is_loaded = on_either!(connection, |inner| any.get_result::<bool>(inner))?;
    Ok(if is_loaded { CplFacts::Absent } else { CplFacts::NotLoaded })
}

/// The prepared statement of [`facts_of_all`].
struct FactsOfAll;

impl Statement for FactsOfAll {
    const TEXT: &'static [&'static str] = &[
        "SELECT asked.place, cpl.status, EXISTS (SELECT 1 FROM cpl) AS is_loaded FROM unnest(",
        ", ",
        ", ",
        ", ",
        ") WITH ORDINALITY AS asked (device_manufacturer, device_model, device_type, firmware_version, place) \
        LEFT JOIN LATERAL (SELECT * FROM cpl WHERE device_manufacturer = asked.device_manufacturer \
        AND device_model = asked.device_model AND device_type = asked.device_type \
        AND firmware_version = asked.firmware_version LIMIT 1) AS cpl ON TRUE ORDER BY asked.place",
    ];
}

#[derive(QueryableByName)]
struct FactsRow {
    #[diesel(sql_type = Nullable<diesel::sql_types::Text>)]
    status: Option<String>,
    #[diesel(sql_type = Bool)]
    is_loaded: bool,
}

/// Looks up what [`facts`] does for several keys by one statement on a server.
pub(in crate::store) fn facts_of_all(
    connection: &mut PgConnection,
    keys: BTreeSet<ModelKey>,
) -> Result<BTreeMap<ModelKey, CplFacts>, StoreFault> {
    let keys = keys.into_iter().collect::<Vec<_>>();
    let columns = [
        BindColumn::texts(&keys, |key| Some(&key.manufacturer)),
        BindColumn::texts(&keys, |key| Some(&key.model)),
        BindColumn::texts(&keys, |key| Some(key.device_type.as_str())),
        BindColumn::texts(&keys, |key| Some(&key.firmware_version)),
    ];
    let rows = prepared::load_for_rows::<FactsOfAll, FactsRow>(connection, &columns)?;
    // One row for each key, in their order.
    let facts = keys.into_iter().zip(rows).map(|(key, row)| {
        let facts = match row.status {
            Some(status) => CplFacts::Listed(TABLE.value("status", &status)?),
            None if row.is_loaded => CplFacts::Absent,
            None => CplFacts::NotLoaded,
        };
        Ok((key, facts))
    });
    facts.collect()
}

/// Loads the whole list, by key.
pub(in crate::store) fn all(connection: &mut Connection) -> Result<Vec<ListedModel>, StoreFault> {
    let order = (cpl::device_manufacturer, cpl::device_model, cpl::device_type, cpl::firmware_version);
    let rows = cpl::table.order(order).select(CplRow::as_select()).load(connection)?;
    rows.into_iter().map(ListedModel::try_from).collect()
}

/// Replaces the whole list.
pub(in crate::store) fn replace(connection: &mut Connection, new: &[ListedModel]) -> Result<(), StoreFault> {
    diesel::delete(cpl::table).execute(connection)?;
    for batch in new.chunks(BATCH) {
        let rows = batch.iter().map(CplRow::from).collect::<Vec<_>>();
        insert_rows!(connection, cpl::table, rows)?;
    }
    Ok(())
}
