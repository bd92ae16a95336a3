//! A clock that goes back: nothing is lost, doubled or stuck.

use smi::{
    domain::{Body, DeviceType, InventoryChange, SmiStatus, UpdateInventory},
    store,
};

use crate::support::{METER, SUPPLIER, Smi, bodies::pre_notification};

#[test]
fn requests_are_decided_and_kept_in_the_order_they_came() {
    let smi = Smi::new();
    let joining = smi.signed(&smi.request(SUPPLIER, pre_notification(METER, DeviceType::Esme, None)));
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
    assert_eq!(
        smi.ask(SUPPLIER, pre_notification(METER, DeviceType::Esme, None)).code,
        "I99",
        "and on it goes"
    );
}
