//! Whom a DCC Alert about a Device is for, and what it says of the Devices around it.

use std::collections::BTreeSet;

use super::{
    Session,
    device::{self, DeviceLookup},
    registration,
};
use crate::{
    db::StoreFault,
    domain::{Device, DeviceType, Eui64, Now, Role},
};

/// The record of a Device, as the changes before it left it.
///
/// # Errors
/// When the database fails.
pub fn device_now(session: &mut Session<'_>, id: Eui64) -> Result<Option<Device>, StoreFault> {
    session.device(id)
}

/// The Users registered now in that role for a supply point of the Device.
///
/// # Errors
/// When the database fails.
pub fn users_registered(
    session: &mut Session<'_>,
    device: &Device,
    role: Role,
    now: Now,
) -> Result<BTreeSet<Eui64>, StoreFault> {
    let mpxns = &device.mpxns;
    let points = mpxns.import.iter().chain(&mpxns.secondary_import).chain(&mpxns.export);
    let points = points.cloned().collect::<BTreeSet<_>>();
    let registrations = registration::in_role(session.database()?, &points, role)?;
    Ok(registrations.iter().filter(|one| one.holds_at(now.0)).map(|one| one.user).collect())
}

/// The Responsible Suppliers of a Device now (SMI.md 1); of a CHF those of its meters.
///
/// # Errors
/// When the database fails.
pub fn responsible_suppliers(
    session: &mut Session<'_>,
    id: Eui64,
    now: Now,
) -> Result<BTreeSet<Eui64>, StoreFault> {
    let facts = device::load_with(session, id, &[], now)?;
    Ok(facts.iter().flat_map(|facts| &facts.responsible).map(|supplier| supplier.user).collect())
}

/// The other Devices with an SMI Status on the hub of a Device, by ID; at most so many.
///
/// # Errors
/// When the database fails.
pub fn devices_beside(
    session: &mut Session<'_>,
    device: &Device,
    limit: usize,
) -> Result<Vec<(Eui64, DeviceType)>, StoreFault> {
    let Some(chf) = device.chf else { return Ok(Vec::new()) };
    let mut beside = session.find(DeviceLookup::OnHub(chf))?;
    beside.retain(|other| other.id != device.id && !other.device_type.is_type_2());
    beside.sort_by_key(|other| other.id);
    Ok(beside.iter().take(limit).map(|other| (other.id, other.device_type)).collect())
}
