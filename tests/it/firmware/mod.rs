//! Firmware over DUIS: the register of images, SR 11.1 Update Firmware and SR 11.3 Activate Firmware (SERVICE.md 3.1);
//! and the delivery schedules of large images (3.2).

mod activate;
mod bad_schedules;
mod commands;
mod counting;
mod desk;
mod parts;
mod register;
mod reports;
mod schedules;
mod update;

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use smi::{
    domain::{
        ActivateFirmware, Body, CommandVariant, Device, Eui64, FirmwareHash, FirmwareImage, Request,
        UpdateFirmware, WebService,
    },
    duis::xml,
    rules::event::DeviceEvent,
    service::{Choices, EventOutcome},
    store::{self, Kind, ListedMessage},
};

use crate::support::{DCC, OTHER_SUPPLIER, SUPPLIER, Smi, Told};

/// The register of `fixtures/firmware`.
const REGISTER: &str = include_str!("../../../fixtures/firmware/firmware.csv");
/// Its image of a Cap change: large, for the ESME SM-E1, version 0A000001.
const CAP_CHANGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// A whole of two parts of 750,000 bytes, for the GSME SM-G1, and the second of them.
const WHOLE: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
const SECOND_PART: &str = "B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2";

/// What an image is made of in these tests.
const BYTES: &[u8] = b"an invented firmware image";
const VERSION: &str = "0A000001";

/// The number of a meter of the Supplier: each is an ESME SM-E1, Commissioned and of SMETS1.
const fn meter(number: u16) -> Eui64 {
    let [high, low] = number.to_be_bytes();
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x80, 0x00, high, low])
}

const DEVICES: &str = "device_id,device_type,status,device_manufacturer,device_model,firmware_version,s1sp,import_mpxn,pre_notified_by\n";

/// A line of devices.csv: what differs from one of [`meter`].
fn line(number: u16, device_type: &str, status: &str, s1sp: &str) -> String {
    let device = meter(number);
    let (model, point) = match device_type {
        "ESME" => ("SM-E1", mpan(number)),
        "GSME" => ("SM-G1", mprn(number)),
        _ => ("SM-P1", String::new()),
    };
    format!("{device},{device_type},{status},Sample Meters,{model},01020304,{s1sp},{point},{SUPPLIER}\n")
}

fn mpan(number: u16) -> String {
    format!("10123457{number:05}")
}

fn mprn(number: u16) -> String {
    format!("91{number:05}")
}

/// A service with that many meters of the Supplier, numbered from 0, and the register of the fixtures.
fn smi(meters: u16) -> Smi {
    with_meters(Smi::new(), meters)
}

fn choosing(choices: Choices, meters: u16) -> Smi {
    with_meters(Smi::choosing(choices), meters)
}

fn with_meters(smi: Smi, meters: u16) -> Smi {
    let mut devices = DEVICES.to_owned();
    let mut registrations = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
    for number in 0..meters {
        devices.push_str(&line(number, "ESME", "Commissioned", "S1"));
        writeln!(registrations, "{},IS,{SUPPLIER},2025-01-01,", mpan(number)).unwrap();
    }
    smi.import(Kind::Devices, &devices);
    smi.import(Kind::Registrations, &registrations);
    smi.import(Kind::Firmware, REGISTER);
    smi
}

/// Adds the Device of that number, with a registration of that User.
fn add(smi: &Smi, line: &str, number: u16, supplier: Eui64) {
    smi.import(Kind::Devices, &format!("{DEVICES}{line}"));
    let header = "mpxn,role,user_id,effective_from,effective_to\n";
    let (point, role) = if line.contains(",GSME,") { (mprn(number), "GS") } else { (mpan(number), "IS") };
    smi.import(Kind::Registrations, &format!("{header}{point},{role},{supplier},2025-01-01,\n"));
}

fn image_of(bytes: &[u8]) -> FirmwareImage {
    let octets = digest(&SHA256, bytes).as_ref().try_into().unwrap();
    FirmwareImage { hash: FirmwareHash::from_octets(octets), bytes: u32::try_from(bytes.len()).unwrap() }
}

/// An SR 11.1 of the Supplier with these bytes, and its message.
fn update(smi: &Smi, bytes: &[u8], version: &str, devices: &[Eui64]) -> (Request, Vec<u8>) {
    let (image, version, devices) = (image_of(bytes), version.parse().unwrap(), devices.to_vec());
    let request = smi.request(SUPPLIER, Body::UpdateFirmware(UpdateFirmware { image, version, devices }));
    let message = smi.sign(&xml::compose_with_image(&request, bytes), SUPPLIER);
    (request, message)
}

/// Sends an SR 11.1; its request and the answer.
fn send(smi: &Smi, bytes: &[u8], version: &str, devices: &[Eui64]) -> (Request, Told) {
    let (request, message) = update(smi, bytes, version, devices);
    let told = smi.post(&message);
    (request, told)
}

/// An SR 11.3 for a Device.
fn activation(smi: &Smi, device: Eui64, sender: Eui64, hash: &str) -> Request {
    let body = Body::ActivateFirmware(ActivateFirmware { execution: None, hash: hash.parse().unwrap() });
    Request { command_variant: CommandVariant::TRANSFORM, ..smi.request_to(device, sender, body) }
}

/// The code of the answer, and the rule that decided.
fn post(smi: &Smi, request: &Request) -> (String, String) {
    let code = smi.post_to(WebService::Transform, &smi.signed(request)).code;
    (code, decided_by(smi, request))
}

/// Sends an SR 11.3 of the Supplier.
fn activate(smi: &Smi, device: Eui64, hash: &str) -> (String, String) {
    post(smi, &activation(smi, device, SUPPLIER, hash))
}

fn decided_by(smi: &Smi, request: &Request) -> String {
    smi.decisions(request.id).pop().and_then(|decision| decision.rule).unwrap_or_default()
}

fn by(code: &str, rule: &str) -> (String, String) {
    (code.to_owned(), rule.to_owned())
}

/// What the trace of the newest decision saw of a rule.
fn saw(smi: &Smi, request: &Request, rule: &str) -> String {
    let decision = smi.decisions(request.id).pop().unwrap();
    decision.steps.into_iter().filter(|step| step.rule == rule).map(|step| step.saw).collect()
}

fn event(smi: &Smi, device: Eui64, event: DeviceEvent) -> Result<usize, String> {
    match smi.service.device_event(device, event).unwrap() {
        EventOutcome::Applied(changes) => Ok(changes.len()),
        EventOutcome::Refused(reason) => Err(reason),
    }
}

fn found(smi: &Smi, device: Eui64) -> Device {
    smi.read(|connection| store::find_device(connection, device)).unwrap()
}

fn version_of(smi: &Smi, device: Eui64) -> String {
    found(smi, device).details.firmware_version.unwrap().to_string()
}

fn outbox(smi: &Smi) -> Vec<ListedMessage> {
    smi.read(|connection| store::outbox_page(connection, None, store::PageRequest::first(1_000))).rows
}

/// The answers that went to the outbox: code, and RequestID.
fn late_answers(smi: &Smi) -> Vec<(String, String)> {
    let read = |message: store::DueMessage| {
        let text = String::from_utf8(message.message).unwrap();
        let summary = xml::read_answer(&xml::parse(text.as_bytes()).unwrap()).unwrap();
        (summary.code, summary.request_id.unwrap().to_string())
    };
    smi.drained().into_iter().map(read).collect()
}

/// How many SR 11.3 await their outcome.
fn awaited(smi: &Smi) -> usize {
    smi.read(store::all_awaited_activations).len()
}

/// The Central Products List with these versions of the ESME SM-E1, and their status.
fn list(smi: &Smi, versions: &[(&str, &str)]) {
    let mut csv = "device_manufacturer,device_model,device_type,firmware_version,status\n".to_owned();
    for (version, status) in versions {
        writeln!(csv, "Sample Meters,SM-E1,ESME,{version},{status}").unwrap();
    }
    smi.import(Kind::Cpl, &csv);
}

/// The texts of a query.
fn rows(smi: &Smi, query: &'static str) -> String {
    use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }

    let rows = smi.read(|connection| Ok::<_, smi::db::StoreFault>(sql_query(query).load::<Row>(connection)?));
    rows.into_iter().map(|row| row.text).collect()
}
