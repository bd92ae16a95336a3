//! The Responsible Suppliers of many Devices at once, by the rules of one (SMI.md 1).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceType, Eui64, Mpxn, Now, Registration, Responsibility, Timestamp},
    store::{
        device::{BATCH, SupplyPoint, find_all, meters_on_hubs, own_supply_points, responsibilities},
        registration::suppliers_of_all,
    },
};

/// The registrations that make Users the Responsible Suppliers of these Devices now.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn suppliers_of_devices(
    connection: &mut Connection,
    devices: &[Device],
    now: Now,
) -> Result<BTreeMap<Eui64, Vec<Responsibility>>, StoreFault> {
    let points = points_of_devices(connection, devices)?;
    suppliers_of_points(connection, points, now)
}

/// The registrations of Suppliers (IS, GS, ES) for each of these supply points that hold at that instant, as they are known today.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn registered_suppliers(
    connection: &mut Connection,
    points: impl IntoIterator<Item = Mpxn>,
    at: Timestamp,
) -> Result<BTreeMap<Mpxn, Vec<Registration>>, StoreFault> {
    let mut found = BTreeMap::new();
    for batch in Vec::from_iter(points).chunks(BATCH) {
        found.extend(suppliers_of_all(connection, batch.iter().cloned().collect())?);
    }
    found.values_mut().for_each(|registrations| registrations.retain(|one| one.holds_at(at)));
    Ok(found)
}

/// The registrations that make Users the Responsible Suppliers of Devices now, by their supply points.
pub(in crate::store) fn suppliers_of_points(
    connection: &mut Connection,
    points: BTreeMap<Eui64, Vec<SupplyPoint>>,
    now: Now,
) -> Result<BTreeMap<Eui64, Vec<Responsibility>>, StoreFault> {
    let named = points.values().flatten().map(|(mpxn, _)| mpxn.clone()).collect::<BTreeSet<Mpxn>>();
    let registrations = registered_suppliers(connection, named, now.0)?;
    let of_device = |(id, points): (Eui64, Vec<SupplyPoint>)| {
        // An MPxN may be there for several roles, and for several meters.
        let named = points.iter().map(|(mpxn, _)| mpxn).collect::<BTreeSet<_>>();
        let in_force = named.into_iter().filter_map(|mpxn| registrations.get(mpxn)).flatten();
        (id, responsibilities(in_force, &points))
    };
    Ok(points.into_iter().map(of_device).collect())
}

/// The supply points of each Device: its own, else those of the meter that it is associated with, else those of the meters on its hub.
fn points_of_devices(
    connection: &mut Connection,
    devices: &[Device],
) -> Result<BTreeMap<Eui64, Vec<SupplyPoint>>, StoreFault> {
    let associated = devices.iter().filter_map(|device| device.associated_device).collect::<BTreeSet<_>>();
    let associated = find_all(connection, &Vec::from_iter(associated))?;
    let associated = associated.into_iter().map(|device| (device.id, device)).collect::<BTreeMap<_, _>>();
    let hubs = devices.iter().filter_map(hub_of).collect::<BTreeSet<_>>();
    let mut on_hubs = BTreeMap::<Eui64, Vec<SupplyPoint>>::new();
    for meter in meters_on_hubs(connection, &Vec::from_iter(hubs))? {
        let hub = meter.chf.map(|hub| on_hubs.entry(hub).or_default());
        hub.into_iter().for_each(|points| points.extend(own_supply_points(&meter)));
    }
    let of_device = |device: &Device| {
        let own = match device.device_type {
            DeviceType::Esme | DeviceType::Gsme | DeviceType::Gpf => return own_supply_points(device),
            DeviceType::Chf => None,
            DeviceType::Ppmid | DeviceType::Hcalcs | DeviceType::Ihd | DeviceType::Cad => {
                device.associated_device.and_then(|id| associated.get(&id)).filter(|device| is_meter(device))
            }
        };
        match own {
            Some(meter) => own_supply_points(meter),
            None => hub_of(device).and_then(|hub| on_hubs.get(&hub)).cloned().unwrap_or_default(),
        }
    };
    Ok(devices.iter().map(|device| (device.id, of_device(device))).collect())
}

/// Whether it is a Device that may have supply points.
const fn is_meter(device: &Device) -> bool {
    match device.device_type {
        DeviceType::Esme | DeviceType::Gsme | DeviceType::Gpf => true,
        DeviceType::Chf | DeviceType::Hcalcs | DeviceType::Ppmid | DeviceType::Ihd | DeviceType::Cad => false,
    }
}

/// The hub whose meters are asked where a Device has no supply points.
const fn hub_of(device: &Device) -> Option<Eui64> {
    match device.device_type {
        DeviceType::Chf => Some(device.id),
        DeviceType::Ppmid | DeviceType::Hcalcs | DeviceType::Ihd | DeviceType::Cad => device.chf,
        DeviceType::Esme | DeviceType::Gsme | DeviceType::Gpf => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        alert::responsible_suppliers,
        device::page_after,
        session::Session,
        testing::{TempStore, now},
    };

    /// SMI.md 1: of many Devices what is said of one.
    #[test]
    fn many_devices_have_the_suppliers_that_each_has() {
        let temp = TempStore::with_fixtures();
        let check = |connection: &mut Connection| {
            let devices = page_after(connection, None)?;
            for at in ["2026-01-14", "2026-02-01"].map(now) {
                let found = suppliers_of_devices(connection, &devices, at)?;
                assert!(found.values().filter(|suppliers| !suppliers.is_empty()).count() > 5);
                for device in &devices {
                    let one = responsible_suppliers(&mut Session::new(connection), device.id, at)?;
                    let many = found[&device.id].iter().map(|supplier| supplier.user);
                    assert_eq!(many.collect::<BTreeSet<_>>(), one, "{} {}", device.id, device.device_type);
                }
            }
            Ok::<_, StoreFault>(())
        };
        temp.store.read(check).unwrap();
    }
}
