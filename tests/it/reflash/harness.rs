//! The world of HUBS.md 8: hubs by their numbers, two Parties, two sites; and calls of the management listener.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::{fmt::Write as _, ops::Deref};

use serde_json::Value;
use smi::{rules::reflash::ReflashSettings, service::Choices, store::Kind};

use crate::support::{
    DCC, Smi,
    managed::{Answer, Managed},
};

pub(super) const A: &str = "90-B3-D5-1F-30-01-00-00";

const USERS: &str = "\
user_id,party_signifier,party_name,roles,status
90-B3-D5-1F-30-01-00-00,SUPA,Alder,IS;GS,Active
90-B3-D5-1F-30-03-00-00,SUPC,Cedar,IS;GS,Active
90-B3-D5-1F-30-05-00-00,SUPE,Elm,IS;GS,Suspended
";
const FIRMWARE: &str = "\
device_manufacturer,device_model,firmware_version,chts_version,gbcs_version,production_from,production_to
Sample Hubs,SH-C1,01000000,CHTS V1.0,1.1,2017-11-06,
Sample Hubs,SH-C1,02000000,CHTS V1.1,2.0,2020-07-01,
Sample Hubs,SH-C1,02010000,CHTS V1.1,2.1,2020-11-01,
Sample Hubs,SH-C1,03000000,CHTS V1.3,3.2,2021-06-01,
Sample Hubs,SH-C1,03000100,CHTS V1.3,3.2,2021-12-01,
";
const LOCATIONS: &str = "\
location_id,party_signifier,csp_regions,name,address,postcode,contact_email,max_hubs,hubs_per_month,deliveries_per_window
SUPA-1,SUPA,,Alder store,1 Store Road,ZZ1 1CC,stock@alder.example,,,
SUPC-1,SUPC,,Cedar store,2 Store Road,ZZ2 2CC,stock@cedar.example,,,
FLASH-CS,,Central;South;4G Central;4G South,South site,2 Jig Road,ZZ4 4CC,south@site.example,,,2
FLASH-N,,North;4G North,North site,1 Jig Road,ZZ3 3CC,north@site.example,4480,1792,2
";

/// CHTS, GBCS and firmware version of hub n of S(N).
pub(super) const fn versions(number: u32) -> (&'static str, &'static str, &'static str) {
    match number % 10 {
        0..=5 => ("1.0", "1.1", "01000000"),
        6 => ("1.1", "2.0", "02000000"),
        7 | 8 => ("1.1", "2.1", "02010000"),
        _ => ("1.3", "3.2", "03000000"),
    }
}

/// The CHF of hub n.
pub(super) fn chf(number: u32) -> String {
    id(2 * number)
}

fn id(number: u32) -> String {
    let [a, b, c, d] = number.to_be_bytes();
    format!("00-DB-55-00-{a:02X}-{b:02X}-{c:02X}-{d:02X}")
}

/// The rows of devices.csv for hub n in that status.
pub(super) fn device_rows(number: u32, status: &str) -> String {
    let (chts, gbcs, firmware) = versions(number);
    let user = if number % 4 == 3 { 3 } else { 1 };
    let regions = ["North", "Central", "South"];
    let region = regions.into_iter().cycle().nth(usize::try_from(number % 3).unwrap()).unwrap();
    let bands = ["Single Band", "Dual Band"];
    let band = bands.into_iter().cycle().nth(usize::try_from(number % 2).unwrap()).unwrap();
    let more = format!("{status},Sample Hubs,SH-C1,CHTS V{chts},{firmware},90-B3-D5-1F-30-0{user}-00-00");
    let (chf, gpf) = (chf(number), id(2 * number + 1));
    format!(
        "{chf},CHF,{more},,{gpf},{region},{gbcs},{band}\n{gpf},GPF,{more},{chf},,{region},{gbcs},{band}\n"
    )
}

pub(super) const DEVICE_COLUMNS: &str = "device_id,device_type,status,device_manufacturer,device_model,\
    smets_chts_version,firmware_version,pre_notified_by,chf_device_id,associated_gpf_device_id,csp_region,gbcs_version,han_variant\n";
pub(super) const STOCK_COLUMNS: &str = "chf_device_id,location_id,delivered_on,pallet,packaging\n";

pub(super) fn stock_row(number: u32, packaging: &str) -> String {
    let place = if number % 4 == 3 { "SUPC-1" } else { "SUPA-1" };
    format!("{},{place},2021-03-01,P{:05},{packaging}\n", chf(number), number / 896)
}

/// The file of a request for these hubs.
pub(super) fn request_file(numbers: &[u32]) -> String {
    numbers.iter().fold(
        "chf_device_id,firmware_version,device_manufacturer,device_model\n".to_owned(),
        |mut csv, number| {
            let (_, _, firmware) = versions(*number);
            writeln!(csv, "{},{firmware},Sample Hubs,SH-C1", chf(*number)).unwrap();
            csv
        },
    )
}

/// A request of SUPA as row 22 has it.
pub(super) const ASKED: &str = "location=SUPA-1&redeliver_on=2022-02-01&window=09:00-12:00";

/// W with so many hubs, served.
pub(super) struct World(Managed);

impl Deref for World {
    type Target = Managed;

    fn deref(&self) -> &Managed {
        &self.0
    }
}

impl World {
    /// W, at noon of 1 January 2022.
    pub(super) fn new(hubs: u32) -> Self {
        Self::choosing(hubs, ReflashSettings { enabled: true, ..ReflashSettings::default() })
    }

    pub(super) fn choosing(hubs: u32, reflash: ReflashSettings) -> Self {
        let smi = Smi::choosing(Choices { reflash, ..Choices::of(DCC) });
        smi.move_to("2022-01-01T12:00:00Z");
        smi.import(Kind::Users, USERS);
        smi.import(Kind::HubFirmware, FIRMWARE);
        smi.import(Kind::Locations, LOCATIONS);
        let (mut devices, mut stock) = (DEVICE_COLUMNS.to_owned(), STOCK_COLUMNS.to_owned());
        for number in 0..hubs {
            devices.push_str(&device_rows(number, "Pending"));
            stock.push_str(&stock_row(number, "sealed"));
        }
        smi.import(Kind::Devices, &devices);
        smi.import(Kind::Stock, &stock);
        Self(Managed::start(smi))
    }

    /// Asks for these hubs, with what is said beside `user`; the number of hubs is stated as it is where nothing else is said.
    pub(super) fn request(&self, numbers: &[u32], query: &str) -> Answer {
        let hubs = if query.contains("hubs=") { String::new() } else { format!("&hubs={}", numbers.len()) };
        self.call("POST", &format!("/manage/reflash/requests?user={A}{hubs}&{query}"), &request_file(numbers))
    }

    /// The number of the order that such a request is.
    pub(super) fn ordered(&self, numbers: &[u32]) -> String {
        let answer = self.request(numbers, ASKED);
        assert_eq!((answer.status, &answer.body["state"]), (200, &"Submitted".into()), "{answer:?}");
        answer.body["order"].as_str().unwrap().to_owned()
    }

    pub(super) fn event(&self, order: &str, event: &Value) -> Answer {
        self.call("POST", &format!("/manage/reflash/orders/{order}/events"), &event.to_string())
    }

    /// Notices about an order: kind, address and text.
    pub(super) fn notices(&self, order: &str) -> Vec<(String, String, String)> {
        let list = self.get(&format!("/manage/notices?about={order}"));
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let one = |notice: &Value| {
            (text(&notice["kind"]), text(&notice["recipients"][0]["address"]), text(&notice["text"]))
        };
        list["notices"].as_array().unwrap().iter().map(one).collect()
    }
}

/// The labels of an answer, each with its line where it has one.
pub(super) fn labels(answer: &Answer) -> Vec<String> {
    let label = |reason: &Value| match reason["line"].as_u64() {
        Some(line) => format!("{} {line}", reason["label"].as_str().unwrap()),
        None => reason["label"].as_str().unwrap().to_owned(),
    };
    answer.body["reasons"].as_array().unwrap().iter().map(label).collect()
}

/// The words of a list.
pub(super) fn words(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}
