//! Orders at a site: deliveries, outcomes, what CSPs tell of their hubs.

use std::fmt::Write as _;

use serde_json::{Value, json};
use smi::{
    domain::{Csp, CspRegion, Device, reflash::SmiUpdate},
    duis::signature::pki,
    rules::{n3::KnownHubs, reflash::ReflashSettings},
    service::HubReply,
    store::{self, Kind},
};

use super::harness::{A, World, chf};
use crate::support::managed::Answer;

const CHARGES: &str = "regulatory_year,charge,band,cost\n2021,REFLASH,,12\n2022,REFLASH,,12.50\n";
const UNITS: &str = "unit_id,location_id,places,check_due_on\nU1,FLASH-CS,8,2022-06-30\nU2,FLASH-CS,8,2022-06-30\nU3,FLASH-CS,8,2022-01-31\n";

/// W with so many hubs, its units and charges.
pub(super) fn world(hubs: u32, smi_update: SmiUpdate) -> World {
    let settings = ReflashSettings { enabled: true, smi_update, ..ReflashSettings::default() };
    let world = World::choosing(hubs, settings);
    world.smi.import(Kind::Charges, CHARGES);
    world.smi.import(Kind::Units, UNITS);
    world
}

pub(super) fn event(world: &World, order: &str, event: &str, more: Value) -> Answer {
    let mut body = json!({ "event": event, "by": "A. Clerk" });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    world.event(order, &body)
}

pub(super) fn done(answer: &Answer, state: &str) {
    let reached = answer.body.get("state").and_then(Value::as_str);
    assert_eq!((answer.status, reached), (200, Some(state)), "{answer:?}");
}

pub(super) const UNLOADED: &str =
    "unloaded_by=sender&started_at=2022-01-25T10:00:00Z&finished_at=2022-01-25T10:45:00Z&by=Gate";

pub(super) fn received(world: &World, order: &str, file: &str, query: &str) -> Answer {
    world.call("PUT", &format!("/manage/reflash/orders/{order}/received?{query}"), file)
}

pub(super) fn outcomes(world: &World, order: &str, file: &str) -> Answer {
    let csv = format!("chf_device_id,outcome,firmware_version,fault_report,fault_reference\n{file}");
    world.call("PUT", &format!("/manage/reflash/orders/{order}/outcomes?by=Bench"), &csv)
}

/// The file of a delivery of these hubs, each on its pallet.
pub(super) fn delivery(numbers: &[u32]) -> String {
    numbers.iter().fold("chf_device_id,pallet,carton,condition\n".to_owned(), |mut csv, number| {
        writeln!(csv, "{},P{:05},,ok", chf(*number), number / 896).unwrap();
        csv
    })
}

/// An order of these hubs, delivered on 25 January 2022 and in work.
pub(super) fn in_work(world: &World, numbers: &[u32]) -> String {
    let order = world.ordered(numbers);
    let slot = json!({ "deliver_on": "2022-01-25", "window": "09:00-12:00", "purchase_order": "PO-1" });
    done(&event(world, &order, "Authorise", slot), "Authorised");
    done(&event(world, &order, "Despatch", json!({ "sent_at": "2022-01-24T16:00:00Z" })), "Despatched");
    world.smi.move_to("2022-01-25T11:00:00Z");
    done(&received(world, &order, &delivery(numbers), UNLOADED), "Received");
    done(&event(world, &order, "Start", json!({})), "InWork");
    order
}

/// What the CSP of the South and Central answers about these hubs, told with that firmware of CHTS V1.3 and GBCS 3.2.
pub(super) fn told_by_csp(world: &World, batch: u64, numbers: &[u32], firmware: &str) -> Vec<String> {
    let hub = |number: u32| {
        let gpf = gpf(number);
        let bands = ["Single Band", "Dual Band"];
        let band = bands.into_iter().cycle().nth(usize::try_from(number % 2).unwrap()).unwrap();
        let region = if number % 3 == 1 { "Central" } else { "South" };
        format!(
            "<Hub chfDeviceId=\"{}\" gpfDeviceId=\"{gpf}\" manufacturer=\"Sample Hubs\" model=\"SH-C1\" firmwareVersion=\"{firmware}\" \
             chtsVersion=\"CHTS V1.3\" gbcsVersion=\"3.2\" hanVariant=\"{band}\" cspRegion=\"{region}\" receivingUser=\"{A}\"/>",
            chf(number)
        )
    };
    let hubs = numbers.iter().map(|number| hub(*number)).collect::<String>();
    let message = format!(
        "<HubNotifications xmlns=\"urn:smi:cspm-n3:1\" batchId=\"{batch}\">{hubs}</HubNotifications>"
    );
    let csp = Csp { id: pki::CSPS[1].1, regions: vec![CspRegion::Central, CspRegion::South] };
    let reply = world.smi.service.submit_hubs(message, csp, KnownHubs::Stay).wait().unwrap();
    let HubReply::Answer(answer) = reply else { panic!("{reply:?}") };
    let answer = String::from_utf8(answer).unwrap();
    let value = |line: &str, name: &str| {
        Some(line.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.to_owned())
    };
    let hubs = answer.split("<Hub ").skip(1);
    hubs.map(|line| {
        [value(line, "outcome"), value(line, "rule")].into_iter().flatten().collect::<Vec<_>>().join(" ")
    })
    .collect()
}

pub(super) fn gpf(number: u32) -> String {
    let [a, b, c, d] = (2 * number + 1).to_be_bytes();
    format!("00-DB-55-00-{a:02X}-{b:02X}-{c:02X}-{d:02X}")
}

pub(super) fn device(world: &World, id: &str) -> Device {
    world.smi.read(|connection| store::find_device(connection, id.parse().unwrap())).unwrap()
}

pub(super) fn firmware(world: &World, id: &str) -> String {
    device(world, id).details.firmware_version.unwrap().to_string()
}

pub(super) fn counts(answer: &Value) -> Vec<u64> {
    let names = ["listed", "accepted", "not_accepted", "missing", "reflashed", "failed"];
    let hubs = answer.get("hubs").unwrap();
    names.map(|name| hubs.get(name).and_then(Value::as_u64).unwrap()).to_vec()
}

pub(super) fn kinds(world: &World, order: &str) -> Vec<String> {
    world.notices(order).into_iter().map(|(kind, ..)| kind).collect()
}
