//! Bulk reads: lists of MPxNs, UPRNs and Device IDs, each answered as SR 8.2 would answer it, with the WAN Matrix beside it (U4).

use super::{
    InventoryFault, InventorySink, KeyFault, ReadKey,
    rows::{Cell, Rows},
};
use crate::{
    clock::Clock,
    db::{Connection, Store, StoreFault},
    domain::{
        CodeOverrides, CspRegion, Decision, DeviceField, InventoryEntry, Payload, PremisesKey, RegionAnswer,
    },
    rules::{self, RuleSettings, rulebook::sr_12_1},
    store::{self, Session},
};

/// The keys that one read answers.
const KEYS_AT_ONCE: usize = 200;

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
    "wan_matrix_by",
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
/// When a key is wrong, the store fails, or the answers cannot be written.
pub fn bulk_read(
    store: &Store,
    mut keys: impl Iterator<Item = Result<ReadKey, KeyFault>>,
    asked: BulkRead<'_>,
    to: &mut dyn InventorySink,
) -> Result<(), InventoryFault> {
    to.begin_columns("read", asked.clock.now().0, COLUMNS)?;
    loop {
        let some = keys.by_ref().take(KEYS_AT_ONCE).collect::<Result<Vec<_>, _>>()?;
        if some.is_empty() {
            return Ok(to.end()?);
        }
        let answer = |connection: &mut Connection| {
            let mut rows = Rows::new();
            for key in &some {
                rows.extend(answers(connection, key, asked)?);
            }
            Ok::<_, StoreFault>(rows)
        };
        for row in store.read(answer)? {
            to.row(&row)?;
        }
        to.was_read()?;
    }
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
        cells.chain(matrix.clone()).collect::<Vec<Cell>>()
    };
    Ok(entries.into_iter().map(row).collect())
}

/// The WAN Matrix of the premises, and which key it was found by: a UPRN of theirs, or their address where coverage has none of those.
/// Where it has neither, the code that says so. Nothing where the premises have neither.
fn wan_matrix(
    connection: &mut Connection,
    entries: &[InventoryEntry],
    asked: BulkRead<'_>,
) -> Result<[Cell; 2], StoreFault> {
    let mut unknown = None;
    for (place, by) in places(entries).into_iter().filter(|_| asked.with_wan_matrix) {
        let facts = store::coverage_facts(&mut Session::new(connection), &place, asked.unavailable)?;
        let decision = rules::decide_coverage(&place, &facts, asked.clock.now(), asked.rules, asked.codes);
        let is_unknown =
            decision.steps.iter().any(|step| !step.holds && step.rule.id == sr_12_1::PLACE_KNOWN.id);
        if !is_unknown {
            return Ok([Some(matrix_text(&decision)), Some(by.to_owned())]);
        }
        unknown = unknown.or_else(|| Some(decision.code.to_string()));
    }
    Ok([unknown, None])
}

/// What coverage may know the premises by, each with its name.
fn places(entries: &[InventoryEntry]) -> Vec<(PremisesKey, &'static str)> {
    let uprns = entries.iter().filter_map(|entry| entry.device.uprn);
    let addresses = entries.iter().filter_map(|entry| entry.device.property.clone());
    let uprns = uprns.map(|uprn| (PremisesKey::Uprn(uprn), "uprn"));
    let mut places = Vec::new();
    for place in uprns.chain(addresses.map(|address| (PremisesKey::PartialAddress(address), "address"))) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

fn matrix_text(decision: &Decision) -> String {
    let regions = match &decision.payload {
        Some(Payload::WanMatrix(_, regions)) => regions.as_slice(),
        Some(Payload::Inventory(_) | Payload::FirmwareWarning(_)) | None => &[],
    };
    let region = |RegionAnswer { region, code, coverage }: &RegionAnswer| {
        let technology = coverage.as_ref().map(|coverage| format!(" {}", coverage.technology));
        format!("{region}: {code}{}", technology.unwrap_or_default())
    };
    let text = regions.iter().map(region).collect::<Vec<_>>().join("; ");
    if text.is_empty() { decision.code.to_string() } else { text }
}
