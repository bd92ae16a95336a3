//! Whatever Users ask, in whatever order: a refusal changes nothing, and the history is the way to the status.

use proptest::prelude::*;
use smi::{
    domain::{
        Body, ChangedDetails, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant, Eui64,
        InventoryChange, MpxnKind, SmiStatus, StatusCh, StatusExceptCh, UpdateInventory,
    },
    store::{self, Kind},
};

use crate::support::{OTHER_SUPPLIER, SUPPLIER, Smi};

const METER: Eui64 = Eui64::from_octets([1; 8]);
const HUB: Eui64 = Eui64::from_octets([2; 8]);
const GPF: Eui64 = Eui64::from_octets([3; 8]);

const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1000000000001,IS,90-B3-D5-1F-30-03-00-00,2020-01-01,
";

fn pre_notification(device_id: Eui64) -> Body {
    let (device_type, variant, associated_gpf) = match device_id {
        METER => (DeviceType::Esme, Some(EsmeVariant::A), None),
        _ => (DeviceType::Chf, None, Some(GPF)),
    };
    let details = DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "MODEL".parse().unwrap(),
        smets_chts_version: Some("2.0".parse().unwrap()),
        firmware_version: Some("1".parse().unwrap()),
        esme_variant: variant,
    };
    Body::DevicePrenotification(DevicePrenotification { device_id, device_type, details, associated_gpf })
}

fn change() -> impl Strategy<Value = InventoryChange> {
    let details = |variant| ChangedDetails { esme_variant: variant, ..ChangedDetails::default() };
    prop_oneof![
        prop::sample::select(StatusExceptCh::ALL).prop_map(InventoryChange::StatusExceptCh),
        prop::sample::select(StatusCh::ALL).prop_map(InventoryChange::StatusCh),
        prop::sample::select(EsmeVariant::ALL).prop_map(move |v| InventoryChange::Details(details(Some(v)))),
        Just(InventoryChange::Details(ChangedDetails {
            model: Some("OTHER".parse().unwrap()),
            ..ChangedDetails::default()
        })),
        Just(InventoryChange::Mpxn(MpxnKind::ImportMpxn, "1000000000001".parse().unwrap())),
        Just(InventoryChange::Delete),
    ]
}

fn body() -> impl Strategy<Value = Body> {
    let device = prop::sample::select(&[METER, HUB][..]);
    let update = (device.clone(), change())
        .prop_map(|(device_id, change)| Body::UpdateInventory(UpdateInventory { device_id, change }));
    prop_oneof![1 => device.prop_map(pre_notification), 5 => update]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_refusal_changes_nothing_and_the_history_leads_to_the_status(
        asked in prop::collection::vec((prop::bool::ANY, body()), 1..40),
    ) {
        let smi = Smi::new();
        smi.import(Kind::Registrations, REGISTRATIONS);
        let inventory = || smi.exported(Kind::Devices);
        for (by_other, body) in asked {
            let before = inventory();
            let told = smi.ask(if by_other { OTHER_SUPPLIER } else { SUPPLIER }, body);
            prop_assert!(told.code == "I99" || before == inventory(), "{}", told.code);
        }
        for id in [METER, HUB, GPF] {
            let device = smi.read(|connection| store::find_device(connection, id));
            let history = smi.read(|connection| store::history_of_device(connection, id, store::PageRequest::first(1_000))).rows;
            let mut status: Option<SmiStatus> = None;
            for change in &history {
                prop_assert_eq!(change.from, status);
                status = change.to;
            }
            prop_assert_eq!(device.and_then(|device| device.status), status);
        }
    }
}
