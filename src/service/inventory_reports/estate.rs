//! The estate: one line a supply point, with meter, GPF and hub side by side (U5). Gas readings hang on the GPF, not on the GSME.

use std::collections::BTreeMap;

use super::{
    estate_device::EstateDevice,
    parties::Parties,
    rows::{Cell, Rows},
};
use crate::domain::{DeviceType, Eui64, Mpxn, MpxnKind, Registration, Role};

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
    /// The Suppliers that are registered for them.
    pub(super) suppliers: BTreeMap<Mpxn, Vec<Registration>>,
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
        let registered = page.suppliers.get(mpxn).map(Vec::as_slice).unwrap_or_default();
        let supplier = at.kind.and_then(|kind| supplier(kind, registered));
        let signifier = supplier.and_then(|supplier| parties.signifier(supplier));
        if party.is_none_or(|party| signifier == Some(party)) {
            rows.push(line(mpxn, at, signifier, &page.hubs));
        }
    }
    rows
}

/// The Supplier of a supply point of that kind. That of an Export MPAN may be registered in either role (SMI.md 1).
fn supplier(kind: MpxnKind, registered: &[Registration]) -> Option<Eui64> {
    let roles: &[Role] = match kind {
        MpxnKind::ImportMpxn => &[Role::IS, Role::GS],
        MpxnKind::SecondaryImportMpan => &[Role::IS],
        MpxnKind::ExportMpan => &[Role::ES, Role::IS],
    };
    let of_role = |role: &Role| registered.iter().find(|registration| registration.role == *role);
    roles.iter().find_map(of_role).map(|registration| registration.user)
}

/// The hub of a line: that of the Device that is in use most, and of gas rather that of the GPF, which is a part of it.
fn hub<'a>(
    [esme, gsme, gpf]: [Option<&EstateDevice>; 3],
    hubs: &'a BTreeMap<Eui64, EstateDevice>,
) -> Option<&'a EstateDevice> {
    let with_hub = |device: &EstateDevice| Some((device.rank(), hubs.get(&device.chf?)?));
    // Of equal ones the first.
    let found = [esme, gpf, gsme].into_iter().flatten().filter_map(with_hub);
    found.min_by_key(|(rank, _)| *rank).map(|(_, hub)| hub)
}

fn line(
    mpxn: &Mpxn,
    at: &AtPoint<'_>,
    party: Option<&str>,
    hubs: &BTreeMap<Eui64, EstateDevice>,
) -> Vec<Cell> {
    let devices =
        [DeviceType::Esme, DeviceType::Gsme, DeviceType::Gpf].map(|device_type| at.of_type(device_type));
    let [esme, gsme, gpf] = devices;
    let chf = hub(devices, hubs);
    let shown = devices.into_iter().flatten().count();
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
