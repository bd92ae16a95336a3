//! The estate: one line a supply point, with meter, GPF and hub side by side (U5). Gas readings hang on the GPF, not on the GSME.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    parties::Parties,
    rows::{Cell, Rows},
};
use crate::{
    db::{Connection, StoreFault},
    domain::{Device, DeviceType, Eui64, Mpxn, MpxnKind, Now, SmiStatus},
    store,
};

pub(super) const COLUMNS: &[&str] = &[
    "mpxn",
    "kind",
    "party_signifier",
    "more_devices",
    "esme_device_id",
    "esme_status",
    "esme_device_manufacturer",
    "esme_device_model",
    "esme_firmware_version",
    "esme_variant",
    "gsme_device_id",
    "gsme_status",
    "gsme_device_manufacturer",
    "gsme_device_model",
    "gsme_firmware_version",
    "gpf_device_id",
    "gpf_status",
    "gpf_device_manufacturer",
    "gpf_device_model",
    "gpf_firmware_version",
    "chf_device_id",
    "chf_status",
    "chf_device_manufacturer",
    "chf_device_model",
    "chf_firmware_version",
];

/// Of several Devices at a supply point the one that is in use stands in the line: the first of these statuses.
const fn rank(device: &Device) -> u8 {
    match device.status {
        Some(SmiStatus::Commissioned) => 0,
        Some(SmiStatus::InstalledNotCommissioned) => 1,
        Some(SmiStatus::Suspended) => 2,
        Some(SmiStatus::Recovery | SmiStatus::Recovered) => 3,
        Some(SmiStatus::Whitelisted) => 4,
        Some(SmiStatus::Pending) => 5,
        Some(SmiStatus::Withdrawn) => 6,
        Some(SmiStatus::Decommissioned) | None => 7,
    }
}

/// The Devices at one supply point.
#[derive(Default)]
struct AtPoint<'a> {
    kind: Option<MpxnKind>,
    devices: Vec<&'a Device>,
}

impl<'a> AtPoint<'a> {
    /// The Device of that type that stands in the line.
    fn of_type(&self, device_type: DeviceType) -> Option<&'a Device> {
        let of_type = self.devices.iter().filter(|device| device.device_type == device_type);
        of_type.min_by_key(|device| (rank(device), device.id)).copied()
    }
}

/// The lines of these supply points.
pub(super) fn lines(
    connection: &mut Connection,
    points: &[Mpxn],
    parties: &Parties,
    party: Option<&str>,
    now: Now,
) -> Result<Rows, StoreFault> {
    let devices = store::devices_of_points(connection, points)?;
    let hubs = devices.values().filter_map(|device| device.chf).collect::<BTreeSet<Eui64>>();
    let hubs = store::find_devices(connection, &Vec::from_iter(hubs))?;
    let hubs = hubs.into_iter().map(|hub| (hub.id, hub)).collect::<BTreeMap<_, _>>();
    let all = devices.values().cloned().collect::<Vec<_>>();
    let suppliers = store::suppliers_of_devices(connection, &all, now)?;
    let mut found = BTreeMap::<&Mpxn, AtPoint<'_>>::new();
    for device in devices.values() {
        for (kind, mpxn) in device.mpxns.iter() {
            let at = found.entry(mpxn).or_default();
            at.kind = at.kind.or(Some(kind));
            at.devices.push(device);
        }
    }
    let mut rows = Rows::new();
    for mpxn in points {
        let Some(at) = found.get(mpxn) else { continue };
        let mut main = [DeviceType::Esme, DeviceType::Gsme, DeviceType::Gpf].iter();
        let main = main.find_map(|device_type| at.of_type(*device_type));
        let main_suppliers = main.and_then(|device| suppliers.get(&device.id));
        let of_point = main_suppliers.into_iter().flatten().find(|supplier| supplier.mpxn == *mpxn);
        let signifier = of_point.and_then(|supplier| parties.signifier(supplier.user));
        if party.is_none_or(|party| signifier == Some(party)) {
            rows.push(line(mpxn, at, signifier, &hubs));
        }
    }
    Ok(rows)
}

fn line(mpxn: &Mpxn, at: &AtPoint<'_>, party: Option<&str>, hubs: &BTreeMap<Eui64, Device>) -> Vec<Cell> {
    let [esme, gsme, gpf] =
        [DeviceType::Esme, DeviceType::Gsme, DeviceType::Gpf].map(|device_type| at.of_type(device_type));
    let chf = [esme, gsme, gpf].into_iter().flatten().find_map(|device| hubs.get(&device.chf?));
    let shown = [esme, gsme, gpf].into_iter().flatten().count();
    let variant = esme.and_then(|esme| esme.details.esme_variant).map(|variant| variant.to_string());
    let first = [
        Some(mpxn.to_string()),
        at.kind.map(|kind| kind.to_string()),
        party.map(str::to_owned),
        Some((at.devices.len() - shown).to_string()),
    ];
    let first = first.into_iter().chain(cells(esme)).chain(std::iter::once(variant));
    first.chain(cells(gsme)).chain(cells(gpf)).chain(cells(chf)).collect()
}

fn cells(device: Option<&Device>) -> [Cell; 5] {
    let Some(device) = device else { return [const { None }; 5] };
    let details = &device.details;
    [
        Some(device.id.to_string()),
        Some(device.status_text().to_owned()),
        Some(details.manufacturer.to_string()),
        Some(details.model.to_string()),
        details.firmware_version.as_ref().map(ToString::to_string),
    ]
}
