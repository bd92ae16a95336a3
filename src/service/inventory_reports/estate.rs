//! The estate: one line a supply point, with meter, GPF and hub side by side (U5). Gas readings hang on the GPF, not on the GSME.

use std::collections::BTreeMap;

use super::{
    estate_device::EstateDevice,
    parties::Parties,
    rows::{Cell, Rows},
};
use crate::domain::{DeviceType, Eui64, Mpxn, MpxnKind, Responsibility};

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

/// What a page of the estate is made of.
pub(super) struct EstatePage<'a> {
    /// The supply points, in their order.
    pub(super) points: &'a [Mpxn],
    /// The Devices that have them, by ID.
    pub(super) devices: Vec<EstateDevice>,
    /// Their hubs.
    pub(super) hubs: BTreeMap<Eui64, EstateDevice>,
    /// Their Responsible Suppliers.
    pub(super) suppliers: BTreeMap<Eui64, Vec<Responsibility>>,
}

/// The Devices at one supply point.
#[derive(Default)]
struct AtPoint<'a> {
    kind: Option<MpxnKind>,
    devices: Vec<&'a EstateDevice>,
}

impl<'a> AtPoint<'a> {
    /// The Device of that type that stands in the line.
    fn of_type(&self, device_type: DeviceType) -> Option<&'a EstateDevice> {
        let of_type = self.devices.iter().filter(|device| device.device_type == device_type);
        of_type.min_by_key(|device| (device.rank(), device.id)).copied()
    }
}

/// The lines of a page; with a Party only its own.
pub(super) fn lines(page: &EstatePage<'_>, parties: &Parties, party: Option<&str>) -> Rows {
    let mut found = BTreeMap::<&Mpxn, AtPoint<'_>>::new();
    for device in &page.devices {
        for (kind, mpxn) in device.mpxns.iter() {
            let at = found.entry(mpxn).or_default();
            at.kind = at.kind.or(Some(kind));
            at.devices.push(device);
        }
    }
    let mut rows = Rows::new();
    for mpxn in page.points {
        let Some(at) = found.get(mpxn) else { continue };
        let mut main = [DeviceType::Esme, DeviceType::Gsme, DeviceType::Gpf].iter();
        let main = main.find_map(|device_type| at.of_type(*device_type));
        let main_suppliers = main.and_then(|device| page.suppliers.get(&device.id));
        let of_point = main_suppliers.into_iter().flatten().find(|supplier| supplier.mpxn == *mpxn);
        let signifier = of_point.and_then(|supplier| parties.signifier(supplier.user));
        if party.is_none_or(|party| signifier == Some(party)) {
            rows.push(line(mpxn, at, signifier, &page.hubs));
        }
    }
    rows
}

fn line(
    mpxn: &Mpxn,
    at: &AtPoint<'_>,
    party: Option<&str>,
    hubs: &BTreeMap<Eui64, EstateDevice>,
) -> Vec<Cell> {
    let [esme, gsme, gpf] =
        [DeviceType::Esme, DeviceType::Gsme, DeviceType::Gpf].map(|device_type| at.of_type(device_type));
    let chf = [esme, gsme, gpf].into_iter().flatten().find_map(|device| hubs.get(&device.chf?));
    let shown = [esme, gsme, gpf].into_iter().flatten().count();
    let variant = esme.and_then(|esme| esme.variant.clone());
    let first = [
        Some(mpxn.to_string()),
        at.kind.map(|kind| kind.to_string()),
        party.map(str::to_owned),
        Some((at.devices.len() - shown).to_string()),
    ];
    let first = first.into_iter().chain(cells(esme)).chain(std::iter::once(variant));
    first.chain(cells(gsme)).chain(cells(gpf)).chain(cells(chf)).collect()
}

fn cells(device: Option<&EstateDevice>) -> [Cell; 5] {
    device.map_or([const { None }; 5], |device| device.cells.clone())
}
