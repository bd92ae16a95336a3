//! The variants that Device Models can have, `model-variants.csv`: a file replaces the whole list.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Connection, StoreFault, insert_rows},
    domain::{EsmeModel, ModelVariants},
    store::{
        csv::{Faults, Fields, Line, Sheet, refuse_duplicates},
        device::BATCH,
        hub_stock::list::{WholeList, csv_of_list},
        stored::{Table, joined, text},
        table::stored_table,
    },
};

stored_table! {
    model_variants (device_manufacturer, device_model, firmware_version) {
        device_manufacturer -> Text,
        device_model -> Text,
        firmware_version -> Text,
        esme_variants -> Text,
        source -> Nullable<Text>,
    }
}

const TABLE: Table = Table("model_variants");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = model_variants, treat_none_as_default_value = false)]
struct ModelVariantsRow {
    device_manufacturer: String,
    device_model: String,
    /// Empty where the line is about every version that has no line of its own.
    firmware_version: String,
    esme_variants: String,
    source: Option<String>,
}

impl From<&ModelVariants> for ModelVariantsRow {
    fn from(line: &ModelVariants) -> Self {
        let ModelVariants { model: EsmeModel { manufacturer, model }, firmware, variants, source } = line;
        Self {
            device_manufacturer: manufacturer.to_string(),
            device_model: model.to_string(),
            firmware_version: text(firmware.as_ref()).unwrap_or_default(),
            esme_variants: joined(variants),
            source: text(source.as_ref()),
        }
    }
}

impl TryFrom<ModelVariantsRow> for ModelVariants {
    type Error = StoreFault;

    fn try_from(row: ModelVariantsRow) -> Result<Self, StoreFault> {
        let firmware = Some(row.firmware_version.as_str()).filter(|version| !version.is_empty());
        Ok(Self {
            model: EsmeModel {
                manufacturer: TABLE.value("device_manufacturer", &row.device_manufacturer)?,
                model: TABLE.value("device_model", &row.device_model)?,
            },
            firmware: TABLE.optional("firmware_version", firmware)?,
            variants: TABLE.list("esme_variants", &row.esme_variants)?,
            source: TABLE.optional("source", row.source.as_deref())?,
        })
    }
}

/// One line of model-variants.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct ModelVariantsLine {
    device_manufacturer: String,
    device_model: String,
    firmware_version: String,
    esme_variants: String,
    source: String,
}

impl From<&ModelVariants> for ModelVariantsLine {
    fn from(line: &ModelVariants) -> Self {
        let row = ModelVariantsRow::from(line);
        Self {
            device_manufacturer: row.device_manufacturer,
            device_model: row.device_model,
            firmware_version: row.firmware_version,
            esme_variants: row.esme_variants,
            source: row.source.unwrap_or_default(),
        }
    }
}

impl Sheet for ModelVariantsLine {
    const COLUMNS: &'static [&'static str] =
        &["device_manufacturer", "device_model", "firmware_version", "esme_variants", "source"];
    const REQUIRED: &'static [&'static str] = &["device_manufacturer", "device_model", "esme_variants"];
    type Value = ModelVariants;

    fn read(&self, fields: &mut Fields<'_>) -> Option<ModelVariants> {
        let manufacturer = fields.required("device_manufacturer", &self.device_manufacturer);
        let model = fields.required("device_model", &self.device_model);
        let firmware = fields.optional("firmware_version", &self.firmware_version);
        let variants = fields.list("esme_variants", &self.esme_variants);
        let source = fields.optional("source", &self.source);
        // A Device may have empty names. A line about such Devices would be about every one that nobody named.
        let names = [
            ("device_manufacturer", &self.device_manufacturer, "a DeviceManufacturer"),
            ("device_model", &self.device_model, "a DeviceModel"),
            ("esme_variants", &self.esme_variants, "at least one ESMEVariant, with `;` between them"),
        ];
        let mut is_whole = true;
        for (column, value, what) in names {
            if value.is_empty() {
                fields.fault(column, value, format!("empty, but must be {what}"));
                is_whole = false;
            }
        }
        let model = EsmeModel { manufacturer: manufacturer?, model: model? };
        let line = ModelVariants { model, firmware: firmware?, variants: variants?, source: source? };
        is_whole.then_some(line)
    }

    /// Refuses a second line of a model and firmware version: neither would win.
    fn compare(lines: &[Line<ModelVariants>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "device_model", |line| {
            Some(((line.model.clone(), line.firmware.clone()), Self::key(line)))
        });
    }
}

csv_of_list!(ModelVariantsLine);

impl WholeList for ModelVariantsLine {
    fn key(line: &ModelVariants) -> String {
        let ModelVariants { model: EsmeModel { manufacturer, model }, firmware, .. } = line;
        let firmware = firmware.as_ref().map_or("every firmware", |firmware| firmware.as_str());
        format!("{manufacturer}, {model}, {firmware}")
    }

    fn all(connection: &mut Connection) -> Result<Vec<ModelVariants>, StoreFault> {
        all(connection)
    }

    fn replace(connection: &mut Connection, values: &[ModelVariants]) -> Result<(), StoreFault> {
        diesel::delete(model_variants::table).execute(connection)?;
        for batch in values.chunks(BATCH) {
            let rows = batch.iter().map(ModelVariantsRow::from).collect::<Vec<_>>();
            insert_rows!(connection, model_variants::table, rows)?;
        }
        Ok(())
    }
}

/// Loads the whole list, by model and firmware version.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn all(connection: &mut Connection) -> Result<Vec<ModelVariants>, StoreFault> {
    let order =
        (model_variants::device_manufacturer, model_variants::device_model, model_variants::firmware_version);
    let rows = model_variants::table.order(order).select(ModelVariantsRow::as_select()).load(connection)?;
    rows.into_iter().map(ModelVariants::try_from).collect()
}
