//! SSMI: the file, the facts about its hubs, loaded for all of them by a few queries, and the effect (HUBS.md 5; MP155-R28, R29).

use std::{
    collections::{BTreeMap, btree_map::Entry},
    io::Read,
};

use serde::{Deserialize, Serialize};

use super::effect;
use crate::{
    db::{Connection, StoreFault},
    domain::{
        CplFacts, Device, DeviceType, Eui64, FirmwareList, FirmwareVersion, HubDecision, HubModel, Now,
        RequestId, SSMI, SsmiFacts, SsmiLine,
    },
    store::{
        Cause,
        cpl::{self, ModelKey},
        csv::{Faults, Fields, ImportFault, Line, Sheet, read_lines},
        device, hub_stock, reflash,
    },
};

/// One line of the file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct SsmiSheet {
    chf_device_id: String,
    firmware_version: String,
}

impl Sheet for SsmiSheet {
    const COLUMNS: &'static [&'static str] = &["chf_device_id", "firmware_version"];
    const REQUIRED: &'static [&'static str] = Self::COLUMNS;
    type Value = (Eui64, FirmwareVersion);

    fn read(&self, fields: &mut Fields<'_>) -> Option<Self::Value> {
        let chf = fields.required("chf_device_id", &self.chf_device_id);
        let firmware = fields.required("firmware_version", &self.firmware_version);
        Some((chf?, firmware?))
    }

    /// An ID that stands twice is decided, and no fault of the file (SSMI/c).
    fn compare(_: &[Line<Self::Value>], _: &mut Faults) {}
}

/// Reads the lines of an SSMI file.
///
/// # Errors
/// When it cannot be read to its end: with line, column and reason.
pub fn read(from: impl Read) -> Result<Vec<SsmiLine>, ImportFault> {
    let mut faults = Faults::default();
    let lines = read_lines::<SsmiSheet>(from, &mut |_| {}, &mut faults)?;
    faults.into_result()?;
    let line = |Line { number, value: (chf, firmware_version) }: Line<_>| SsmiLine {
        line: u32::try_from(number).unwrap_or(u32::MAX),
        chf,
        firmware_version,
    };
    Ok(lines.into_iter().map(line).collect())
}

/// Loads the facts of each of these lines, in their order.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn load_facts(connection: &mut Connection, lines: &[SsmiLine]) -> Result<Vec<SsmiFacts>, StoreFault> {
    let mut times = BTreeMap::<Eui64, usize>::new();
    for line in lines {
        *times.entry(line.chf).or_default() += 1;
    }
    let ids = times.keys().copied().collect::<Vec<_>>();
    let by_id = |devices: Vec<Device>| devices.into_iter().map(|device| (device.id, device)).collect();
    let chfs: BTreeMap<_, Device> = by_id(device::find_all(connection, &ids)?);
    let gpfs = chfs.values().filter_map(|chf| chf.associated_gpf).collect::<Vec<_>>();
    let gpfs: BTreeMap<_, Device> = by_id(device::find_all(connection, &gpfs)?);
    let firmware = hub_stock::firmware_list(connection)?.into_iter().collect::<FirmwareList>();
    let orders = reflash::outcomes_on_open_orders(connection, &ids)?;
    let mut models = BTreeMap::new();
    let mut facts = Vec::with_capacity(lines.len());
    for line in lines {
        let chf = chfs.get(&line.chf);
        facts.push(SsmiFacts {
            is_duplicated: times.get(&line.chf).is_some_and(|times| *times > 1),
            chf: chf.cloned(),
            gpf: chf.and_then(|chf| chf.associated_gpf).and_then(|gpf| gpfs.get(&gpf)).cloned(),
            listed: chf.and_then(|chf| {
                let versions = firmware.versions(&model_of(chf)).iter();
                versions.clone().find(|version| version.firmware == line.firmware_version).cloned()
            }),
            model: chf.map_or(Ok(CplFacts::Absent), |chf| {
                on_cpl(connection, chf, &line.firmware_version, &mut models)
            })?,
            order: orders.get(&line.chf).cloned(),
        });
    }
    Ok(facts)
}

fn model_of(chf: &Device) -> HubModel {
    HubModel { manufacturer: chf.details.manufacturer.clone(), model: chf.details.model.clone() }
}

/// The entry of a hub's model with that version on the Central Products List. A file has few of them, so each is one query.
fn on_cpl(
    connection: &mut Connection,
    chf: &Device,
    version: &FirmwareVersion,
    models: &mut BTreeMap<ModelKey, CplFacts>,
) -> Result<CplFacts, StoreFault> {
    let mut details = chf.details.clone();
    details.firmware_version = Some(version.clone());
    match models.entry(ModelKey::new(DeviceType::Chf, &details)) {
        Entry::Occupied(known) => Ok(*known.get()),
        Entry::Vacant(unknown) => {
            let facts = cpl::facts(connection, unknown.key())?;
            Ok(*unknown.insert(facts))
        }
    }
}

/// Applies the decisions about the hubs of an upload.
///
/// # Errors
/// When a hub is no longer as it was when that was decided, or the database fails. The caller's transaction is to be rolled back then.
pub fn apply(
    connection: &mut Connection,
    decisions: &[HubDecision],
    upload: RequestId,
    now: Now,
) -> Result<(), StoreFault> {
    let by = Cause { user: Some(upload.originator), request_id: Some(upload), interface: SSMI, reason: None };
    effect::apply(connection, decisions, &by, now)
}
