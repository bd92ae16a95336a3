//! The way of an order from its request to its end under option B, as calls of the management listener; and what tells one order
//! from another, masked.

use std::fmt::Write as _;

use serde_json::{Value, json};
use smi::store::Kind;

use super::rows::Tables;
use crate::support::{DCC, SUPPLIER, fixture_of};

/// As many hubs as an order has. The last one fails.
pub(super) const HUBS: u32 = 12;

/// What happens to an order, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    Request,
    Authorise,
    Late,
    AcceptLate,
    Despatch,
    Receive,
    Start,
    Outcomes,
    Upload,
    Finish,
    Release,
    Redelivered,
}

/// What becomes of a call that comes again after it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It gets its first answer again.
    FirstAnswer,
    /// The state does not allow it any more.
    NotAllowed,
    /// It is a further event: whoever is not sure looks at the order.
    AnotherEvent,
}

/// Method, path and body.
pub(super) type Call = (&'static str, String, String);

/// An order, by its place among those of a run: its hubs, its reference and its upload are its own.
pub(super) struct Block(pub(super) u32);

/// The CHF and the GPF of a hub.
fn hub(number: u32) -> [String; 2] {
    [2 * number, 2 * number + 1].map(|id| {
        let [a, b, c, d] = id.to_be_bytes();
        format!("00-DB-55-00-{a:02X}-{b:02X}-{c:02X}-{d:02X}")
    })
}

/// What the service is loaded with: so many hubs in one store, and a site that takes any number.
pub(super) fn lists(hubs: u32) -> Vec<(Kind, String)> {
    let mut devices =
        "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,\
        pre_notified_by,chf_device_id,associated_gpf_device_id,csp_region,gbcs_version,han_variant\n"
            .to_owned();
    let mut stock = "chf_device_id,location_id,delivered_on,pallet,packaging\n".to_owned();
    for number in 0..hubs {
        let ([chf, gpf], more) =
            (hub(number), format!("Pending,Sample Hubs,SH-C1,CHTS V1.0,01000000,{SUPPLIER}"));
        let place = "South,1.1,Single Band";
        writeln!(devices, "{chf},CHF,{more},,{gpf},{place}\n{gpf},GPF,{more},{chf},,{place}").unwrap();
        writeln!(stock, "{chf},SUPA-1,2021-03-01,P{:05},sealed", number / HUBS).unwrap();
    }
    let shared = [Kind::HubFirmware, Kind::Charges].map(|kind| (kind, fixture_text(kind)));
    let locations = fixture_text(Kind::Locations).replace("cs@site.example,,,2", "cs@site.example,,,");
    let users = include_str!("../../../../fixtures/inventory/users.csv").to_owned();
    let own =
        [(Kind::Devices, devices), (Kind::Stock, stock), (Kind::Locations, locations), (Kind::Users, users)];
    shared.into_iter().chain(own).collect()
}

fn fixture_text(kind: Kind) -> String {
    std::fs::read_to_string(fixture_of(kind)).unwrap()
}

impl Event {
    pub(super) const ALL: [Self; 12] = [
        Self::Request,
        Self::Authorise,
        Self::Late,
        Self::AcceptLate,
        Self::Despatch,
        Self::Receive,
        Self::Start,
        Self::Outcomes,
        Self::Upload,
        Self::Finish,
        Self::Release,
        Self::Redelivered,
    ];

    /// What the very same gets again once the event happened.
    pub(super) const fn again(self) -> Again {
        match self {
            Self::Request | Self::Outcomes | Self::Upload => Again::FirstAnswer,
            Self::Late => Again::AnotherEvent,
            Self::Authorise
            | Self::AcceptLate
            | Self::Despatch
            | Self::Receive
            | Self::Start
            | Self::Finish
            | Self::Release
            | Self::Redelivered => Again::NotAllowed,
        }
    }

    /// The call by which it comes.
    pub(super) fn call(self, block: &Block, tables: &Tables) -> Call {
        match self {
            Self::Request => ("POST", block.request_path(), block.request_file()),
            Self::Authorise => {
                let slot =
                    json!({ "deliver_on": "2022-01-26", "window": "09:00-12:00", "purchase_order": "PO-1" });
                event(block, tables, "Authorise", slot)
            }
            Self::Late => {
                let slot = json!({ "arrives_on": "2022-01-26", "window": "09:00-12:00" });
                event(block, tables, "Late", slot)
            }
            Self::AcceptLate => event(block, tables, "AcceptLate", json!({})),
            Self::Despatch => event(block, tables, "Despatch", json!({ "sent_at": "2022-01-24T16:00:00Z" })),
            Self::Receive => {
                let query = "unloaded_by=sender&started_at=2022-01-25T10:00:00Z&finished_at=2022-01-25T10:45:00Z&by=Gate";
                ("PUT", format!("{}/received?{query}", block.order_path(tables)), block.delivery_file())
            }
            Self::Start => event(block, tables, "Start", json!({})),
            Self::Outcomes => {
                ("PUT", format!("{}/outcomes?by=Bench", block.order_path(tables)), block.outcomes_file())
            }
            Self::Upload => {
                ("PUT", format!("/manage/ssmi/firmware?upload_id={}", block.0), block.upload_file())
            }
            Self::Finish => event(block, tables, "Finish", json!({ "guidance": "SSC 4.2" })),
            Self::Release => event(block, tables, "Release", json!({})),
            Self::Redelivered => {
                let unloaded = json!({ "unloaded_by": "receiver", "started_at": "2022-01-25T10:50:00Z",
                    "finished_at": "2022-01-25T10:55:00Z" });
                event(block, tables, "Redelivered", unloaded)
            }
        }
    }
}

fn event(block: &Block, tables: &Tables, name: &str, more: Value) -> Call {
    let mut body = json!({ "event": name, "by": "A. Clerk" });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    ("POST", format!("{}/events", block.order_path(tables)), body.to_string())
}

impl Block {
    fn reference(&self) -> String {
        format!("R-{:04}", self.0)
    }

    fn hubs(&self) -> impl Iterator<Item = [String; 2]> {
        (self.0 * HUBS..(self.0 + 1) * HUBS).map(hub)
    }

    fn file(&self, header: &str, line: impl Fn(&str, usize) -> String) -> String {
        self.hubs().enumerate().fold(format!("{header}\n"), |mut csv, (place, [chf, _])| {
            csv += &line(&chf, place);
            csv.push('\n');
            csv
        })
    }

    fn request_path(&self) -> String {
        format!(
            "/manage/reflash/requests?user={SUPPLIER}&hubs={HUBS}&location=SUPA-1&redeliver_on=2022-02-01\
             &window=09:00-12:00&reference={}",
            self.reference()
        )
    }

    fn request_file(&self) -> String {
        let header = "chf_device_id,firmware_version,device_manufacturer,device_model";
        self.file(header, |chf, _| format!("{chf},01000000,Sample Hubs,SH-C1"))
    }

    fn delivery_file(&self) -> String {
        self.file("chf_device_id,pallet,carton,condition", |chf, _| format!("{chf},P{:05},,ok", self.0))
    }

    fn outcomes_file(&self) -> String {
        let header = "chf_device_id,outcome,firmware_version,fault_report,fault_reference";
        self.file(header, |chf, place| match place + 1 == HUBS as usize {
            true => format!("{chf},failed,,manual,FR-17"),
            false => format!("{chf},reflashed,03000100,,"),
        })
    }

    /// The DCC's file, with a hub that it may not change: the one that failed.
    fn upload_file(&self) -> String {
        self.file("chf_device_id,firmware_version", |chf, _| format!("{chf},03000100"))
    }

    /// The numbers of the order and of its way back, as far as there are some.
    fn numbers(&self, tables: &Tables) -> [Option<u32>; 2] {
        let row = tables.row("reflash_orders", &format!("reference={} ", self.reference()));
        let number = |prefix: &str| {
            let value = row?.rsplit(" | ").find_map(|part| part.strip_prefix(prefix))?;
            value.parse().ok()
        };
        [number("RF-"), number("ASN-")]
    }

    fn order_path(&self, tables: &Tables) -> String {
        let [order, _] = self.numbers(tables);
        format!("/manage/reflash/orders/RF-{:06}", order.unwrap())
    }

    /// A text without what only this order has.
    pub(super) fn masked(&self, text: &str, tables: &Tables) -> String {
        let [order, asn] = self.numbers(tables);
        let numbers = [order.map(|number| ("RF-", number)), asn.map(|number| ("ASN-", number))];
        let mut masks = vec![
            (self.reference(), "the reference".to_owned()),
            (format!("P{:05}", self.0), "the pallet".to_owned()),
            (format!("{DCC}:{DCC}:{}", self.0), "the upload".to_owned()),
            (format!("\"upload_id\":{},", self.0), "the upload,".to_owned()),
            // What RF/p and RF/q saw of the orders before.
            (format!("; {} deliveries,", self.0), "; so many deliveries,".to_owned()),
            (format!("has {} hubs in", (self.0 + 1) * HUBS), "has so many hubs in".to_owned()),
        ];
        for (prefix, number) in numbers.into_iter().flatten() {
            masks.push((format!("{prefix}{number:06}"), format!("{prefix}n")));
            masks.push((format!("| {prefix}{number}"), format!("| {prefix}n")));
        }
        masks.extend(order.map(|number| (format!("DL-{number:06}"), "DL-n".to_owned())));
        for (place, [chf, gpf]) in self.hubs().enumerate() {
            masks.extend([(chf, format!("CHF {place}")), (gpf, format!("GPF {place}"))]);
        }
        masks.into_iter().fold(text.to_owned(), |text, (own, mask)| text.replace(&own, &mask))
    }

    pub(super) fn masked_tables(&self, changed: &Tables, tables: &Tables) -> Tables {
        changed.map(|row| self.masked(row, tables))
    }

    /// What of an event is there, and what is missing.
    pub(super) fn halves(&self, now: &Tables, before: &Tables, whole: &Tables) -> String {
        let (done, missing) = (super::difference(before, now), super::difference(now, whole));
        format!("order {}: of it there is {done:#?}; to be whole it lacks {missing:#?}", self.0)
    }
}
