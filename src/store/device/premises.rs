//! The facts of SR 8.2: all Devices of the premises that a search key finds (SMI.md 6).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::StoreFault,
    domain::{Device, DeviceType, Eui64, InventoryEntry, ReadInventory},
    store::{
        Session,
        device::{DeviceLookup, QUERY_LIMIT},
    },
};

/// Loads the Devices of the premises, each with the status of its model in the Central Products List.
pub(in crate::store) fn load(
    session: &mut Session<'_>,
    key: &ReadInventory,
) -> Result<Vec<InventoryEntry>, StoreFault> {
    let found = found_by(session, key)?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let devices = premises_of(session, found)?;
    let entry = |device: Device| {
        let cpl_status = session.model(device.device_type, &device.details)?.status();
        Ok(InventoryEntry { cpl_status, device })
    };
    devices.into_iter().map(entry).collect()
}

/// Finds the Devices that have the key themselves.
fn found_by(session: &mut Session<'_>, key: &ReadInventory) -> Result<Vec<Device>, StoreFault> {
    match (key, DeviceLookup::of_key(key)) {
        (ReadInventory::DeviceId(id), _) => Ok(session.device(*id)?.into_iter().collect()),
        (_, Some(lookup)) => session.find(lookup),
        (_, None) => Ok(Vec::new()),
    }
}

/// Extends the Devices found by those of the same Communications Hubs; ordered by Device Type, then by ID.
fn premises_of(session: &mut Session<'_>, found: Vec<Device>) -> Result<Vec<Device>, StoreFault> {
    let mut premises = by_id(found);
    // Two steps: first the hubs of the Devices found, then all Devices of those hubs.
    for device in premises.values().cloned().collect::<Vec<_>>() {
        if let Some(chf) = device.chf.filter(|chf| !premises.contains_key(chf)) {
            let chf = session.device(chf)?.filter(|chf| chf.device_type == DeviceType::Chf);
            premises.extend(by_id(chf));
        }
        if device.device_type == DeviceType::Gpf {
            premises.extend(by_id(session.find(DeviceLookup::HubsOfGpf(device.id))?));
        }
    }
    let chfs = premises.values().filter(|device| device.device_type == DeviceType::Chf);
    let gpfs = chfs.clone().filter_map(|chf| chf.associated_gpf).collect::<Vec<_>>();
    // By ID, not by record: Devices may be associated with a CHF that is not in the SMI.
    let anchors = chfs.map(|chf| chf.id).chain(premises.values().filter_map(|device| device.chf));
    for chf in anchors.collect::<BTreeSet<Eui64>>() {
        premises.extend(by_id(session.find(DeviceLookup::OnHub(chf))?));
    }
    for gpf in gpfs {
        if !premises.contains_key(&gpf) {
            premises.extend(by_id(session.device(gpf)?));
        }
    }
    let mut premises = premises.into_values().collect::<Vec<_>>();
    premises.sort_by_key(|device| (device.device_type, device.id));
    premises.truncate(QUERY_LIMIT);
    Ok(premises)
}

fn by_id(devices: impl IntoIterator<Item = Device>) -> BTreeMap<Eui64, Device> {
    devices.into_iter().map(|device| (device.id, device)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{CplStatus, PropertyFilter},
        store::{
            Kind,
            testing::{TempStore, device_id, value},
        },
    };

    fn entries(temp: &TempStore, key: ReadInventory) -> Vec<InventoryEntry> {
        temp.store.read(|connection| load(&mut Session::new(connection), &key)).unwrap()
    }

    fn found(temp: &TempStore, key: ReadInventory) -> Vec<u8> {
        entries(temp, key).iter().map(|entry| entry.device.id.octets()[7]).collect()
    }

    /// The premises `1 Sample Street` in the order of Device Types: ESME, GSME, GPF, CHF, PPMID, IHD.
    const FIRST: [u8; 6] = [0xA2, 0xA3, 0xA1, 0xA0, 0xA4, 0xA5];

    /// SMI.md 6.
    #[test]
    fn every_device_finds_its_whole_premises() {
        let temp = TempStore::with_fixtures();
        for last in 0xA0..=0xA5 {
            assert_eq!(found(&temp, ReadInventory::DeviceId(device_id(last))), FIRST, "{last:X}");
        }
        assert_eq!(found(&temp, ReadInventory::DeviceId(device_id(0xAD))), [0xAD], "associated with nothing");
        assert!(found(&temp, ReadInventory::DeviceId(device_id(0))).is_empty());
    }

    /// SMI.md 6.
    #[test]
    fn every_key_finds_its_premises() {
        let temp = TempStore::with_fixtures();
        for mpxn in ["2000000000015", "2000000001019", "9100000001"] {
            assert_eq!(found(&temp, ReadInventory::Mpxn(value(mpxn))), FIRST, "{mpxn}");
        }
        assert_eq!(found(&temp, ReadInventory::Uprn(value("100000000001"))), FIRST);
        let property = |post_code: &str, address: &str| {
            let (post_code, address_identifier) = (value(post_code), value(address));
            ReadInventory::PropertyFilter(PropertyFilter { post_code, address_identifier })
        };
        assert_eq!(found(&temp, property("zz11aa", "1 Sample Street")), FIRST);
        assert!(found(&temp, property("ZZ1 1AA", "1 sample street")).is_empty());
        assert!(found(&temp, property("ZZ1 1AA", "")).is_empty());
        let second = [0xA8, 0xA9, 0xA7, 0xA6, 0xB2, 0xB3];
        assert_eq!(found(&temp, ReadInventory::Mpxn(secondary_mpan(&temp))), second);
    }

    /// F38, SMI.md 6.
    #[test]
    fn devices_of_one_home_may_differ_in_their_address() {
        let temp = TempStore::new();
        let rows = [
            (1, "CHF", 0, "", "", "", ""),
            (2, "ESME", 1, "1000000000016", "7", "ZZ1 1AA", "1 SAMPLE ST"),
            (3, "GSME", 1, "9100000001", "", "ZZ1 1AB", "FLAT 1"),
            (4, "PPMID", 1, "", "8", "", ""),
        ];
        let mut csv =
            "device_id,device_type,status,chf_device_id,import_mpxn,uprn,postcode,address_identifier\n"
                .to_owned();
        for (last, device_type, chf, mpxn, uprn, post_code, address) in rows {
            let chf = if chf == 0 { String::new() } else { device_id(chf).to_string() };
            let id = device_id(last);
            csv.push_str(&format!("{id},{device_type},Pending,{chf},{mpxn},{uprn},{post_code},{address}\n"));
        }
        temp.load(Kind::Devices, &csv).unwrap();
        let property = |post_code: &str, address: &str| {
            let (post_code, address_identifier) = (value(post_code), value(address));
            ReadInventory::PropertyFilter(PropertyFilter { post_code, address_identifier })
        };
        for key in [
            ReadInventory::Uprn(value("7")),
            ReadInventory::Uprn(value("8")),
            property("ZZ1 1AA", "1 SAMPLE ST"),
            property("ZZ1 1AB", "FLAT 1"),
            ReadInventory::Mpxn(value("9100000001")),
            ReadInventory::DeviceId(device_id(4)),
        ] {
            assert_eq!(found(&temp, key.clone()), [2, 3, 1, 4], "{key:?}");
        }
    }

    fn secondary_mpan(temp: &TempStore) -> crate::domain::Mpxn {
        let device = temp.store.read(|connection| crate::store::find_device(connection, device_id(0xA8)));
        device.unwrap().unwrap().mpxns.secondary_import.unwrap()
    }

    #[test]
    fn a_gpf_finds_its_hub_by_either_link() {
        let temp = TempStore::new();
        let file = |gpf: &str, chf: &str| {
            format!(
                "device_id,device_type,status,associated_gpf_device_id,chf_device_id
00-DB-12-34-56-78-90-01,CHF,Pending,{gpf},
00-DB-12-34-56-78-90-02,GPF,Pending,,{chf}
"
            )
        };
        for csv in [file("00-DB-12-34-56-78-90-02", ""), file("", "00-DB-12-34-56-78-90-01")] {
            temp.load(Kind::Devices, &csv).unwrap();
            for last in [1, 2] {
                assert_eq!(found(&temp, ReadInventory::DeviceId(device_id(last))), [2, 1], "{csv}");
            }
        }
    }

    #[test]
    fn the_products_list_is_told_by_firmware() {
        let temp = TempStore::with_fixtures();
        let status = |last| entries(&temp, ReadInventory::DeviceId(device_id(last)))[0].cpl_status;
        assert_eq!(status(0xAD), Some(CplStatus::Active));
        assert_eq!(status(0xB1), Some(CplStatus::Withdrawn));
        assert_eq!(status(0xAF), Some(CplStatus::Active), "Type 2 without a firmware version");
        temp.load(Kind::Cpl, "device_manufacturer,device_model,device_type,status\nM,X,IHD,Active\n")
            .unwrap();
        let status = |last| entries(&temp, ReadInventory::DeviceId(device_id(last)))[0].cpl_status;
        assert_eq!(status(0xAD), None);
    }

    #[test]
    fn one_more_than_an_answer_holds_is_enough() {
        let temp = TempStore::new();
        let mut csv = "device_id,device_type,status,uprn\n".to_owned();
        (0..40).for_each(|last| csv.push_str(&format!("{},ESME,Pending,7\n", device_id(last))));
        temp.load(Kind::Devices, &csv).unwrap();
        assert_eq!(found(&temp, ReadInventory::Uprn(value("7"))).len(), QUERY_LIMIT);
    }
}
