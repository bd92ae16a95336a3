//! Reports of the inventory, on either store: what each has, as at any instant, and a reader that goes away (FACTS.md U1, U3, U5, U6).

use std::io::{self, Write};

use smi::{
    domain::{
        Body, ChangedDetails, EsmeVariant, Eui64, InventoryChange, InventoryReport, UpdateInventory,
        parse_instant,
    },
    service::inventory_reports::{
        InventoryFault, InventoryFormat, InventoryQuestion, inventory_sink, make_inventory_report,
    },
    store::Kind,
};

use crate::support::{OTHER_SUPPLIER, SUPPLIER, Smi, fixture_of};

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
    2000000001019 ExportMPAN  0 00-DB-12-34-56-78-90-A2   00-DB-12-34-56-78-90-A0
    9100000001 ImportMPxN SUPA 0  00-DB-12-34-56-78-90-A3 00-DB-12-34-56-78-90-A1 00-DB-12-34-56-78-90-A0
    9100000002 ImportMPxN SUPA 0  00-DB-12-34-56-78-90-A9 00-DB-12-34-56-78-90-A7 00-DB-12-34-56-78-90-A6
    ");
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
    let estate = asked(InventoryReport::Estate, Some("2026-06-01"), None);
    assert!(estate.check().unwrap_err().to_string().starts_with("estate is about the inventory as it is"));
}

/// U1, MP281: meters that another Supplier pre-notified, and that are not commissioned.
#[test]
fn u1_what_was_gained_and_is_not_commissioned_is_listed() {
    let smi = Smi::new();
    let devices = [(1, "InstalledNotCommissioned"), (2, "Commissioned"), (3, "Whitelisted"), (4, "Pending")];
    let devices = devices.map(|(last, status)| esme(last, status, "A")).concat();
    smi.import(Kind::Devices, &(HEADER.to_owned() + &devices));
    let line = |last: u8, user| format!("10000000000{last:02},IS,{user},2026-05-0{last},\n");
    let registrations =
        [line(1, OTHER_SUPPLIER), line(2, OTHER_SUPPLIER), line(3, SUPPLIER), line(4, OTHER_SUPPLIER)];
    smi.import(
        Kind::Registrations,
        &format!("mpxn,role,user_id,effective_from,effective_to\n{}", registrations.concat()),
    );
    let question = asked(InventoryReport::GainedNotCommissioned, None, None);
    let found = rows(&smi, &question, &["device_id", "status", "gained_by", "gained_on"]);
    assert_eq!(
        found,
        [
            format!("{} InstalledNotCommissioned {OTHER_SUPPLIER} 2026-05-01", id(1)),
            format!("{} Pending {OTHER_SUPPLIER} 2026-05-04", id(4)),
        ]
    );
    let other = asked(InventoryReport::GainedNotCommissioned, None, Some("INST"));
    assert!(rows(&smi, &other, &["device_id"]).is_empty());
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

/// Writes some bytes, and then no more.
struct Leaving(usize);

impl Write for Leaving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_reading() {
    let smi = Smi::new();
    let devices = (0..3_000_u16).map(|number| {
        let [high, low] = number.to_be_bytes();
        let id = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x79, high, low]);
        format!("{id},ESME,Pending,AB01,M 1,01,A,{SUPPLIER},\n")
    });
    smi.import(Kind::Devices, &(HEADER.to_owned() + &devices.collect::<String>()));
    let (mut reads, mut to) = (0, Leaving(20_000));
    let mut sink = inventory_sink(InventoryFormat::Csv, &mut to);
    let question = asked(InventoryReport::Status, None, None);
    let ended =
        make_inventory_report(smi.service.store(), &question, &smi.clock, sink.as_mut(), &mut |_| reads += 1);
    assert!(matches!(ended, Err(InventoryFault::Write(_))), "{ended:?}");
    assert_eq!(reads, 0, "the first page is more than it took");
}

/// U4: as SR 8.2 would answer each, and SR 12.1 beside it.
#[test]
fn u4_a_list_of_keys_is_answered_as_sr_8_2_would() {
    let smi = fixtures();
    smi.import(Kind::Coverage, &std::fs::read_to_string(fixture_of(Kind::Coverage)).unwrap());
    let keys = "mpxn,uprn,device_id\n2000000000015,,\n,100000000002,\n,,00-DB-12-34-56-78-90-AD\n,999,\n";
    std::fs::write(smi.folder().join("keys.csv"), keys).unwrap();
    std::fs::write(smi.folder().join("bad.csv"), "uprn\n100000000001\nx\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_smi"));
        command.args(arguments).env("SMI_STORE_URL", smi.url()).env("SMI_TEST_CLOCK", "2026-06-01T12:00:00Z");
        command.current_dir(smi.folder()).output().unwrap()
    };
    let output = run(&["inventory", "read", "keys.csv", "--wan-matrix"]);
    assert!(output.status.success(), "{output:?}");
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let lines = reader.records().map(|record| {
        let record = record.unwrap();
        let cell = |at: usize| record.get(at).unwrap().to_owned();
        format!("{} {} {} {} {} [{}]", cell(0), cell(1), cell(2), cell(3), cell(4), cell(16))
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    2000000000015 I0 00-DB-12-34-56-78-90-A2 ESME Commissioned [E120101]
    2000000000015 I0 00-DB-12-34-56-78-90-A3 GSME Commissioned [E120101]
    2000000000015 I0 00-DB-12-34-56-78-90-A1 GPF Commissioned [E120101]
    2000000000015 I0 00-DB-12-34-56-78-90-A0 CHF Commissioned [E120101]
    2000000000015 I0 00-DB-12-34-56-78-90-A4 PPMID Commissioned [E120101]
    2000000000015 I0 00-DB-12-34-56-78-90-A5 IHD  [E120101]
    100000000002 I0 00-DB-12-34-56-78-90-A8 ESME InstalledNotCommissioned [South: I0 Cellular+Mesh; 4G South: I0 Cellular]
    100000000002 I0 00-DB-12-34-56-78-90-A9 GSME Whitelisted [South: I0 Cellular+Mesh; 4G South: I0 Cellular]
    100000000002 I0 00-DB-12-34-56-78-90-A7 GPF Commissioned [South: I0 Cellular+Mesh; 4G South: I0 Cellular]
    100000000002 I0 00-DB-12-34-56-78-90-A6 CHF Commissioned [South: I0 Cellular+Mesh; 4G South: I0 Cellular]
    100000000002 I0 00-DB-12-34-56-78-90-B2 HCALCS Whitelisted [South: I0 Cellular+Mesh; 4G South: I0 Cellular]
    100000000002 I0 00-DB-12-34-56-78-90-B3 CAD  [South: I0 Cellular+Mesh; 4G South: I0 Cellular]
    00-DB-12-34-56-78-90-AD I0 00-DB-12-34-56-78-90-AD ESME Pending []
    999 E080201    []
    ");
    let output = run(&["inventory", "read", "bad.csv"]);
    let reason = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && output.stdout.is_empty() && reason.contains("line 3, uprn: "),
        "{reason}"
    );
    let output =
        run(&["inventory", "report", "hubs", "--as-at", "2026-06-01T11:00:00Z", "--out", "hubs.csv"]);
    assert!(output.status.success(), "{output:?}");
    let file = std::fs::read_to_string(smi.folder().join("hubs.csv")).unwrap();
    assert_eq!(file.lines().count(), 1, "they joined at noon: {file}");
    let output = run(&["inventory", "report", "estate", "--as-at", "2026-06-01"]);
    assert_eq!(output.status.code(), Some(2));
}
