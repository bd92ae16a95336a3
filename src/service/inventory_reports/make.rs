//! Makes a report: Devices, or supply points, in the order of their keys, some at a time.

use super::{
    InventoryFault, InventoryHead, InventoryQuestion, InventorySink,
    columns::columns,
    current, estate_read,
    parties::Parties,
    past::{self, is_hub_of},
    rows::{self, Rows},
};
use crate::{
    clock::Clock,
    db::{Connection, Store, StoreFault},
    domain::{Device, InventoryReport, Now, Timestamp},
    store,
};

/// Makes a report. `progress` is called with the rows that were written so far. A sink that cannot write ends it, so that a reader who
/// goes away stops the reading, too.
///
/// # Errors
/// When the store fails, or the report cannot be written.
pub fn make_inventory_report(
    store: &Store,
    asked: &InventoryQuestion,
    clock: &Clock,
    to: &mut dyn InventorySink,
    progress: &mut dyn FnMut(u64),
) -> Result<(), InventoryFault> {
    let now = clock.now();
    let unknown_before = match asked.as_at {
        Some(at) => store.read::<_, StoreFault>(store::decisions_kept)?.filter(|kept| at < *kept),
        None => None,
    };
    let parties = store.read(|connection| Parties::load(connection, asked.party.as_deref()))?;
    to.begin(&InventoryHead {
        report: asked.report,
        as_at: asked.as_at,
        unknown_before,
        made_at: now.0,
        columns: columns(asked.report),
    })?;
    let mut written = 0;
    let mut each = |rows: Rows| {
        for row in &rows {
            to.row(row)?;
            written += 1;
        }
        to.was_read()?;
        progress(written);
        Ok::<_, InventoryFault>(())
    };
    if asked.report == InventoryReport::Estate {
        estate_read::each_page(store, asked, &parties, now, &mut each)?;
    } else {
        devices(store, asked, &parties, now, &mut each)?;
    }
    Ok(to.end()?)
}

type Each<'a> = &'a mut dyn FnMut(Rows) -> Result<(), InventoryFault>;

fn devices(
    store: &Store,
    asked: &InventoryQuestion,
    parties: &Parties,
    now: Now,
    each: Each<'_>,
) -> Result<(), InventoryFault> {
    let of_party = asked.party.as_ref().map(|_| parties);
    let mut after = None;
    loop {
        let (last, rows) = store.read::<_, StoreFault>(|connection| {
            let devices = store::devices_after(connection, after)?;
            let last = devices.last().map(|device| device.id);
            let rows = match asked.as_at {
                Some(at) => past::page(connection, &devices, (asked, at), of_party, now)?,
                None => current_page(connection, devices, asked.report, of_party, now)?,
            };
            Ok((last, rows))
        })?;
        each(rows)?;
        if last.is_none() {
            break;
        }
        after = last;
    }
    // Those that left are of no Party.
    match asked.as_at.filter(|_| asked.party.is_none()) {
        Some(at) => left(store, asked, at, each),
        None => Ok(()),
    }
}

fn left(
    store: &Store,
    asked: &InventoryQuestion,
    at: Timestamp,
    each: Each<'_>,
) -> Result<(), InventoryFault> {
    past::left(store, (asked, at), each)
}

fn current_page(
    connection: &mut Connection,
    devices: Vec<Device>,
    report: InventoryReport,
    parties: Option<&Parties>,
    now: Now,
) -> Result<Rows, StoreFault> {
    let devices = devices.into_iter().filter(|device| is_hub_of(report, device)).collect();
    let devices = match parties {
        Some(parties) => parties.of_party(connection, devices, now)?,
        None => devices,
    };
    match report {
        InventoryReport::SuspendedThoughActive => current::suspended(connection, devices, now),
        InventoryReport::GainedNotCommissioned => current::gained(connection, devices, now),
        InventoryReport::Status
        | InventoryReport::Firmware
        | InventoryReport::Model
        | InventoryReport::Hubs
        | InventoryReport::Estate => {
            Ok(devices.iter().map(|device| rows::of_device(report, device)).collect())
        }
    }
}
