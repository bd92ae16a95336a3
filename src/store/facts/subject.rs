//! SR 8.4 and SR 12.2: a Device, and whoever may change it now (SMI.md 1, Responsible Supplier).

use crate::{
    domain::{
        CplFacts, Device, DeviceFacts, DevicePrenotification, DeviceType, InventoryChange, Mpxn, MpxnKind,
        NewDeviceFacts, Now, Registration, Responsibility, Role, UpdateInventory,
    },
    store::{Connection, StoreFault, cpl, device, registration},
};

pub(super) fn load_new(
    connection: &mut Connection,
    new: &DevicePrenotification,
) -> Result<NewDeviceFacts, StoreFault> {
    let ids = [Some(new.device_id), new.associated_gpf];
    let known = device::known(connection, &ids.into_iter().flatten().collect::<Vec<_>>())?;
    Ok(NewDeviceFacts {
        device_known: known.contains(&new.device_id),
        gpf_known: new.associated_gpf.is_some_and(|gpf| known.contains(&gpf)),
        model: cpl::facts(connection, new.device_type, &new.details)?,
    })
}

pub(super) fn load(
    connection: &mut Connection,
    update: &UpdateInventory,
    now: Now,
) -> Result<Option<Box<DeviceFacts>>, StoreFault> {
    let Some(device) = device::find(connection, update.device_id)? else {
        return Ok(None);
    };
    let gpf = gpf_of(connection, &device)?;
    let points = supply_points(connection, &device)?;
    let new_point = new_supply_point(&device, &update.change);
    let asked = points.iter().chain(&new_point).map(|(mpxn, _)| mpxn).collect::<Vec<_>>();
    let registrations = registration::suppliers(connection, &asked, now)?;
    let resulting_model = resulting_model(connection, &device, &update.change)?;
    Ok(Some(Box::new(DeviceFacts {
        responsible: responsibilities(&registrations, &points),
        responsible_for_new_mpxn: responsibilities(&registrations, new_point.as_slice()),
        resulting_model,
        gpf,
        device,
    })))
}

/// The GPF of a CHF, whichever of the two names the other.
fn gpf_of(connection: &mut Connection, device: &Device) -> Result<Option<Device>, StoreFault> {
    if device.device_type != DeviceType::Chf {
        return Ok(None);
    }
    match device.associated_gpf {
        Some(gpf) => device::find(connection, gpf),
        None => Ok(device::of_type(connection, device.id, &[DeviceType::Gpf])?.into_iter().next()),
    }
}

/// A supply point, and the role whose registration for it makes a User responsible.
type SupplyPoint = (Mpxn, Role);

/// The supply points that decide who the Responsible Supplier of a Device is.
fn supply_points(connection: &mut Connection, device: &Device) -> Result<Vec<SupplyPoint>, StoreFault> {
    let anchor = match device.device_type {
        DeviceType::Esme | DeviceType::Gsme | DeviceType::Gpf => return Ok(own_supply_points(device)),
        DeviceType::Chf => Some(device.id),
        DeviceType::Ppmid | DeviceType::Hcalcs => device.chf,
        DeviceType::Ihd | DeviceType::Cad => None,
    };
    let meters = match anchor {
        Some(chf) => device::of_type(connection, chf, &[DeviceType::Esme, DeviceType::Gsme])?,
        None => Vec::new(),
    };
    Ok(meters.iter().flat_map(own_supply_points).collect())
}

fn own_supply_points(device: &Device) -> Vec<SupplyPoint> {
    let mpxns = &device.mpxns;
    match device.device_type {
        DeviceType::Esme => {
            let imports = mpxns.import.iter().chain(&mpxns.secondary_import);
            imports.map(|mpan| (mpan.clone(), Role::IS)).collect()
        }
        DeviceType::Gsme | DeviceType::Gpf => {
            mpxns.import.iter().map(|mprn| (mprn.clone(), Role::GS)).collect()
        }
        DeviceType::Chf | DeviceType::Hcalcs | DeviceType::Ppmid | DeviceType::Ihd | DeviceType::Cad => {
            Vec::new()
        }
    }
}

/// The supply point that an UpdateMPxN names, where a Supplier imports through it.
fn new_supply_point(device: &Device, change: &InventoryChange) -> Option<SupplyPoint> {
    let mpxn = match change {
        InventoryChange::Mpxn(MpxnKind::ImportMpxn | MpxnKind::SecondaryImportMpan, mpxn) => mpxn,
        InventoryChange::Mpxn(MpxnKind::ExportMpan, _)
        | InventoryChange::StatusExceptCh(_)
        | InventoryChange::StatusCh(_)
        | InventoryChange::Details(_)
        | InventoryChange::Delete => return None,
    };
    let role = match device.device_type {
        DeviceType::Esme => Role::IS,
        DeviceType::Gsme => Role::GS,
        DeviceType::Gpf
        | DeviceType::Chf
        | DeviceType::Hcalcs
        | DeviceType::Ppmid
        | DeviceType::Ihd
        | DeviceType::Cad => return None,
    };
    Some((mpxn.clone(), role))
}

fn responsibilities(registrations: &[Registration], points: &[SupplyPoint]) -> Vec<Responsibility> {
    let counts = |registration: &&Registration| {
        points.iter().any(|(mpxn, role)| registration.mpxn == *mpxn && registration.role == *role)
    };
    let responsibility = |registration: &Registration| {
        let Registration { mpxn, role, user, from, to: _ } = registration;
        Responsibility { user: *user, role: *role, mpxn: mpxn.clone(), since: *from }
    };
    registrations.iter().filter(counts).map(responsibility).collect()
}

fn resulting_model(
    connection: &mut Connection,
    device: &Device,
    change: &InventoryChange,
) -> Result<CplFacts, StoreFault> {
    match change {
        InventoryChange::Details(changed) => {
            cpl::facts(connection, device.device_type, &changed.applied_to(&device.details))
        }
        InventoryChange::StatusExceptCh(_)
        | InventoryChange::StatusCh(_)
        | InventoryChange::Delete
        | InventoryChange::Mpxn(..) => Ok(CplFacts::NotLoaded),
    }
}
