//! The pages of the estate: of the inventory as it is, and as it stood at an instant.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    InventoryFault, InventoryQuestion,
    estate::{self, EstatePage},
    estate_device::EstateDevice,
    parties::Parties,
    rows::Rows,
};
use crate::{
    db::{Connection, Store, StoreFault},
    domain::{Device, Eui64, Mpxn, Now, Timestamp},
    store,
};

/// Supply points of one read.
const POINTS: u16 = 300;
/// Devices whose records as they stood are looked up in one read.
const CHANGED_AT_ONCE: usize = 200;

/// The Devices that had other supply points at the instant, by those of then.
type MovedPoints = BTreeMap<Mpxn, BTreeSet<Eui64>>;

/// Passes on the lines of the estate.
pub(super) fn each_page(
    store: &Store,
    asked: &InventoryQuestion,
    parties: &Parties,
    now: Now,
    each: &mut dyn FnMut(Rows) -> Result<(), InventoryFault>,
) -> Result<(), InventoryFault> {
    let moved = match asked.as_at {
        Some(at) => moved_points(store, at, each)?,
        None => MovedPoints::new(),
    };
    let mut after: Option<Mpxn> = None;
    loop {
        let (end, rows) = store.read::<_, StoreFault>(|connection| {
            let points = points_of_page(connection, after.as_ref(), &moved)?;
            let page = match asked.as_at {
                Some(at) => as_it_stood(connection, &points, &moved, at)?,
                None => as_it_is(connection, &points, now)?,
            };
            Ok((points.last().cloned(), estate::lines(&page, parties, asked.party.as_deref())))
        })?;
        each(rows)?;
        match end {
            Some(end) => after = Some(end),
            None => return Ok(()),
        }
    }
}

/// The next supply points: those of today, and between them those of then that no Device has today.
fn points_of_page(
    connection: &mut Connection,
    after: Option<&Mpxn>,
    moved: &MovedPoints,
) -> Result<Vec<Mpxn>, StoreFault> {
    let today = store::points_after(connection, after, POINTS)?;
    if moved.is_empty() {
        return Ok(today);
    }
    // Behind the last page of today only those of then are left.
    let end = today.last().filter(|_| today.len() == usize::from(POINTS)).cloned();
    let is_behind = |mpxn: &&Mpxn| after.is_none_or(|after| *mpxn > after);
    let is_before = |mpxn: &&Mpxn| end.as_ref().is_none_or(|end| *mpxn <= end);
    let then = moved.keys().filter(is_behind).filter(is_before).take(usize::from(POINTS)).cloned();
    let points = today.into_iter().chain(then).collect::<BTreeSet<_>>();
    Ok(points.into_iter().take(usize::from(POINTS)).collect())
}

/// The supply points at the instant of Devices that have others today, or left. They are as many as there were such changes since. Each
/// read passes on no line: a reader who went away is noticed.
fn moved_points(
    store: &Store,
    at: Timestamp,
    each: &mut dyn FnMut(Rows) -> Result<(), InventoryFault>,
) -> Result<MovedPoints, InventoryFault> {
    let (mut seen, mut moved, mut after) = (BTreeSet::new(), MovedPoints::new(), None);
    loop {
        let read = |connection: &mut Connection| store::points_changed_since(connection, at, after);
        let found = store.read::<_, StoreFault>(read)?;
        each(Rows::new())?;
        let new = found.devices.into_iter().filter(|device| seen.insert(*device)).collect::<Vec<_>>();
        for some in new.chunks(CHANGED_AT_ONCE) {
            for device in store.read::<_, StoreFault>(|connection| stood(connection, some, at))? {
                for (_, mpxn) in device.mpxns.iter() {
                    moved.entry(mpxn.clone()).or_default().insert(device.id);
                }
            }
            each(Rows::new())?;
        }
        match found.next {
            Some(next) => after = Some(next),
            None => return Ok(moved),
        }
    }
}

fn as_it_is<'a>(
    connection: &mut Connection,
    points: &'a [Mpxn],
    now: Now,
) -> Result<EstatePage<'a>, StoreFault> {
    let devices = store::devices_of_points(connection, points)?.into_values().collect::<Vec<_>>();
    let hubs = devices.iter().filter_map(|device| device.chf).collect::<BTreeSet<Eui64>>();
    let hubs = store::find_devices(connection, &Vec::from_iter(hubs))?;
    Ok(EstatePage {
        points,
        suppliers: store::registered_suppliers(connection, points.iter().cloned(), now.0)?,
        devices: devices.iter().map(EstateDevice::of).collect(),
        hubs: hubs.iter().map(|hub| (hub.id, EstateDevice::of(hub))).collect(),
    })
}

fn as_it_stood<'a>(
    connection: &mut Connection,
    points: &'a [Mpxn],
    moved: &MovedPoints,
    at: Timestamp,
) -> Result<EstatePage<'a>, StoreFault> {
    let today = store::devices_of_points(connection, points)?;
    let others = points.iter().filter_map(|mpxn| moved.get(mpxn)).flatten();
    let ids = today.into_keys().chain(others.copied()).collect::<BTreeSet<_>>();
    let devices = stood(connection, &Vec::from_iter(ids), at)?;
    let hubs = devices.iter().filter_map(|device| device.chf).collect::<BTreeSet<Eui64>>();
    let hubs = stood(connection, &Vec::from_iter(hubs), at)?;
    let suppliers = store::registered_suppliers(connection, points.iter().cloned(), at)?;
    Ok(EstatePage { points, devices, hubs: hubs.into_iter().map(|hub| (hub.id, hub)).collect(), suppliers })
}

/// Those of these Devices that were in the SMI, as they stood, by ID.
fn stood(connection: &mut Connection, ids: &[Eui64], at: Timestamp) -> Result<Vec<EstateDevice>, StoreFault> {
    let today = store::find_devices(connection, ids)?;
    let past = store::past_records(connection, &today, at)?;
    let today = today.into_iter().map(|device| (device.id, device)).collect::<BTreeMap<Eui64, Device>>();
    let of_past = past.iter().filter_map(|past| EstateDevice::as_it_stood(past, today.get(&past.device)));
    let mut found = of_past.map(|device| (device.id, device)).collect::<BTreeMap<_, _>>();
    for id in ids.iter().filter(|id| !today.contains_key(*id)) {
        let past = store::record_as_at(connection, *id, at)?;
        found.extend(past.and_then(|past| Some((*id, EstateDevice::as_it_stood(&past, None)?))));
    }
    Ok(found.into_values().collect())
}
