//! What decides on which list of an SR 11.1's warning a Device is, of many Devices at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Connection, StoreFault},
    domain::{
        CplFacts, Device, DeviceDetails, DeviceType, Eui64, FirmwareVersion, ImageRecipientFacts, Mpxn, Now,
        Registration,
    },
    store::{
        Session,
        device::{find_all, own_supply_points},
        registration::suppliers_of_all,
    },
};

/// Loads the facts of these Devices, for an image of that version that the User sends. One that is not in the SMI is missing.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn recipients_facts(
    connection: &mut Connection,
    user: Eui64,
    version: &FirmwareVersion,
    devices: &[Eui64],
    now: Now,
) -> Result<BTreeMap<Eui64, ImageRecipientFacts>, StoreFault> {
    let found = find_all(connection, devices)?;
    let points = found.iter().flat_map(own_supply_points).map(|(mpxn, _)| mpxn).collect::<BTreeSet<_>>();
    let suppliers = suppliers_of_all(connection, points)?;
    let mut session = Session::new(connection);
    let mut facts = BTreeMap::new();
    for device in found {
        let is_responsible = is_responsible(&device, user, &suppliers, now);
        // Only a meter is looked up: any other Device is invalid whatever its model is.
        let model = match device.device_type {
            DeviceType::Esme | DeviceType::Gsme => {
                let firmware_version = Some(version.clone());
                let details = DeviceDetails { firmware_version, ..device.details.clone() };
                session.model(device.device_type, &details)?
            }
            DeviceType::Gpf
            | DeviceType::Chf
            | DeviceType::Hcalcs
            | DeviceType::Ppmid
            | DeviceType::Ihd
            | DeviceType::Cad => CplFacts::NotLoaded,
        };
        facts.insert(device.id, ImageRecipientFacts { device, is_responsible, model });
    }
    Ok(facts)
}

/// Whether the User is a Responsible Supplier of the meter now: registered for a supply point of it, in the role that belongs to that.
fn is_responsible(
    device: &Device,
    user: Eui64,
    suppliers: &BTreeMap<Mpxn, Vec<Registration>>,
    now: Now,
) -> bool {
    own_supply_points(device).iter().any(|(mpxn, role)| {
        let of_point = suppliers.get(mpxn).into_iter().flatten();
        let counts = |registration: &Registration| {
            registration.user == user && registration.role == *role && registration.holds_at(now.0)
        };
        of_point.into_iter().any(counts)
    })
}
