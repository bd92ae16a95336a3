//! Devices that somebody should look at: suspended though their firmware is right (U3), and gained but not commissioned (U1).

use std::collections::BTreeMap;

use super::{
    parties::Parties,
    rows::{Cell, Rows},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{
        CplFacts, CplStatus, Device, DeviceFacts, DeviceType, Eui64, Mpxn, Now, Responsibility, SmiStatus,
        Timestamp, london_date,
    },
    store,
};

pub(super) const SUSPENDED: &[&str] = &[
    "device_id",
    "device_type",
    "device_manufacturer",
    "device_model",
    "firmware_version",
    "cpl_status",
    "responsible_suppliers",
];

pub(super) const GAINED: &[&str] = &[
    "device_id",
    "device_type",
    "status",
    "device_manufacturer",
    "device_model",
    "firmware_version",
    "mpxn",
    "pre_notified_by",
    "gained_by",
    "gained_on",
];

fn text<T: ToString>(value: Option<&T>) -> Cell {
    value.map(ToString::to_string)
}

fn suppliers(suppliers: &[Responsibility]) -> Cell {
    let mut users = suppliers.iter().map(|supplier| supplier.user).collect::<Vec<_>>();
    users.sort_unstable();
    users.dedup();
    let users = users.iter().map(ToString::to_string).collect::<Vec<_>>().join(";");
    Some(users).filter(|users| !users.is_empty())
}

/// The Devices of a page that are Suspended though their Device Model is Active on the Central Products List: SR 11.2 restores them.
pub(super) fn suspended(
    connection: &mut Connection,
    devices: Vec<Device>,
    now: Now,
) -> Result<Rows, StoreFault> {
    let mut found = Vec::new();
    for device in devices.into_iter().filter(|device| device.status == Some(SmiStatus::Suspended)) {
        let listed = store::model_facts(connection, device.device_type, &device.details)?;
        if listed == CplFacts::Listed(CplStatus::Active) {
            found.push(device);
        }
    }
    let responsible = store::suppliers_of_devices(connection, &found, now)?;
    let row = |device: &Device| {
        let details = &device.details;
        vec![
            Some(device.id.to_string()),
            Some(device.device_type.to_string()),
            Some(details.manufacturer.to_string()),
            Some(details.model.to_string()),
            text(details.firmware_version.as_ref()),
            Some(CplStatus::Active.to_string()),
            responsible.get(&device.id).and_then(|found| suppliers(found)),
        ]
    };
    Ok(found.iter().map(row).collect())
}

/// Whether a Device is in the SMI, and was not commissioned yet.
const fn is_before_commissioning(device: &Device) -> bool {
    match device.status {
        Some(SmiStatus::Pending | SmiStatus::Whitelisted | SmiStatus::InstalledNotCommissioned) => true,
        Some(
            SmiStatus::Commissioned
            | SmiStatus::Decommissioned
            | SmiStatus::Withdrawn
            | SmiStatus::Suspended
            | SmiStatus::Recovery
            | SmiStatus::Recovered,
        )
        | None => false,
    }
}

/// The meters of a page that are not Commissioned, and whose Responsible Supplier is not who pre-notified them: it gained them, and needs
/// their install codes (MP121, MP281). A line a supply point that was gained; of a Party those that it gained.
pub(super) fn gained(
    connection: &mut Connection,
    devices: Vec<Device>,
    parties: Option<&Parties>,
    now: Now,
) -> Result<Rows, StoreFault> {
    let is_meter = |device: &Device| matches!(device.device_type, DeviceType::Esme | DeviceType::Gsme);
    let meters = devices.into_iter().filter(|device| is_meter(device) && is_before_commissioning(device));
    let facts = store::esme_facts(connection, meters.collect(), now)?;
    let of_nobody = facts.iter().map(|facts| &facts.device).filter(|device| device.pre_notified_by.is_none());
    let of_nobody = of_nobody.map(|device| device.id).collect::<Vec<_>>();
    let joined = store::last_joined(connection, &of_nobody)?;
    let mut rows = Rows::new();
    for DeviceFacts { device, responsible, .. } in facts {
        let is_gained = |supplier: &&Responsibility| match device.pre_notified_by {
            Some(by) => supplier.user != by,
            // Who pre-notified it is not known: gained is what was registered after it joined.
            None => joined.get(&device.id).is_some_and(|joined| supplier.since > joined.at),
        };
        let is_asked =
            |supplier: &&Responsibility| parties.is_none_or(|parties| parties.is_asked(supplier.user));
        let gained = responsible.iter().filter(is_gained).filter(is_asked);
        // An Export MPAN may have the same Supplier in two roles: the earlier registration stands for both.
        let mut of_points = BTreeMap::new();
        for supplier in gained {
            let since = of_points.entry((&supplier.mpxn, supplier.user)).or_insert(supplier.since);
            *since = supplier.since.min(*since);
        }
        rows.extend(
            of_points.into_iter().map(|((mpxn, user), since)| gained_row(&device, mpxn, user, since)),
        );
    }
    Ok(rows)
}

fn gained_row(device: &Device, mpxn: &Mpxn, by: Eui64, since: Timestamp) -> Vec<Cell> {
    let details = &device.details;
    vec![
        Some(device.id.to_string()),
        Some(device.device_type.to_string()),
        Some(device.status_text().to_owned()),
        Some(details.manufacturer.to_string()),
        Some(details.model.to_string()),
        text(details.firmware_version.as_ref()),
        Some(mpxn.to_string()),
        text(device.pre_notified_by.as_ref()),
        Some(by.to_string()),
        Some(london_date(since).to_string()),
    ]
}
