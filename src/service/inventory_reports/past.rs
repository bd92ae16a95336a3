//! Devices as they stood at an instant: those of today with what came later undone, and those that left since.

use std::collections::BTreeSet;

use super::{
    InventoryFault, InventoryQuestion,
    parties::Parties,
    rows::{self, Rows},
};
use crate::{
    db::{Connection, Store, StoreFault},
    domain::{Device, DeviceField, DeviceType, InventoryReport, Now, PastRecord, Timestamp},
    store,
};

/// Devices that left whose records are looked up in one read.
const LEFT_AT_ONCE: usize = 200;

/// Whether a record as it stood is of the report.
fn is_of(report: InventoryReport, past: &PastRecord) -> bool {
    let is_hub = || past.value(DeviceField::DeviceType).is_none_or(|of| of == DeviceType::Chf.as_str());
    report != InventoryReport::Hubs || is_hub()
}

/// Passes on the Devices of a page as they stood.
pub(super) fn page(
    connection: &mut Connection,
    devices: &[Device],
    (asked, at): (&InventoryQuestion, Timestamp),
    parties: Option<&Parties>,
    now: Now,
) -> Result<Rows, StoreFault> {
    // A hub is one by its type now, too: only an import changes a type.
    let devices =
        devices.iter().filter(|device| is_hub_of(asked.report, device)).cloned().collect::<Vec<_>>();
    let devices = match parties {
        Some(parties) => parties.of_party(connection, devices, now)?,
        None => devices,
    };
    let past = store::past_records(connection, &devices, at)?;
    let past = past.iter().filter(|past| is_of(asked.report, past));
    Ok(past.filter_map(|past| rows::of_past(asked.report, past)).collect())
}

pub(super) fn is_hub_of(report: InventoryReport, device: &Device) -> bool {
    report != InventoryReport::Hubs || device.device_type == DeviceType::Chf
}

/// Passes on the Devices that left since. They have no Responsible Supplier any more.
pub(super) fn left(
    store: &Store,
    (asked, at): (&InventoryQuestion, Timestamp),
    each: &mut dyn FnMut(Rows) -> Result<(), InventoryFault>,
) -> Result<(), InventoryFault> {
    let (mut seen, mut after) = (BTreeSet::new(), 0);
    loop {
        let reach = store.read::<_, StoreFault>(|connection| store::left_since(connection, at, after))?;
        let new = reach.devices.into_iter().filter(|device| seen.insert(*device)).collect::<Vec<_>>();
        // Where nobody left, a reader who went away is noticed, too.
        each(Rows::new())?;
        for some in new.chunks(LEFT_AT_ONCE) {
            let read = |connection: &mut Connection| {
                let mut found = Rows::new();
                for device in some {
                    let past = store::record_as_at(connection, *device, at)?;
                    let past = past.filter(|past| is_of(asked.report, past));
                    found.extend(past.and_then(|past| rows::of_past(asked.report, &past)));
                }
                Ok::<_, StoreFault>(found)
            };
            each(store.read(read)?)?;
        }
        match reach.next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}
