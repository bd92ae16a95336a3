//! SR 8.2: the Devices of the premises that a key finds (SMI.md 6).

use std::collections::BTreeMap;

use crate::{
    domain::{Device, DeviceType, Eui64, InventoryEntry, ReadInventory},
    store::{Connection, StoreFault, cpl, cpl::ModelKey, device},
};

/// One more than an answer holds (schema): enough to know that there are too many.
const ENOUGH: usize = 18;
const LIMIT: i64 = 18;

pub(super) fn load(
    connection: &mut Connection,
    key: &ReadInventory,
) -> Result<Vec<InventoryEntry>, StoreFault> {
    let found = found_by(connection, key)?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let devices = premises_of(connection, found)?;
    let listed = cpl::statuses(connection, &devices)?;
    let entry = |device: Device| {
        let model = ModelKey::new(device.device_type, &device.details);
        InventoryEntry { cpl_status: listed.get(&model).copied(), device }
    };
    Ok(devices.into_iter().map(entry).collect())
}

fn found_by(connection: &mut Connection, key: &ReadInventory) -> Result<Vec<Device>, StoreFault> {
    match key {
        ReadInventory::DeviceId(id) => Ok(device::find(connection, *id)?.into_iter().collect()),
        ReadInventory::Mpxn(mpxn) => device::by_mpxn(connection, mpxn, LIMIT),
        ReadInventory::Uprn(uprn) => device::by_uprn(connection, *uprn, LIMIT),
        ReadInventory::PropertyFilter(property) => device::by_property(connection, property, LIMIT),
    }
}

/// The Devices found and those of the same Communications Hubs, by Device Type, then by ID.
fn premises_of(connection: &mut Connection, found: Vec<Device>) -> Result<Vec<Device>, StoreFault> {
    let named = found.iter().flat_map(|device| [Some(device.id), device.chf]).flatten().collect::<Vec<_>>();
    let chfs = device::chfs_of(connection, &named)?;
    let mut anchors = found.iter().filter_map(|device| device.chf).collect::<Vec<Eui64>>();
    anchors.extend(chfs.iter().map(|chf| chf.id));
    let gpfs = chfs.iter().filter_map(|chf| chf.associated_gpf).collect::<Vec<_>>();
    let associated = device::associated_with(connection, &anchors, &gpfs, LIMIT)?;

    let all = found.into_iter().chain(chfs).chain(associated);
    let ordered = all.map(|device| ((device.device_type, device.id), device));
    let ordered = ordered.collect::<BTreeMap<(DeviceType, Eui64), Device>>();
    Ok(ordered.into_values().take(ENOUGH).collect())
}
