//! A clock that goes back: nothing is lost, doubled or stuck.

use smi::{
    domain::{
        Body, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant, Eui64, InventoryChange,
        SmiStatus, UpdateInventory,
    },
    store,
};

use crate::support::{METER, SUPPLIER, Smi};

fn join(device_id: Eui64) -> Body {
    let details = DeviceDetails {
        manufacturer: "Acme".parse().unwrap(),
        model: "M1".parse().unwrap(),
        smets_chts_version: "SMETS2 V5.1".parse().ok(),
        firmware_version: "01020304".parse().ok(),
        esme_variant: Some(EsmeVariant::A),
    };
    let device_type = DeviceType::Esme;
    Body::DevicePrenotification(DevicePrenotification {
        device_id,
        device_type,
        details,
        associated_gpf: None,
    })
}

#[test]
fn requests_are_decided_and_kept_in_the_order_they_came() {
    let smi = Smi::new();
    let joining = smi.signed(&smi.request(SUPPLIER, join(METER)));
    let first = smi.post(&joining);
    smi.move_to("2026-06-01T11:30:00Z");
    let delete = UpdateInventory { device_id: METER, change: InventoryChange::Delete };
    let delete = Body::UpdateInventory(delete);
    assert_eq!([first.code.clone(), smi.ask(SUPPLIER, delete).code], ["I99", "I99"]);
    assert_eq!(
        smi.post(&joining).text,
        first.text,
        "the first answer, with its time, though that is to come"
    );
    let history = smi
        .read(|connection| store::history_of_device(connection, METER, store::PageRequest::first(1_000)))
        .rows;
    let moves = history.iter().map(|change| (change.from, change.to)).collect::<Vec<_>>();
    assert_eq!(moves, [(None, Some(SmiStatus::Pending)), (Some(SmiStatus::Pending), None)]);
    assert!(history[1].at < history[0].at, "each with the time the clock showed");
    assert_eq!(smi.ask(SUPPLIER, join(METER)).code, "I99", "and on it goes");
}
