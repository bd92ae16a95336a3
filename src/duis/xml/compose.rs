//! The request encoder: writes a [`Request`] as the XML that decodes to it.
//!
//! Tools and tests use it to play the part of a User's system. The service itself never sends requests.

mod firmware;
mod hub;

use super::builder::Builder;
use crate::domain::{
    Body, ChangedDetails, DeviceDetails, DevicePrenotification, InventoryChange, PremisesKey, PropertyFilter,
    ReadInventory, Request, UpdateInventory,
};

/// Writes an unsigned `sr:Request`. A [`Request`] has no firmware: that of an SR 11.1 is left empty.
pub fn compose(request: &Request) -> String {
    compose_with_image(request, &[])
}

/// Writes an unsigned `sr:Request`; where it is an SR 11.1, with these bytes as its FirmwareImage.
pub fn compose_with_image(request: &Request, image: &[u8]) -> String {
    Builder::message("Request", &request.schema_version, |message| {
        message.element("Header", |header| {
            header.value("RequestID", request.id);
            header.value("CommandVariant", request.command_variant.get());
            header.value("ServiceReference", request.variant.service_reference());
            header.value("ServiceReferenceVariant", request.variant);
        });
        message.element("Body", |content| body(content, &request.body, image));
    })
    .into()
}

fn body(out: &mut Builder, body: &Body, image: &[u8]) {
    out.element(body.service().element(), |out| match body {
        Body::ReadInventory(key) => read_inventory(out, key),
        Body::DecommissionDevice(id) => out.value("DeviceID", id),
        Body::UpdateInventory(update) => update_inventory(out, update),
        Body::UpdateHanDeviceLog(update) => hub::update_log(out, update),
        Body::HubInstallSuccess(install) => hub::install(out, install, None),
        Body::HubInstallNoSmWan(install, obstructions) => hub::install(out, install, Some(*obstructions)),
        Body::HubFaultReturn(returned) => hub::fault_return(out, returned),
        Body::HubNoFaultReturn(returned) => hub::no_fault_return(out, returned),
        Body::UpdateFirmware(update) => firmware::update(out, update, image),
        Body::ActivateFirmware(activate) => firmware::activate(out, activate),
        Body::RequestWanMatrix(asked) => premises(out, asked),
        Body::DevicePrenotification(device) => prenotification(out, device),
    });
}

fn read_inventory(out: &mut Builder, key: &ReadInventory) {
    match key {
        ReadInventory::Uprn(uprn) => out.value("UPRN", uprn),
        ReadInventory::DeviceId(id) => out.value("DeviceID", id),
        ReadInventory::Mpxn(mpxn) => out.value("MPxN", mpxn),
        ReadInventory::PropertyFilter(filter) => address(out, "PropertyFilter", filter),
    }
}

fn update_inventory(out: &mut Builder, update: &UpdateInventory) {
    out.value("DeviceID", update.device_id);
    match &update.change {
        InventoryChange::StatusExceptCh(status) => out.value("UpdateDeviceStatusExceptCH", status),
        InventoryChange::StatusCh(status) => out.value("UpdateDeviceStatusCH", status),
        InventoryChange::Details(changed) => {
            out.element("UpdateDeviceDetails", |out| changed_details(out, changed));
        }
        InventoryChange::Delete => out.value("DeleteDevice", ""),
        InventoryChange::Mpxn(kind, mpxn) => out.element("UpdateMPxN", |out| out.value(kind.as_str(), mpxn)),
    }
}

fn changed_details(out: &mut Builder, changed: &ChangedDetails) {
    let ChangedDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = changed;
    out.optional("DeviceManufacturer", manufacturer.as_ref());
    out.optional("DeviceModel", model.as_ref());
    out.optional("SMETSCHTSVersion", smets_chts_version.as_ref());
    out.optional("FirmwareVersion", firmware_version.as_ref());
    out.optional("ESMEVariant", *esme_variant);
}

/// Writes the premises that an SR 12.1 asks about; its answer repeats them.
pub(super) fn premises(out: &mut Builder, premises: &PremisesKey) {
    match premises {
        PremisesKey::Uprn(uprn) => out.value("UPRN", uprn),
        PremisesKey::PartialAddress(partial) => address(out, "PartialAddress", partial),
    }
}

/// Writes an address as an element named `local`.
pub(super) fn address(out: &mut Builder, local: &str, address: &PropertyFilter) {
    out.element(local, |out| {
        out.value("PostCode", &address.post_code);
        out.value("AddressIdentifier", &address.address_identifier);
    });
}

fn prenotification(out: &mut Builder, device: &DevicePrenotification) {
    let DevicePrenotification { device_id, device_type, details, associated_gpf } = device;
    let DeviceDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = details;
    out.value("DeviceID", device_id);
    out.value("DeviceManufacturer", manufacturer);
    out.value("DeviceModel", model);
    out.value("DeviceType", device_type);
    out.optional("SMETSCHTSVersion", smets_chts_version.as_ref());
    out.optional("FirmwareVersion", firmware_version.as_ref());
    out.optional("ESMEVariant", *esme_variant);
    out.optional("AssociatedGPFDeviceID", *associated_gpf);
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::{option, prelude::*, sample::select};

    use super::*;
    use crate::{
        domain::{
            ActivateFirmware, CommandVariant, DateTimeText, DeviceType, EsmeVariant, Eui64, FirmwareHash,
            FirmwareImage, HanLogChange, HubConnection, HubFaultReason, HubFaultReturn, HubFaultReturnType,
            HubInstall, HubInstallType, HubLocation, HubNoFaultReturn, HubNoFaultReturnType, Mpxn, MpxnKind,
            Mpxns, Obstructions, PremiseType, RequestId, StatusCh, StatusExceptCh, UpdateFirmware,
            UpdateHanDeviceLog, Uprn, WhitelistEntry, is_xml_char,
        },
        duis::{signature::canonical, xml::decode},
    };

    /// A text of `min` to `max` characters, whitespace and markup among them.
    fn text<T: FromStr + std::fmt::Debug>(min: usize, max: usize) -> impl Strategy<Value = T> {
        let special = select(vec![' ', '\r', '\n', '\t', '&', '<', '>', '"', '\'', ']']);
        let character = prop_oneof![special, any::<char>().prop_filter("not for XML", |c| is_xml_char(*c))];
        let text = prop::collection::vec(character, min..=max).prop_map(String::from_iter);
        text.prop_filter_map("not of that type", |text| text.parse().ok())
    }

    fn eui() -> impl Strategy<Value = Eui64> {
        any::<[u8; 8]>().prop_map(Eui64::from_octets)
    }

    fn uprn() -> impl Strategy<Value = Uprn> {
        (1_u64..1_000_000_000_000).prop_map(|number| number.try_into().unwrap())
    }

    fn property() -> impl Strategy<Value = PropertyFilter> {
        (text(6, 8), text(0, 30))
            .prop_map(|(post_code, address_identifier)| PropertyFilter { post_code, address_identifier })
    }

    fn read() -> impl Strategy<Value = ReadInventory> {
        prop_oneof![
            uprn().prop_map(ReadInventory::Uprn),
            eui().prop_map(ReadInventory::DeviceId),
            text(1, 13).prop_map(ReadInventory::Mpxn),
            property().prop_map(ReadInventory::PropertyFilter),
        ]
    }

    fn changed() -> impl Strategy<Value = ChangedDetails> {
        (option::of(text(0, 30)), option::of(text(0, 30)), optional_details()).prop_map(
            |(manufacturer, model, (smets_chts_version, firmware_version, esme_variant))| ChangedDetails {
                manufacturer,
                model,
                smets_chts_version,
                firmware_version,
                esme_variant,
            },
        )
    }

    type OptionalDetails = (
        Option<crate::domain::SmetsChtsVersion>,
        Option<crate::domain::FirmwareVersion>,
        Option<EsmeVariant>,
    );

    fn optional_details() -> impl Strategy<Value = OptionalDetails> {
        (option::of(text(1, 20)), option::of(text(1, 8)), option::of(select(EsmeVariant::ALL)))
    }

    fn mpxn() -> impl Strategy<Value = (MpxnKind, Mpxn)> {
        let other = select(vec![MpxnKind::SecondaryImportMpan, MpxnKind::ExportMpan]);
        prop_oneof![text(1, 13).prop_map(|mpxn| (MpxnKind::ImportMpxn, mpxn)), (other, text(13, 13))]
    }

    fn change() -> impl Strategy<Value = InventoryChange> {
        prop_oneof![
            select(StatusExceptCh::ALL).prop_map(InventoryChange::StatusExceptCh),
            select(StatusCh::ALL).prop_map(InventoryChange::StatusCh),
            changed().prop_map(InventoryChange::Details),
            Just(InventoryChange::Delete),
            mpxn().prop_map(|(kind, mpxn)| InventoryChange::Mpxn(kind, mpxn)),
        ]
    }

    fn device() -> impl Strategy<Value = DevicePrenotification> {
        let details = (text(0, 30), text(0, 30), optional_details()).prop_map(
            |(manufacturer, model, (smets_chts_version, firmware_version, esme_variant))| DeviceDetails {
                manufacturer,
                model,
                smets_chts_version,
                firmware_version,
                esme_variant,
            },
        );
        (eui(), select(DeviceType::ALL), details, option::of(eui())).prop_map(
            |(device_id, device_type, details, associated_gpf)| DevicePrenotification {
                device_id,
                device_type,
                details,
                associated_gpf,
            },
        )
    }

    fn date_time() -> impl Strategy<Value = Option<DateTimeText>> {
        option::of(
            "20[0-9]{2}-0[1-9]-2[0-8]T1[0-9]:30:00(\\.[0-9]{1,3})?Z?".prop_map(|text| text.parse().unwrap()),
        )
    }

    fn whitelist_entry() -> impl Strategy<Value = WhitelistEntry> {
        let mpxns = (option::of(text(1, 13)), option::of(text(13, 13)), option::of(text(13, 13)));
        (1_u64..=3600, "([0-9A-Fa-f]{2}){6,16}", mpxns).prop_map(
            |(seconds, code, (import, secondary_import, export))| WhitelistEntry {
                join_time: seconds.try_into().unwrap(),
                install_code: code.parse().unwrap(),
                mpxns: Mpxns { import, secondary_import, export },
            },
        )
    }

    fn update_log() -> impl Strategy<Value = Body> {
        let change = select(HanLogChange::ALL);
        (date_time(), eui(), change, option::of(whitelist_entry())).prop_map(
            |(execution, device_id, change, whitelist)| {
                Body::UpdateHanDeviceLog(UpdateHanDeviceLog { execution, device_id, change, whitelist })
            },
        )
    }

    fn install() -> impl Strategy<Value = HubInstall> {
        let words = (select(HubInstallType::ALL), select(HubLocation::ALL), any::<bool>());
        let texts = (option::of(text(0, 25)), text(1, 13), option::of(text(0, 25)), option::of(text(0, 200)));
        (eui(), words, date_time(), texts).prop_map(
            |(device_id, (install_type, location, aerial), at, (reference, mpxn, gis, information))| {
                HubInstall {
                    device_id,
                    install_type,
                    at,
                    reference,
                    mpxn,
                    gis,
                    aerial,
                    location,
                    information,
                }
            },
        )
    }

    fn obstructions() -> impl Strategy<Value = Obstructions> {
        (select(PremiseType::ALL), any::<[bool; 3]>()).prop_map(
            |(premises, [metal, connectivity, shared])| Obstructions {
                premises,
                metal,
                connectivity,
                shared,
            },
        )
    }

    fn fault_return() -> impl Strategy<Value = Body> {
        let words =
            (select(HubFaultReturnType::ALL), select(HubConnection::ALL), select(HubFaultReason::ALL));
        let texts = (option::of(text(0, 25)), option::of(text(0, 15)), option::of(text(0, 200)));
        (eui(), eui(), words, date_time(), texts).prop_map(
            |(device_id, other_device, (return_type, connection, reason), at, texts)| {
                let (reference, incident, information) = texts;
                Body::HubFaultReturn(HubFaultReturn {
                    device_id,
                    return_type,
                    at,
                    reference,
                    other_device,
                    incident,
                    connection,
                    reason,
                    information,
                })
            },
        )
    }

    fn no_fault_return() -> impl Strategy<Value = Body> {
        let texts = (option::of(text(0, 25)), option::of(text(0, 15)), option::of(text(0, 200)));
        (eui(), select(HubNoFaultReturnType::ALL), date_time(), texts).prop_map(
            |(device_id, return_type, at, (reference, incident, information))| {
                let returned =
                    HubNoFaultReturn { device_id, return_type, at, reference, incident, information };
                Body::HubNoFaultReturn(returned)
            },
        )
    }

    fn hub_body() -> impl Strategy<Value = Body> {
        prop_oneof![
            eui().prop_map(Body::DecommissionDevice),
            update_log(),
            install().prop_map(Body::HubInstallSuccess),
            (install(), obstructions())
                .prop_map(|(install, obstructions)| Body::HubInstallNoSmWan(install, obstructions)),
            fault_return(),
            no_fault_return(),
        ]
    }

    fn activate() -> impl Strategy<Value = ActivateFirmware> {
        (date_time(), "[0-9A-Fa-f]{64}")
            .prop_map(|(execution, hash)| ActivateFirmware { execution, hash: hash.parse().unwrap() })
    }

    /// An SR 11.1, and the bytes of its image.
    fn update_firmware() -> impl Strategy<Value = (UpdateFirmware, Vec<u8>)> {
        let (bytes, devices) =
            (prop::collection::vec(any::<u8>(), 0..99), prop::collection::vec(eui(), 1..9));
        (bytes, text(1, 8), devices).prop_map(|(bytes, version, devices)| {
            let octets =
                aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes).as_ref().try_into().unwrap();
            let length = u32::try_from(bytes.len()).unwrap();
            let image = FirmwareImage { hash: FirmwareHash::from_octets(octets), bytes: length };
            (UpdateFirmware { image, version, devices }, bytes)
        })
    }

    fn any_body() -> impl Strategy<Value = Body> {
        prop_oneof![
            read().prop_map(Body::ReadInventory),
            (eui(), change())
                .prop_map(|(device_id, change)| Body::UpdateInventory(UpdateInventory { device_id, change })),
            activate().prop_map(Body::ActivateFirmware),
            uprn().prop_map(|uprn| Body::RequestWanMatrix(PremisesKey::Uprn(uprn))),
            property().prop_map(|address| Body::RequestWanMatrix(PremisesKey::PartialAddress(address))),
            device().prop_map(Body::DevicePrenotification),
            hub_body(),
        ]
    }

    fn request() -> impl Strategy<Value = Request> {
        ("[+-]?[0-9]{1,3}(\\.[0-9]{0,3})?", eui(), eui(), any::<u64>(), 1_u64..=9, any_body()).prop_map(
            |(version, originator, target, counter, variant, body)| Request {
                schema_version: version.parse().unwrap(),
                id: RequestId { originator, target, counter },
                command_variant: CommandVariant::try_from(variant).unwrap(),
                variant: body.service().as_str().parse().unwrap(),
                body,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_composed_decodes_to_the_same_request(request in request()) {
            let text = compose(&request);
            let decoded = decode(text.as_bytes()).unwrap();
            prop_assert_eq!(decoded.request(), &request, "{}", text);
            let canonical = String::from_utf8(canonical::inclusive(decoded.document())).unwrap();
            prop_assert_eq!(text.split_once("?>").unwrap().1, canonical);
        }

        /// Its image comes from elsewhere: a request has the hash alone.
        #[test]
        fn an_sr_11_1_is_composed_with_its_image((update, image) in update_firmware(), request in request()) {
            let body = Body::UpdateFirmware(update);
            let request = Request { variant: body.service().variant(), body, ..request };
            let text = compose_with_image(&request, &image);
            let decoded = decode(text.as_bytes()).unwrap();
            prop_assert_eq!(decoded.request(), &request, "{}", text);
        }
    }
}
