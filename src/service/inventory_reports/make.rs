//! Makes a report: Devices, or supply points, in the order of their keys, some at a time.

use super::{
    InventoryFault, InventoryHead, InventoryQuestion, InventorySink, current, estate_read, inventory_head,
    parties::Parties,
    past::{self, is_hub_of},
    rows::{self, Rows},
};
use crate::{
    clock::Clock,
    db::{Connection, Store, StoreFault},
    domain::{Device, InventoryReport, Now},
    store,
};

/// Makes a report. `progress` is called with the rows that were written so far. A sink that cannot write ends it, so that a reader who
/// goes away stops the reading, too.
///
/// # Errors
/// When it is not made of what is asked, as [`inventory_head`] says; when the store fails, or the report cannot be written.
pub fn make_inventory_report(
    store: &Store,
    asked: &InventoryQuestion,
    clock: &Clock,
    to: &mut dyn InventorySink,
    progress: &mut dyn FnMut(u64),
) -> Result<(), InventoryFault> {
    write_inventory_report(store, asked, &inventory_head(store, asked, clock)?, to, progress)
}

/// Makes a report whose head is made.
///
/// # Errors
/// When the store fails, or the report cannot be written.
pub fn write_inventory_report(
    store: &Store,
    asked: &InventoryQuestion,
    head: &InventoryHead,
    to: &mut dyn InventorySink,
    progress: &mut dyn FnMut(u64),
) -> Result<(), InventoryFault> {
    let now = Now(head.made_at);
    let parties = store.read(|connection| Parties::load(connection, asked.party.as_deref()))?;
    to.begin(head)?;
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
        Some(at) => past::left(store, (asked, at), each),
        None => Ok(()),
    }
}

fn current_page(
    connection: &mut Connection,
    devices: Vec<Device>,
    report: InventoryReport,
    parties: Option<&Parties>,
    now: Now,
) -> Result<Rows, StoreFault> {
    if report == InventoryReport::GainedNotCommissioned {
        // Of a Party: what it gained, and not what else it supplies.
        return current::gained(connection, devices, parties, now);
    }
    let devices = devices.into_iter().filter(|device| is_hub_of(report, device)).collect();
    let devices = match parties {
        Some(parties) => parties.of_party(connection, devices, now)?,
        None => devices,
    };
    if report == InventoryReport::SuspendedThoughActive {
        return current::suspended(connection, devices, now);
    }
    Ok(devices.iter().map(|device| rows::of_device(report, device)).collect())
}
