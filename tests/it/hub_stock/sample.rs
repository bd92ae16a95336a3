//! Sample stock: S(N) and W of the acceptance table.

use std::fmt::Write as _;

use smi::{
    domain::{HubReport, parse_date},
    service::hubs::{CsvReport, ReportQuestion},
    store::Kind,
};

use crate::support::{Smi, package};

/// The EUI-64 of that number: the CHF of the hub of number n has 2n, its GPF 2n + 1.
pub(super) fn eui(number: u32) -> String {
    let octets = number.to_be_bytes().map(|octet| format!("{octet:02X}"));
    format!("00-DB-55-00-{}", octets.join("-"))
}

/// The versions of ten hubs in a row: CHTS, GBCS, firmware.
fn version(number: u32) -> (&'static str, &'static str, &'static str) {
    match number % 10 {
        0..=5 => ("1.0", "1.1", "01000000"),
        6 => ("1.1", "2.0", "02000000"),
        7 | 8 => ("1.1", "2.1", "02010000"),
        _ => ("1.3", "3.2", "03000000"),
    }
}

/// The columns of the Devices of S(N).
pub(super) const DEVICES: &str = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,\
    pre_notified_by,chf_device_id,associated_gpf_device_id,csp_region,gbcs_version,han_variant,date_commissioned\n";

/// The CHF and the GPF of the hub of that number, with that status and date.
pub(super) fn hub(number: u32, status: &str, date_commissioned: &str) -> String {
    let (chts, gbcs, firmware) = version(number);
    let (chf, gpf) = (eui(2 * number), eui(2 * number + 1));
    let user = if number % 4 == 3 { "03" } else { "01" };
    let more = format!("{status},Sample Hubs,SH-C1,CHTS V{chts},{firmware},90-B3-D5-1F-30-{user}-00-00");
    let region = match number % 3 {
        0 => "North",
        1 => "Central",
        _ => "South",
    };
    let band = if number.is_multiple_of(2) { "Single Band" } else { "Dual Band" };
    let place = format!("{region},{gbcs},{band},{date_commissioned}");
    format!("{chf},CHF,{more},,{gpf},{place}\n{gpf},GPF,{more},{chf},,{place}\n")
}

/// The Devices of S(N).
pub(super) fn devices(hubs: u32) -> String {
    DEVICES.to_owned() + &(0..hubs).map(|number| hub(number, "Pending", "")).collect::<String>()
}

/// The stock of S(N).
pub(super) fn stock(hubs: u32) -> String {
    let mut csv = "chf_device_id,location_id,delivered_on,pallet,packaging\n".to_owned();
    for number in 0..hubs {
        let (chf, place) = (eui(2 * number), if number % 4 == 3 { "SUPC-1" } else { "SUPA-1" });
        writeln!(csv, "{chf},{place},2021-03-01,P{:05},sealed", number / 896).unwrap();
    }
    csv
}

/// A file of `fixtures`.
pub(super) fn fixture(path: &str) -> String {
    std::fs::read_to_string(package().join("fixtures").join(path)).unwrap()
}

/// W at that instant.
pub(super) fn world_at(instant: &str) -> Smi {
    let smi = Smi::new();
    smi.move_to(instant);
    smi.import(Kind::Users, &fixture("inventory/users.csv"));
    for kind in [Kind::HubFirmware, Kind::Locations, Kind::Units, Kind::Charges] {
        smi.import(kind, &fixture(&format!("hubs/{kind}.csv")));
    }
    smi.import(Kind::Devices, &devices(1_000));
    smi.import(Kind::Stock, &stock(1_000));
    smi
}

/// W.
pub(super) fn world() -> Smi {
    world_at("2022-01-01T12:00:00Z")
}

/// A question for a report about a day.
pub(super) fn about(report: HubReport, day: &str) -> ReportQuestion {
    ReportQuestion::about(report, parse_date(day).unwrap())
}

/// The rows of a report, by the names of its columns.
pub(super) struct Rows(Vec<Vec<(String, String)>>);

impl Rows {
    /// A report as it is written as CSV.
    pub(super) fn of(smi: &Smi, asked: &ReportQuestion) -> Self {
        let mut written = Vec::new();
        smi.service.hub_report(asked, &mut CsvReport::new(&mut written)).unwrap();
        Self::read(&written)
    }

    /// A CSV file.
    pub(super) fn read(csv: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(csv);
        let header = reader.headers().unwrap().clone();
        let row = |record: csv::StringRecord| {
            header
                .iter()
                .zip(record.iter())
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        };
        Self(reader.records().map(|record| row(record.unwrap())).collect())
    }

    /// These columns of each row, joined by spaces; `-` for an empty value.
    pub(super) fn columns(&self, columns: &[&str]) -> Vec<String> {
        let value = |row: &Vec<(String, String)>, column: &str| {
            let found = row.iter().find(|(name, _)| name == column);
            let value = &found.unwrap_or_else(|| panic!("no column {column}")).1;
            if value.is_empty() { "-".to_owned() } else { value.clone() }
        };
        let texts =
            self.0.iter().map(|row| columns.iter().map(|column| value(row, column)).collect::<Vec<_>>());
        texts.map(|values| values.join(" ")).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
