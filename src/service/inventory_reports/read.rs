//! Bulk reads: lists of MPxNs, UPRNs and Device IDs, each answered as SR 8.2 would answer it, with the WAN Matrix beside it (U4).

use std::io::Read;

use super::{
    InventoryFault, InventorySink,
    rows::{Cell, Rows},
};
use crate::{
    clock::Clock,
    db::{Connection, Store, StoreFault},
    domain::{
        CodeOverrides, CspRegion, Decision, DeviceField, InventoryEntry, Malformed, Payload, PremisesKey,
        ReadInventory, RegionAnswer,
    },
    rules::{self, RuleSettings},
    store::{self, Session},
};

/// The keys that one read answers.
const KEYS_AT_ONCE: usize = 200;

/// A key of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadKey {
    /// What SR 8.2 would be asked.
    pub key: ReadInventory,
    /// Its text.
    pub text: String,
}

/// What is wrong with a list of keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// It is no CSV.
    #[error("no CSV: {0}")]
    Csv(#[from] csv::Error),
    /// Its header names no kind of key.
    #[error("line 1: the header names none of device_id, mpxn and uprn")]
    Header,
    /// A column is none of a key.
    #[error("line 1: `{0}` is none of device_id, mpxn and uprn")]
    Column(String),
    /// A line has no key, or several.
    #[error("line {0}: a line has one key, under one of its columns")]
    Keys(u64),
    /// A value is no key.
    #[error("line {line}, {column}: {reason}")]
    Value {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// Why.
        reason: Malformed,
    },
}

/// Reads a list: a CSV file with one or more of the columns `device_id`, `mpxn` and `uprn`, and one key a line.
///
/// # Errors
/// With the first line that is wrong; then nothing is answered.
pub fn read_keys(from: impl Read) -> Result<Vec<ReadKey>, KeyFault> {
    let mut reader = csv::ReaderBuilder::new().from_reader(from);
    let header = reader.headers()?.clone();
    if let Some(column) = header.iter().find(|column| !["device_id", "mpxn", "uprn"].contains(column)) {
        return Err(KeyFault::Column(column.to_owned()));
    }
    if header.is_empty() {
        return Err(KeyFault::Header);
    }
    let mut keys = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut named = header.iter().zip(record.iter()).filter(|(_, value)| !value.is_empty());
        let (Some((column, value)), None) = (named.next(), named.next()) else {
            return Err(KeyFault::Keys(line));
        };
        let key = match column {
            "device_id" => value.parse().map(ReadInventory::DeviceId),
            "mpxn" => value.parse().map(ReadInventory::Mpxn),
            _ => value.parse().map(ReadInventory::Uprn),
        };
        let wrong = |reason| KeyFault::Value { line, column: column.to_owned(), reason };
        keys.push(ReadKey { key: key.map_err(wrong)?, text: value.to_owned() });
    }
    Ok(keys)
}

/// How keys are answered.
#[derive(Clone, Copy, Debug)]
pub struct BulkRead<'a> {
    /// The settings of the rules.
    pub rules: RuleSettings,
    /// Response codes of the operator's.
    pub codes: &'a CodeOverrides,
    /// CSP Regions that cannot answer.
    pub unavailable: &'a [CspRegion],
    /// Whether the WAN Matrix of the premises is asked, too.
    pub with_wan_matrix: bool,
    /// The clock.
    pub clock: &'a Clock,
}

const COLUMNS: &[&str] = &[
    "asked",
    "code",
    "device_id",
    "device_type",
    "status",
    "device_manufacturer",
    "device_model",
    "firmware_version",
    "cpl_status",
    "esme_variant",
    "import_mpxn",
    "secondary_import_mpan",
    "export_mpan",
    "uprn",
    "chf_device_id",
    "csp_region",
    "wan_matrix",
];

/// The fields of a line, behind what was asked, the code and the Device; the status of the model stands among them.
const BEFORE: [DeviceField; 5] = [
    DeviceField::DeviceType,
    DeviceField::Status,
    DeviceField::DeviceManufacturer,
    DeviceField::DeviceModel,
    DeviceField::FirmwareVersion,
];
const BEHIND: [DeviceField; 7] = [
    DeviceField::EsmeVariant,
    DeviceField::ImportMpxn,
    DeviceField::SecondaryImportMpan,
    DeviceField::ExportMpan,
    DeviceField::Uprn,
    DeviceField::Chf,
    DeviceField::CspRegion,
];

/// Answers the keys, in their order, some a read: a line a Device, or one with the code that SR 8.2 would be refused with.
///
/// # Errors
/// When the store fails, or the answers cannot be written.
pub fn bulk_read(
    store: &Store,
    keys: &[ReadKey],
    asked: BulkRead<'_>,
    to: &mut dyn InventorySink,
) -> Result<(), InventoryFault> {
    to.begin_columns("read", asked.clock.now().0, COLUMNS)?;
    for some in keys.chunks(KEYS_AT_ONCE) {
        let answer = |connection: &mut Connection| {
            let mut rows = Rows::new();
            for key in some {
                rows.extend(answers(connection, key, asked)?);
            }
            Ok::<_, StoreFault>(rows)
        };
        for row in store.read(answer)? {
            to.row(&row)?;
        }
    }
    Ok(to.end()?)
}

fn answers(connection: &mut Connection, key: &ReadKey, asked: BulkRead<'_>) -> Result<Rows, StoreFault> {
    let found = store::premises_facts(&mut Session::new(connection), &key.key)?;
    let Decision { code, payload, .. } = rules::decide_inventory(&found, asked.codes);
    let entries = match payload {
        Some(Payload::Inventory(entries)) => entries,
        Some(Payload::FirmwareWarning(_) | Payload::WanMatrix(..)) | None => Vec::new(),
    };
    let matrix = wan_matrix(connection, &entries, asked)?;
    let begin = || [Some(key.text.clone()), Some(code.to_string())];
    if entries.is_empty() {
        let rest = std::iter::repeat_n(None, COLUMNS.len() - 2);
        return Ok(vec![begin().into_iter().chain(rest).collect()]);
    }
    let row = |InventoryEntry { device, cpl_status }: InventoryEntry| {
        let before = BEFORE.iter().map(|field| field.of(&device));
        let behind = BEHIND.iter().map(|field| field.of(&device));
        let cells = begin().into_iter().chain([Some(device.id.to_string())]).chain(before);
        let cells = cells.chain([cpl_status.map(|status| status.to_string())]).chain(behind);
        cells.chain([matrix.clone()]).collect::<Vec<Cell>>()
    };
    Ok(entries.into_iter().map(row).collect())
}

/// The WAN Matrix of the premises: by the UPRN of a Device, else by its address. Nothing where none has either.
fn wan_matrix(
    connection: &mut Connection,
    entries: &[InventoryEntry],
    asked: BulkRead<'_>,
) -> Result<Cell, StoreFault> {
    let uprn = entries.iter().find_map(|entry| entry.device.uprn).map(PremisesKey::Uprn);
    let address = || entries.iter().find_map(|entry| entry.device.property.clone());
    let place = uprn.or_else(|| address().map(PremisesKey::PartialAddress));
    let Some(place) = place.filter(|_| asked.with_wan_matrix) else { return Ok(None) };
    let facts = store::coverage_facts(&mut Session::new(connection), &place, asked.unavailable)?;
    let decision = rules::decide_coverage(&place, &facts, asked.clock.now(), asked.rules, asked.codes);
    let regions = match &decision.payload {
        Some(Payload::WanMatrix(_, regions)) => regions.as_slice(),
        Some(Payload::Inventory(_) | Payload::FirmwareWarning(_)) | None => &[],
    };
    let region = |RegionAnswer { region, code, coverage }: &RegionAnswer| {
        let technology = coverage.as_ref().map(|coverage| format!(" {}", coverage.technology));
        format!("{region}: {code}{}", technology.unwrap_or_default())
    };
    let text = regions.iter().map(region).collect::<Vec<_>>().join("; ");
    Ok(Some(if text.is_empty() { decision.code.to_string() } else { text }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_key_a_line() {
        let read = |text: &str| {
            let keys = read_keys(text.as_bytes());
            keys.map(|keys| keys.into_iter().map(|key| key.text).collect::<Vec<_>>())
                .map_err(|fault| fault.to_string())
        };
        let good = read("mpxn,uprn,device_id\n2000000000015,,\n,100000000001,\n,,00-DB-12-34-56-78-90-A0\n");
        assert_eq!(good.unwrap(), ["2000000000015", "100000000001", "00-DB-12-34-56-78-90-A0"]);
        for (text, reason) in [
            ("colour\nred\n", "line 1: `colour` is none of device_id, mpxn and uprn"),
            ("mpxn,uprn\n2000000000015,1\n", "line 2: a line has one key, under one of its columns"),
            ("mpxn,uprn\n2000000000015,\n,\n", "line 3: a line has one key, under one of its columns"),
            ("uprn\n1\nx\n", "line 3, uprn: "),
            ("", "line 1: the header names none of device_id, mpxn and uprn"),
        ] {
            assert!(read(text).unwrap_err().starts_with(reason), "{text:?}: {:?}", read(text));
        }
        assert!(read("mpxn,uprn\n1\n").unwrap_err().starts_with("no CSV: "));
    }
}
