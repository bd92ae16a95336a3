//! Reports of the inventory, on either store: what each has, as at any instant, and a reader that goes away (FACTS.md U1, U3, U5, U6).

mod asked;
mod gained;
mod lines;
mod read;
mod readers;

use std::process::{Command, Output};

use smi::{
    domain::{
        Body, ChangedDetails, EsmeVariant, Eui64, InventoryChange, InventoryReport, UpdateInventory,
        parse_instant,
    },
    service::inventory_reports::{
        InventoryFormat, InventoryQuestion, inventory_preview, inventory_sink, make_inventory_report,
    },
    store::Kind,
};

use crate::{
    backup::{back_up, restored_service, with_header},
    support::{OTHER_SUPPLIER, SUPPLIER, Smi, fixture_of},
};

fn asked(report: InventoryReport, as_at: Option<&str>, party: Option<&str>) -> InventoryQuestion {
    let as_at = as_at.map(|at| parse_instant(at).unwrap());
    InventoryQuestion { report, as_at, party: party.map(str::to_owned) }
}

fn made(smi: &Smi, format: InventoryFormat, asked: &InventoryQuestion) -> String {
    let mut bytes = Vec::new();
    let mut sink = inventory_sink(format, &mut bytes);
    let store = smi.service.store();
    make_inventory_report(store, asked, &smi.clock, sink.as_mut(), &mut |_| ()).unwrap();
    drop(sink);
    String::from_utf8(bytes).unwrap()
}

/// A command at noon, when most of these worlds stand.
fn run(smi: &Smi, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(arguments).env("SMI_STORE_URL", smi.url()).env("SMI_TEST_CLOCK", "2026-06-01T12:00:00Z");
    command.current_dir(smi.folder()).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The rows of a report, with these columns.
fn rows(smi: &Smi, question: &InventoryQuestion, columns: &[&str]) -> Vec<String> {
    let text = made(smi, InventoryFormat::Csv, question);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &&str| header.iter().position(|column| column == *name).unwrap();
    let places = columns.iter().map(place).collect::<Vec<_>>();
    let row = |record: csv::StringRecord| {
        places.iter().map(|at| record.get(*at).unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The inventory of the fixtures.
fn fixtures() -> Smi {
    let smi = Smi::new();
    for kind in [Kind::Users, Kind::Registrations, Kind::Devices, Kind::Cpl] {
        smi.import(kind, &std::fs::read_to_string(fixture_of(kind)).unwrap());
    }
    smi
}

/// U5: one line a supply point, with the GPF beside the GSME.
#[test]
fn u5_an_estate_has_a_line_a_supply_point_with_meter_gpf_and_hub() {
    let smi = fixtures();
    let question = asked(InventoryReport::Estate, None, None);
    let columns = [
        "mpxn",
        "kind",
        "party_signifier",
        "more_devices",
        "esme_device_id",
        "gsme_device_id",
        "gpf_device_id",
        "chf_device_id",
    ];
    insta::assert_snapshot!(rows(&smi, &question, &columns).join("\n"), @r"
    2000000000015 ImportMPxN SUPA 0 00-DB-12-34-56-78-90-A2   00-DB-12-34-56-78-90-A0
    2000000000024 ImportMPxN SUPC 0 00-DB-12-34-56-78-90-A8   00-DB-12-34-56-78-90-A6
    2000000000033 SecondaryImportMPAN SUPC 0 00-DB-12-34-56-78-90-A8   00-DB-12-34-56-78-90-A6
    2000000000042 ImportMPxN SUPC 0 00-DB-12-34-56-78-90-AC   00-DB-12-34-56-78-90-AA
    2000000000051 ImportMPxN  0 00-DB-12-34-56-78-90-B0   
    2000000000060 ImportMPxN SUPC 0 00-DB-12-34-56-78-90-B1   
    2000000001019 ExportMPAN SUPA 0 00-DB-12-34-56-78-90-A2   00-DB-12-34-56-78-90-A0
    9100000001 ImportMPxN SUPA 0  00-DB-12-34-56-78-90-A3 00-DB-12-34-56-78-90-A1 00-DB-12-34-56-78-90-A0
    9100000002 ImportMPxN SUPA 0  00-DB-12-34-56-78-90-A9 00-DB-12-34-56-78-90-A7 00-DB-12-34-56-78-90-A6
    ");
    let exporting = asked(InventoryReport::Estate, None, Some("SUPA"));
    let found = rows(&smi, &exporting, &["mpxn", "kind"]);
    assert!(found.contains(&"2000000001019 ExportMPAN".to_owned()), "{found:?}");
    let one = asked(InventoryReport::Estate, None, Some("SUPC"));
    assert!(rows(&smi, &one, &["party_signifier"]).iter().all(|party| party == "SUPC"));
}

/// U6, RSMI_001 to 004.
#[test]
fn u6_every_device_is_in_a_report_once_and_a_hub_in_that_of_hubs() {
    let smi = fixtures();
    let devices = smi.exported(Kind::Devices);
    let ids = |of: &dyn Fn(&str) -> bool| {
        let lines = devices.lines().skip(1).filter(|line| of(line));
        lines.map(|line| line.split(',').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for report in [InventoryReport::Status, InventoryReport::Firmware, InventoryReport::Model] {
        assert_eq!(rows(&smi, &asked(report, None, None), &["device_id"]), ids(&|_| true), "{report}");
    }
    let hubs = rows(&smi, &asked(InventoryReport::Hubs, None, None), &["chf_device_id"]);
    assert_eq!(hubs, ids(&|line| line.contains(",CHF,")));
    let json = made(&smi, InventoryFormat::Json, &asked(InventoryReport::Firmware, None, None));
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), devices.lines().count() - 1);
    assert_eq!((&json["report"], &json["as_at"]), (&"firmware".into(), &serde_json::Value::Null));
}

fn id(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x91, last])
}

fn esme(last: u8, status: &str, variant: &str) -> String {
    format!("{},ESME,{status},AB01,M 1,01,{variant},{SUPPLIER},10000000000{last:02}\n", id(last))
}

const HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,firmware_version,esme_variant,pre_notified_by,import_mpxn\n";

/// U6: as the inventory stood, with Devices that left since and without those that came since.
#[test]
fn u6_a_report_is_as_at_an_instant_that_is_over() {
    let smi = Smi::new();
    smi.move_to("2026-06-01T10:00:00Z");
    smi.import(Kind::Devices, &(HEADER.to_owned() + &esme(1, "Pending", "A") + &esme(2, "Pending", "B")));
    let ask = |device, change| {
        let body = Body::UpdateInventory(UpdateInventory { device_id: device, change });
        assert_eq!(smi.ask(SUPPLIER, body).code, "I99");
    };
    smi.move_to("2026-06-01T11:00:00Z");
    let changed = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..ChangedDetails::default() };
    ask(id(1), InventoryChange::Details(changed));
    smi.move_to("2026-06-01T12:00:00Z");
    ask(id(2), InventoryChange::Delete);
    smi.import(Kind::Devices, &(HEADER.to_owned() + &esme(3, "Pending", "C")));
    let at = |instant: &str| {
        let question = asked(InventoryReport::Model, Some(instant), None);
        let columns = ["device_id", "status", "esme_variant"];
        let found = rows(&smi, &question, &columns);
        found.iter().map(|row| row.replace("00-DB-12-34-56-78-91-", "")).collect::<Vec<_>>()
    };
    assert_eq!(at("2026-06-01T09:59:59Z"), Vec::<String>::new());
    assert_eq!(at("2026-06-01T10:30:00Z"), ["01 Pending A", "02 Pending B"]);
    assert_eq!(at("2026-06-01T11:30:00Z"), ["01 Pending ADE", "02 Pending B"]);
    assert_eq!(at("2026-06-01T12:00:00Z"), ["01 Pending ADE", "03 Pending C"]);
}

/// U5, VARIANTS.md 4: the estate as it stood has the supply points of then, with Devices that have others today, and those that left.
#[test]
fn u5_the_estate_is_as_at_an_instant_that_is_over() {
    let smi = Smi::new();
    smi.move_to("2026-06-01T10:00:00Z");
    let joined = [(1, "Commissioned"), (2, "Commissioned"), (3, "Pending")];
    let joined = joined.map(|(last, status)| esme(last, status, "A")).concat();
    smi.import(Kind::Devices, &(HEADER.to_owned() + &joined));
    let registered = |user, from: &str, to: &str| format!("1000000000001,IS,{user},{from},{to}\n");
    let registrations = registered(OTHER_SUPPLIER, "2026-01-01", "2026-06-01T11:00:00Z")
        + &registered(SUPPLIER, "2026-06-01T11:00:00Z", "");
    let header = "mpxn,role,user_id,effective_from,effective_to\n";
    smi.import(Kind::Registrations, &(header.to_owned() + &registrations));
    let users = format!(
        "user_id,party_signifier,roles,status\n{SUPPLIER},NEW,IS,Active\n{OTHER_SUPPLIER},OLD,IS,Active\n"
    );
    smi.import(Kind::Users, &users);
    smi.move_to("2026-06-01T12:00:00Z");
    let changed = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..ChangedDetails::default() };
    let change = InventoryChange::Details(changed);
    let body = Body::UpdateInventory(UpdateInventory { device_id: id(1), change });
    assert_eq!(smi.ask(SUPPLIER, body).code, "I99");
    smi.move_to("2026-06-01T13:00:00Z");
    // One meter moves to another supply point, and one leaves.
    let moved = esme(2, "Suspended", "A").replace("1000000000002", "1000000000009");
    smi.import(Kind::Devices, &(HEADER.to_owned() + &moved));
    let delete = UpdateInventory { device_id: id(3), change: InventoryChange::Delete };
    assert_eq!(smi.ask(SUPPLIER, Body::UpdateInventory(delete)).code, "I99");
    let at = |as_at: Option<&str>, party: Option<&str>| {
        let columns = ["mpxn", "party_signifier", "esme_device_id", "esme_status", "esme_variant"];
        let found = rows(&smi, &asked(InventoryReport::Estate, as_at, party), &columns);
        found.iter().map(|row| row.replace("00-DB-12-34-56-78-91-", "")).collect::<Vec<_>>()
    };
    assert_eq!(at(Some("2026-06-01T09:00:00Z"), None), Vec::<String>::new());
    let first = [
        "1000000000001 OLD 01 Commissioned A",
        "1000000000002  02 Commissioned A",
        "1000000000003  03 Pending A",
    ];
    assert_eq!(at(Some("2026-06-01T10:30:00Z"), None), first);
    assert_eq!(at(Some("2026-06-01T10:30:00Z"), Some("OLD")), first[..1]);
    assert_eq!(at(Some("2026-06-01T12:30:00Z"), None)[0], "1000000000001 NEW 01 Commissioned ADE");
    let today = at(None, None);
    assert_eq!(today[..2], ["1000000000001 NEW 01 Commissioned ADE", "1000000000009  02 Suspended A"]);
    smi.move_to("2026-06-01T14:00:00Z");
    assert_eq!(at(Some("2026-06-01T14:00:00Z"), None), today);
}

/// VARIANTS.md 4: before the history of fields began what may have been otherwise is `unknown`, and that is said.
#[test]
fn u5_an_estate_before_the_history_began_says_what_is_unknown() {
    let smi = Smi::new();
    smi.import(Kind::Devices, &(HEADER.to_owned() + &esme(1, "Commissioned", "A")));
    smi.move_to("2026-06-03T00:00:00Z");
    let file = smi.folder().join("backup");
    back_up(smi.url(), &file, smi.now()).unwrap();
    let older = with_header(&file, smi.folder().join("older"), |header| {
        let (before, after) = header.split_once("\"schema\":\"").unwrap();
        format!("{before}\"schema\":\"20261128000010{}", &after[14..])
    });
    let restored = restored_service(&smi, &older);
    let output = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(["report", "estate", "--as-at", "2026-06-02", "--format", "json"])
        .env("SMI_STORE_URL", restored)
        .env("SMI_TEST_CLOCK", "2026-06-04T00:00:00Z")
        .current_dir(smi.folder())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("before 2026-06-03T00:00:00.001Z not every change was kept"), "{told}");
    let json = serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    assert_eq!(json["unknown_before"], "2026-06-03T00:00:00.001Z");
    let line = &json["rows"][0];
    assert_eq!([&line["mpxn"], &line["esme_status"]], ["1000000000001", "Commissioned"], "{line}");
    assert_eq!([&line["esme_variant"], &line["esme_firmware_version"]], ["unknown"; 2], "{line}");
}

/// More Devices than a pipe, or the chunks of an answer, hold.
fn many() -> String {
    let devices = (0..3_000_u16).map(|number| {
        let [high, low] = number.to_be_bytes();
        let id = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x79, high, low]);
        format!("{id},ESME,Pending,AB01,M 1,01,A,{SUPPLIER},\n")
    });
    HEADER.to_owned() + &devices.collect::<String>()
}

/// The first lines alone: those of a report that hardly any Device is in end after some reads.
#[test]
fn the_first_lines_of_a_report_take_few_reads() {
    let smi = Smi::new();
    smi.import(Kind::Devices, &many());
    let preview = |report, most| {
        inventory_preview(smi.service.store(), &asked(report, None, None), &smi.clock, most).unwrap()
    };
    let some = preview(InventoryReport::Status, 5);
    assert_eq!((some.rows.len(), some.is_whole, some.columns[0]), (5, false, "device_id"));
    let all = preview(InventoryReport::Status, 3_000);
    assert_eq!((all.rows.len(), all.is_whole), (3_000, true));
    let none = preview(InventoryReport::SuspendedThoughActive, 5);
    assert_eq!((none.rows.len(), none.is_whole), (0, true));
}

/// U3, MP105.
#[test]
fn u3_what_is_suspended_though_its_model_is_active_is_listed() {
    let smi = Smi::new();
    let header = "device_manufacturer,device_model,device_type,firmware_version,smets_chts_version,gbcs_version,status\n";
    smi.import(Kind::Cpl, &format!("{header}AB01,M 1,ESME,01,SMETS2 V5.1,4.1,Active\n"));
    let other = esme(3, "Suspended", "A").replace(",01,", ",02,");
    let devices = esme(1, "Suspended", "A") + &esme(2, "Commissioned", "A") + &other;
    smi.import(Kind::Devices, &(HEADER.to_owned() + &devices));
    let question = asked(InventoryReport::SuspendedThoughActive, None, None);
    assert_eq!(rows(&smi, &question, &["device_id", "cpl_status"]), [format!("{} Active", id(1))]);
}
