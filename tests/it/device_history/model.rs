//! Whatever changes Devices, in whatever order and whatever the clock shows: the record as at any instant is what it was then.

use std::{cell::Cell, collections::BTreeMap};

use actix_web::rt::{System, spawn};
use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::TestRunner};
use smi::{
    domain::{
        Body, ChangedDetails, Csp, CspRegion, Device, DeviceDetails, DeviceField, DevicePrenotification,
        DeviceType, EsmeVariant, Eui64, HanLogChange, InventoryChange, MpxnKind, PastValue, StatusCh,
        StatusExceptCh, Timestamp, UpdateHanDeviceLog, UpdateInventory, WebService, WhitelistEntry,
    },
    duis::signature::pki,
    rules::{event::DeviceEvent, n3::KnownHubs},
    store::{self, HistoryPlace, Kind},
};

use crate::{
    batches::Gate,
    support::{SUPPLIER, Smi},
};

const fn device_id(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, last])
}

const IHD: u8 = 3;
const CHF: u8 = 4;
const GPF: u8 = 5;
/// A hub that a CSP notifies.
const NOTIFIED: [u8; 2] = [6, 7];
const DEVICES: [u8; 7] = [1, 2, IHD, CHF, GPF, 6, 7];

const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1000000000001,IS,90-B3-D5-1F-30-01-00-00,2020-01-01,
1000000000002,IS,90-B3-D5-1F-30-01-00-00,2020-01-01,
";

#[derive(Clone, Debug)]
enum Op {
    /// Requests, decided in one batch.
    Ask(Vec<Body>),
    /// SR 8.11, and the CHF's confirmation.
    Log(u8, HanLogChange),
    Import(Vec<String>),
    Event(u8, DeviceEvent),
    Firmware(u8, &'static str),
    /// CSPM-N3, with that firmware version.
    Notify(&'static str),
    /// A list with the Device Models or without them.
    Cpl(bool),
}

fn details(device_type: DeviceType, variant: Option<EsmeVariant>) -> DeviceDetails {
    DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "MODEL \"1\"".parse().unwrap(),
        smets_chts_version: Some("2.0".parse().unwrap()),
        firmware_version: Some("1".parse().unwrap()),
        esme_variant: variant.filter(|_| device_type == DeviceType::Esme),
    }
}

fn pre_notification(last: u8) -> Body {
    let (device_type, associated_gpf) = match last {
        IHD => (DeviceType::Ihd, None),
        CHF => (DeviceType::Chf, Some(device_id(GPF))),
        _ => (DeviceType::Esme, None),
    };
    let details = details(device_type, Some(EsmeVariant::A));
    let device_id = device_id(last);
    Body::DevicePrenotification(DevicePrenotification { device_id, device_type, details, associated_gpf })
}

fn change() -> impl Strategy<Value = InventoryChange> {
    let changed = |change| InventoryChange::Details(change);
    prop_oneof![
        4 => select(EsmeVariant::ALL).prop_map(move |variant| changed(ChangedDetails { esme_variant: Some(variant), ..Default::default() })),
        2 => select(vec!["2", "3"]).prop_map(move |version| changed(ChangedDetails { firmware_version: version.parse().ok(), ..Default::default() })),
        2 => (select(MpxnKind::ALL), select(vec!["1000000000001", "1000000000002"])).prop_map(|(kind, mpxn)| InventoryChange::Mpxn(kind, mpxn.parse().unwrap())),
        1 => select(StatusExceptCh::ALL).prop_map(InventoryChange::StatusExceptCh),
        1 => select(StatusCh::ALL).prop_map(InventoryChange::StatusCh),
        1 => Just(InventoryChange::Delete),
    ]
}

fn body() -> impl Strategy<Value = Body> {
    let update = (select(&DEVICES[..]), change()).prop_map(|(last, change)| {
        Body::UpdateInventory(UpdateInventory { device_id: device_id(last), change })
    });
    prop_oneof![2 => select(vec![1, 2, IHD, CHF]).prop_map(pre_notification), 5 => update]
}

/// A line of an import, of a Device with any of its fields.
fn line() -> impl Strategy<Value = String> {
    let status = select(vec!["Pending", "Commissioned", "Whitelisted", "Suspended"]);
    let place = option::of(select(vec!["100,ZZ1 1AA,1", "7,ZZ1 1AB,\"a \"\"b\"\", c\"", ",zz1 1aa,"]));
    let hub = option::of(Just(device_id(CHF)));
    (select(&DEVICES[..]), status, place, hub, select(EsmeVariant::ALL), select(vec!["1", "9"]), any::<bool>())
        .prop_map(|(last, status, place, hub, variant, firmware, odd)| {
            let id = device_id(last);
            let text = |id: Option<Eui64>| id.map(|id| id.to_string()).unwrap_or_default();
            let place = place.unwrap_or(",,");
            let hub = text(hub);
            let mpxn = "1000000000001";
            let date = if odd { "2026-01-02" } else { "" };
            let gpf = text(Some(device_id(GPF)).filter(|_| odd));
            match last {
                // The same Device as an IHD or as an ESME: its type changes, and whether it has a status.
                IHD if odd => format!("{id},IHD,,AB01,M,{firmware},,{hub},,,{place},,{date},\n"),
                CHF | 6 => format!("{id},CHF,{status},AB01,M,{firmware},,,{gpf},,{place},North,{date},\n"),
                GPF | 7 => format!("{id},GPF,{status},AB01,M,{firmware},,{hub},,,{place},South,{date},\n"),
                _ => format!("{id},ESME,{status},AB01,M,{firmware},{variant},{hub},,{mpxn},{place},,{date},{SUPPLIER}\n"),
            }
        })
}

const HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,firmware_version,esme_variant,\
                      chf_device_id,associated_gpf_device_id,import_mpxn,uprn,postcode,address_identifier,csp_region,\
                      date_commissioned,pre_notified_by\n";

fn op() -> impl Strategy<Value = Op> {
    let device = || select(&DEVICES[..]);
    prop_oneof![
        8 => vec(body(), 1..5).prop_map(Op::Ask),
        2 => (select(vec![1, 2, IHD]), select(HanLogChange::ALL)).prop_map(|(last, change)| Op::Log(last, change)),
        3 => vec(line(), 1..3).prop_map(Op::Import),
        2 => (device(), select(DeviceEvent::ALL)).prop_map(|(last, event)| Op::Event(last, event)),
        1 => (device(), select(vec!["1", "5"])).prop_map(|(last, version)| Op::Firmware(last, version)),
        1 => select(vec!["01000000", "02000000"]).prop_map(Op::Notify),
        1 => any::<bool>().prop_map(Op::Cpl),
    ]
}

fn ask(smi: &Smi, bodies: &[Body]) {
    let messages = bodies.iter().map(|body| smi.signed(&smi.request(SUPPLIER, body.clone())));
    let messages = messages.collect::<Vec<_>>();
    System::new().block_on(async {
        let gate = Gate::close(smi.service.store());
        let submit = |message: &Vec<u8>| spawn(smi.service.submit_inline(message, WebService::NonDevice));
        let taken = messages.iter().map(submit).collect::<Vec<_>>();
        gate.open();
        for answer in taken {
            answer.await.unwrap().unwrap();
        }
    });
}

fn log(smi: &Smi, last: u8, change: HanLogChange) {
    let whitelist = (change == HanLogChange::Add).then(|| WhitelistEntry {
        join_time: 3600.try_into().unwrap(),
        install_code: "00112233445566778899AABBCCDDEEFF".parse().unwrap(),
        mpxns: smi::domain::Mpxns {
            import: "1000000000001".parse().ok().filter(|_| last != IHD),
            ..Default::default()
        },
    });
    let update = UpdateHanDeviceLog { execution: None, device_id: device_id(last), change, whitelist };
    let request = smi.request_to(device_id(CHF), SUPPLIER, Body::UpdateHanDeviceLog(update));
    smi.post_to(WebService::SendCommand, &smi.signed(&request));
    smi.service.device_event(device_id(last), DeviceEvent::ChfWhitelistConfirmed).unwrap();
}

fn notify(smi: &Smi, batch: usize, firmware: &str) {
    let [chf, gpf] = NOTIFIED.map(device_id);
    let message = format!(
        "<HubNotifications xmlns=\"urn:smi:cspm-n3:1\" batchId=\"{batch}\"><Hub chfDeviceId=\"{chf}\" gpfDeviceId=\"{gpf}\" \
         manufacturer=\"Sample Hubs\" model=\"SH-C1\" firmwareVersion=\"{firmware}\" chtsVersion=\"CHTS V1.4\" \
         gbcsVersion=\"4.1\" hanVariant=\"Dual Band\" cspRegion=\"North\" receivingUser=\"{SUPPLIER}\"/></HubNotifications>",
    );
    let csp = Csp { id: pki::CSPS[0].1, regions: vec![CspRegion::North] };
    let reply = smi.service.submit_hubs(message.into_bytes(), csp, KnownHubs::AreUpdated).wait().unwrap();
    assert!(matches!(reply, smi::service::HubReply::Answer(_)), "{reply:?}");
}

fn run(smi: &Smi, number: usize, op: &Op) {
    match op {
        Op::Ask(bodies) => ask(smi, bodies),
        Op::Log(last, change) => log(smi, *last, *change),
        Op::Import(lines) => {
            // Of two lines about one Device the file would be refused.
            let unique = lines.iter().map(|line| (&line[..23], line.as_str())).collect::<BTreeMap<_, _>>();
            smi.import(Kind::Devices, &format!("{HEADER}{}", unique.into_values().collect::<String>()));
        }
        Op::Event(last, event) => drop(smi.service.device_event(device_id(*last), *event).unwrap()),
        Op::Firmware(last, version) => {
            drop(smi.service.firmware_reported(device_id(*last), version.parse().unwrap()).unwrap());
        }
        Op::Notify(firmware) => notify(smi, number + 1, firmware),
        Op::Cpl(has) => {
            let header = "device_manufacturer,device_model,device_type,firmware_version,smets_chts_version,\
                          gbcs_version,status\n";
            let models = ["ESME", "CHF", "GPF"]
                .map(|kind| ["1", "9"].map(|version| format!("AB01,M,{kind},{version},,,Active\n")).concat());
            let others = "AB01,\"MODEL \"\"1\"\"\",ESME,1,2.0,,Active\n";
            let models = if *has { models.concat() } else { String::new() };
            smi.import(
                Kind::Cpl,
                &format!("{header}{models}{others}Sample Hubs,SH-C1,CHF,01000000,,,Active\n"),
            );
        }
    }
}

/// The fields of a record; none where the Device is not in the SMI.
type Fields = Option<BTreeMap<DeviceField, Option<String>>>;

fn fields(device: Option<&Device>) -> Fields {
    device.map(|device| DeviceField::ALL.iter().map(|field| (*field, field.of(device))).collect())
}

fn today(smi: &Smi, id: Eui64) -> Fields {
    fields(smi.read(|connection| store::find_device(connection, id)).as_ref())
}

fn as_at(smi: &Smi, id: Eui64, at: Timestamp) -> Fields {
    let found = smi.service.device_as_at(id, at).unwrap()?;
    assert_eq!((found.unknown().count(), found.unknown_before), (0, None));
    let known = |value: &PastValue| match value {
        PastValue::Known(value) => value.clone(),
        PastValue::Unknown => panic!("nothing is unknown"),
    };
    found.record.values().map(|values| values.iter().map(|(field, value)| (*field, known(value))).collect())
}

/// Every change of a Device in pages, each value before being the one that the change before left.
fn changes(smi: &Smi, id: Eui64) -> usize {
    let (mut after, mut number, mut known) = (None::<HistoryPlace>, 0, BTreeMap::new());
    while let Some(page) = smi.service.device_history(id, after, 5).unwrap() {
        for change in &page.changes {
            number += 1;
            if change.event() == smi::domain::HistoryEvent::Joined {
                known.clear();
            }
            for field in &change.fields {
                let left = known.insert(field.field, field.after.clone());
                assert!(left.is_none_or(|left| left == field.before), "{id}: {change:?}");
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    number
}

/// What a model keeps of one Device: how many changes there are, and the record that each left, with its instant.
#[derive(Default)]
struct Model {
    changes: usize,
    records: Vec<(Timestamp, Fields)>,
}

/// Devices that the sequences begin with, so that much of what they do has an effect.
fn first() -> [(i64, Op); 2] {
    let esme = format!("{},ESME,Commissioned,AB01,M,1,A,,,1000000000001,,,,,,{SUPPLIER}\n", device_id(2));
    [(5, Op::Ask([1, IHD, CHF].map(pre_notification).to_vec())), (5, Op::Import(vec![esme]))]
}

fn check(ops: &[(i64, Op)]) -> usize {
    let smi = Smi::new();
    smi.import(Kind::Registrations, REGISTRATIONS);
    smi.move_to("2026-06-02T12:00:00Z");
    let mut models = DEVICES.map(|last| (device_id(last), Model::default()));
    let mut instants = vec![smi.now().0];
    for (number, (later, op)) in first().iter().chain(ops).enumerate() {
        // The clock may go back.
        let now = Timestamp::from_millisecond(smi.now().0.as_millisecond() + later).unwrap();
        assert!(smi.clock.set(now));
        run(&smi, number, op);
        instants.extend([-1, 0, 1].map(|by| Timestamp::from_millisecond(now.as_millisecond() + by).unwrap()));
        for (id, model) in &mut models {
            let (record, changes) = (today(&smi, *id), changes(&smi, *id));
            let was = model.records.last().and_then(|(_, record)| record.clone());
            assert!(changes > model.changes || record == was, "{id}: a change by {op:?} is not kept");
            if changes > model.changes {
                model.records.push((now, record));
            }
            model.changes = changes;
        }
    }
    for (id, model) in &models {
        for at in &instants {
            let then = model.records.iter().rev().find(|(instant, _)| instant <= at);
            let then = then.and_then(|(_, record)| record.clone());
            assert_eq!(as_at(&smi, *id, *at), then, "{id} as at {at}");
        }
    }
    models.iter().map(|(_, model)| model.changes).sum()
}

#[test]
fn the_record_as_at_any_instant_is_what_a_model_kept() {
    let kept = Cell::new(0);
    let config = ProptestConfig {
        cases: 16,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let cases = vec((-2_000_i64..10_000, op()), 5..30);
    TestRunner::new(config)
        .run(&cases, |ops| {
            kept.set(kept.get() + check(&ops));
            Ok(())
        })
        .unwrap();
    assert!(kept.get() > 180, "hardly a change was made: {}", kept.get());
}
