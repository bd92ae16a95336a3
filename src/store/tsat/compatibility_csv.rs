//! The CSV of compatibility tests, `compatibility.csv`: a file replaces all that were imported.

use std::io::Write;

use serde::{Deserialize, Serialize};

use super::compatibility;
use crate::{
    db::{Connection, StoreFault},
    domain::{Malformed, Now, parse_date, tsat::CompatibilityRecord},
    store::{
        csv::{
            Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet,
            cells, import_whole, refuse_duplicates, write,
        },
        stored::text,
    },
};

/// The most Devices that one record speaks of (ours).
const MAX_DEVICES: u32 = 1_000_000;

/// One line of compatibility.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct CompatibilityLine {
    smets_version: String,
    chts_version: String,
    device_type: String,
    result: String,
    devices_tested: String,
    tested_on: String,
    note: String,
}

impl From<&CompatibilityRecord> for CompatibilityLine {
    fn from(record: &CompatibilityRecord) -> Self {
        let CompatibilityRecord { smets, chts, device_type, result, devices_tested, tested_on, note } =
            record;
        Self {
            smets_version: smets.to_string(),
            chts_version: chts.to_string(),
            device_type: text(device_type.as_ref()).unwrap_or_default(),
            result: result.to_string(),
            devices_tested: devices_tested.to_string(),
            tested_on: text(tested_on.as_ref()).unwrap_or_default(),
            note: note.to_string(),
        }
    }
}

impl Sheet for CompatibilityLine {
    const COLUMNS: &'static [&'static str] =
        &["smets_version", "chts_version", "device_type", "result", "devices_tested", "tested_on", "note"];
    const REQUIRED: &'static [&'static str] = &["smets_version", "chts_version", "result", "devices_tested"];
    type Value = CompatibilityRecord;

    fn read(&self, fields: &mut Fields<'_>) -> Option<CompatibilityRecord> {
        let smets = fields.required("smets_version", &self.smets_version);
        let chts = fields.required("chts_version", &self.chts_version);
        let device_type = fields.optional("device_type", &self.device_type);
        let result = fields.required("result", &self.result);
        let devices_tested = fields.required_by("devices_tested", &self.devices_tested, number_of_devices);
        let tested_on = fields.optional_by("tested_on", &self.tested_on, parse_date);
        let note = fields.required("note", &self.note);
        Some(CompatibilityRecord {
            smets: smets?,
            chts: chts?,
            device_type: device_type?,
            result: result?,
            devices_tested: devices_tested?,
            tested_on: tested_on?,
            note: note?,
        })
    }

    fn compare(lines: &[Line<CompatibilityRecord>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "chts_version", |record| {
            let (smets, chts, device_type) = record.key();
            Some(((smets.clone(), chts.clone(), device_type), key(record)))
        });
    }
}

fn key(record: &CompatibilityRecord) -> String {
    let (smets, chts, device_type) = record.key();
    format!("{smets}, {chts}, {}", text(device_type.as_ref()).unwrap_or_default())
}

fn number_of_devices(text: &str) -> Result<u32, Malformed> {
    let number = text.parse::<u32>().ok().filter(|number| (1..=MAX_DEVICES).contains(number));
    // The round trip excludes a sign and leading zeros.
    let number = number.filter(|number| number.to_string() == text);
    number.ok_or_else(|| Malformed::new(text, format!("a number of Devices from 1 to {MAX_DEVICES}")))
}

impl CsvKind for CompatibilityLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&compatibility::all(connection)?, to)
    }
}

impl WriteSheet for CompatibilityLine {
    const REPLACES_ALL: bool = true;

    fn changes(connection: &mut Connection, values: &[CompatibilityRecord]) -> Result<Changes, StoreFault> {
        let before = compatibility::all(connection)?;
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |record| cells(&Self::from(record))))
    }

    fn write(
        connection: &mut Connection,
        values: &[CompatibilityRecord],
        _: Now,
    ) -> Result<Consequences, StoreFault> {
        compatibility::replace(connection, values)?;
        Ok(Consequences::default())
    }
}
