//! What the feed says of Devices that join, leave or get a supply point: a reader of one field hears of every Device (U8, MIF 145).

use serde_json::Value;
use smi::{
    domain::{
        Body, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant, InventoryChange, MpxnKind,
        UpdateInventory,
    },
    store::Kind,
};

use super::{
    feed::{all_changes, correct},
    sample::{HEADER, Served, meter, mpan, registered, world},
};
use crate::support::{OPERATOR, SUPPLIER, Smi};

/// The event, and each field before and after.
fn told(change: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let field = |field: &Value| {
        format!(", {} {} to {}", text(&field["field"]), text(&field["before"]), text(&field["after"]))
    };
    let fields = change["fields"].as_array().unwrap().iter().map(field).collect::<String>();
    assert_eq!(change["unknown"], serde_json::json!([]));
    text(&change["event"]) + &fields
}

fn all_told(served: &Served, query: &str) -> Vec<String> {
    all_changes(served, query, "").0.iter().map(told).collect()
}

fn pre_notify(world: &Smi, number: u16, variant: EsmeVariant) {
    let details = DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "M 1".parse().unwrap(),
        smets_chts_version: "SMETS2 V5.1".parse().ok(),
        firmware_version: "01".parse().ok(),
        esme_variant: Some(variant),
    };
    let (device_id, device_type) = (meter(number), DeviceType::Esme);
    let body = DevicePrenotification { device_id, device_type, details, associated_gpf: None };
    assert_eq!(world.ask(SUPPLIER, Body::DevicePrenotification(body)).code, "I99");
}

fn update(world: &Smi, number: u16, change: InventoryChange) {
    let body = Body::UpdateInventory(UpdateInventory { device_id: meter(number), change });
    assert_eq!(world.ask(SUPPLIER, body).code, "I99");
}

/// A correction comes to a reader who has heard of the Device, and of the value that it corrects.
#[test]
fn u8_a_device_that_joins_or_leaves_is_told_whatever_the_field() {
    let world = world(HEADER, "");
    let served = Served::start(&world);
    pre_notify(&world, 1, EsmeVariant::C);
    correct(&world, 1, EsmeVariant::Ade);
    correct(&world, 1, EsmeVariant::B);
    pre_notify(&world, 2, EsmeVariant::Ade);
    update(&world, 1, InventoryChange::Delete);
    pre_notify(&world, 1, EsmeVariant::A);
    let joined = |variant: &str| format!("joined, status - to Pending, esme_variant - to {variant}");
    let told = all_told(&served, "&field=esme_variant");
    let expected = [
        joined("C"),
        "changed, esme_variant C to ADE".to_owned(),
        "changed, esme_variant ADE to B".to_owned(),
        joined("ADE"),
    ];
    assert_eq!(told[..4], expected);
    assert!(told[4].starts_with("left, ") && told[4].contains("esme_variant B to -"), "{}", told[4]);
    assert_eq!(told[5..], [joined("A")]);
    // Of no field, no value is there: only that the Device joined, or left.
    let of_none = all_told(&served, "&field=uprn");
    assert_eq!(of_none.len(), 4);
    assert_eq!(of_none[0], "joined, status - to Pending");
    // Of all fields, every value.
    let whole = &all_told(&served, "")[0];
    for field in
        ["device_type - to ESME", "device_model - to M 1", "firmware_version - to 01", "esme_variant - to C"]
    {
        assert!(whole.contains(field), "{field}: {whole}");
    }
}

/// A meter is pre-notified without a supply point, and becomes the operator's by one: its variant of then is told.
#[test]
fn u8_a_device_that_gets_a_supply_point_is_told_to_its_user() {
    let world = world(HEADER, "");
    let operator = format!("{}{},ED,{OPERATOR},2020-01-01,\n", registered(3, SUPPLIER), mpan(1));
    world.import(Kind::Registrations, &operator);
    let served = Served::start(&world);
    pre_notify(&world, 1, EsmeVariant::C);
    correct(&world, 1, EsmeVariant::Ade);
    let query = format!("&field=esme_variant&user={OPERATOR}");
    assert_eq!(all_told(&served, &query), Vec::<String>::new());
    world.import(Kind::Devices, &world.exported(Kind::Devices).replace(",Pending,", ",Commissioned,"));
    update(&world, 1, InventoryChange::Mpxn(MpxnKind::ImportMpxn, mpan(1).parse().unwrap()));
    correct(&world, 1, EsmeVariant::B);
    let expected = [
        "joined, status - to Pending, esme_variant - to C".to_owned(),
        "changed, esme_variant C to ADE".to_owned(),
        format!("changed, import_mpxn - to {}, esme_variant ADE to ADE", mpan(1)),
        "changed, esme_variant ADE to B".to_owned(),
    ];
    assert_eq!(all_told(&served, &query), expected);
    let whoever = all_told(&served, "&field=esme_variant");
    assert_eq!(whoever, [expected[0].clone(), expected[1].clone(), expected[3].clone()]);
}
