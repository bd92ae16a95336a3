//! The CSV of the Central Products List, `cpl.csv`: a file replaces the whole list.

use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::{
    db::{Connection, StoreFault},
    domain::Now,
    store::{
        cpl::{self, ListedModel, ModelKey, near_misses},
        csv::{
            Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, NearMisses, Sheet,
            WriteSheet, cells, import_whole, refuse_duplicates, write,
        },
        device::{self, suspension},
        stored::text,
    },
};

/// One line of cpl.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct CplLine {
    device_manufacturer: String,
    device_model: String,
    device_type: String,
    firmware_version: String,
    smets_chts_version: String,
    gbcs_version: String,
    status: String,
}

impl From<&ListedModel> for CplLine {
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
            smets_chts_version: text(smets_chts_version.as_ref()).unwrap_or_default(),
            gbcs_version: text(gbcs_version.as_ref()).unwrap_or_default(),
            status: status.to_string(),
        }
    }
}

impl Sheet for CplLine {
    const COLUMNS: &'static [&'static str] = &[
        "device_manufacturer",
        "device_model",
        "device_type",
        "firmware_version",
        "smets_chts_version",
        "gbcs_version",
        "status",
    ];
    const REQUIRED: &'static [&'static str] =
        &["device_manufacturer", "device_model", "device_type", "status"];
    type Value = ListedModel;

    fn read(&self, fields: &mut Fields<'_>) -> Option<ListedModel> {
        let manufacturer = fields.required("device_manufacturer", &self.device_manufacturer);
        let model = fields.required("device_model", &self.device_model);
        let device_type = fields.required("device_type", &self.device_type);
        let firmware_version = fields.optional("firmware_version", &self.firmware_version);
        let smets_chts_version = fields.optional("smets_chts_version", &self.smets_chts_version);
        let gbcs_version = fields.optional("gbcs_version", &self.gbcs_version);
        let status = fields.required("status", &self.status);
        Some(ListedModel {
            manufacturer: manufacturer?,
            model: model?,
            device_type: device_type?,
            firmware_version: firmware_version?,
            smets_chts_version: smets_chts_version?,
            gbcs_version: gbcs_version?,
            status: status?,
        })
    }

    fn compare(lines: &[Line<ListedModel>], faults: &mut Faults) {
        let key = |listed: &ListedModel| {
            let key = ModelKey::of(listed);
            let shown = key.to_string();
            Some((key, shown))
        };
        refuse_duplicates(lines, faults, "device_model", key);
    }
}

impl CsvKind for CplLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&cpl::all(connection)?, to)
    }
}

impl WriteSheet for CplLine {
    const REPLACES_ALL: bool = true;

    fn changes(connection: &mut Connection, values: &[ListedModel]) -> Result<Changes, StoreFault> {
        let before = cpl::all(connection)?;
        let key = |listed: &ListedModel| ModelKey::of(listed).to_string();
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |listed| cells(&Self::from(listed))))
    }

    fn foresee(connection: &mut Connection, values: &[ListedModel]) -> Result<Consequences, StoreFault> {
        if values.is_empty() {
            return Ok(Consequences::default());
        }
        let before = suspension::active_models(&cpl::all(connection)?);
        suspension::foresee(connection, &before, &suspension::active_models(values))
    }

    fn near_misses(connection: &mut Connection, values: &[ListedModel]) -> Result<NearMisses, StoreFault> {
        let models = device::models(connection)?;
        Ok(near_misses(&models.into_iter().map(ModelKey::from).collect(), values))
    }

    fn write(
        connection: &mut Connection,
        values: &[ListedModel],
        now: Now,
    ) -> Result<Consequences, StoreFault> {
        let before = suspension::active_models(&cpl::all(connection)?);
        // Read before it is replaced: only models that changed concern Devices.
        cpl::replace(connection, values)?;
        if values.is_empty() {
            // An empty list means that no list is loaded: requests are not checked against it, so no Device is suspended.
            return Ok(Consequences::default());
        }
        suspension::suspend_and_restore(connection, &before, &suspension::active_models(values), now)
    }
}
