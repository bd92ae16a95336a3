//! What looks like SQL is text: kept, found again and answered as it came.

use smi::{
    domain::{Body, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant, ReadInventory},
    store::{self, Kind},
};

use crate::support::{METER, SUPPLIER, Smi, USERS};

const ODD: [&str; 6] = [
    "x'); DROP TABLE devices; --",
    "' OR '1'='1",
    "\"; DELETE FROM users; --",
    "%' UNION SELECT 1 --",
    "$1 ?1 :a @b",
    "\\'; COMMIT; --",
];

/// SECURITY.md: every value is a bound parameter.
#[test]
fn what_looks_like_sql_is_text() {
    for odd in ODD {
        let smi = Smi::new();
        let details = DeviceDetails {
            manufacturer: odd.parse().unwrap(),
            model: odd.parse().unwrap(),
            smets_chts_version: "SMETS2 V5.1".parse().ok(),
            firmware_version: "01020304".parse().ok(),
            esme_variant: Some(EsmeVariant::A),
        };
        let device = DevicePrenotification {
            device_id: METER,
            device_type: DeviceType::Esme,
            details: details.clone(),
            associated_gpf: None,
        };
        let told = smi.ask(SUPPLIER, Body::DevicePrenotification(device));
        assert!(told.code.starts_with('I'), "{odd}: {}", told.code);
        let kept = smi.read(|connection| store::find_device(connection, METER)).unwrap();
        assert_eq!(kept.details, details);
        let read = smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
        assert!(read.code.starts_with('I'), "{odd}: {}", read.code);
        let quoted = odd.replace('"', "\"\"");
        let users = format!("{USERS}90-B3-D5-1F-30-09-00-00,ODD,\"{quoted}\",IS,Active\n");
        smi.import(Kind::Users, &users);
        assert!(smi.exported(Kind::Users).contains(&quoted), "{odd}");
        assert_eq!(smi.exported(Kind::Users).lines().count(), 5, "{odd}: users are gone");
        assert_eq!(smi.exported(Kind::Devices).lines().count(), 2, "{odd}: the Device is gone");
    }
}
