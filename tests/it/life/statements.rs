//! On a server each statement is a round trip: a batch needs as many for one request as for 64, of every Service Request.

use std::fmt::Write as _;

use actix_web::rt::{System, spawn};
use smi::{
    domain::{
        ActivateFirmware, Body, ChangedDetails, CommandVariant, DeviceType, EsmeVariant, Eui64,
        InventoryChange, MpxnKind, PremisesKey, PropertyFilter, ReadInventory, Request, UpdateInventory,
        WebService,
    },
    duis::xml,
    rules::{RuleSettings, TsatMode},
    service::Reply,
    store::Kind,
};

use super::premises::{OBSTRUCTIONS, add, fault_return, install, no_fault_return, remove};
use crate::{
    batches::Gate,
    support::{SUPPLIER, Smi, bodies::pre_notification},
};

/// The requests of the larger batch, and homes of each kind of request: one more for the smaller batch, and one for the first.
const LARGE: u16 = 64;
const HOMES: u16 = LARGE + 2;

/// The Devices of a home.
#[derive(Clone, Copy)]
struct Home(u16);

impl Home {
    const fn device(self, kind: u8) -> Eui64 {
        let [high, low] = self.0.to_be_bytes();
        Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, kind, high, low])
    }

    const fn chf(self) -> Eui64 {
        self.device(0xC0)
    }

    const fn esme(self) -> Eui64 {
        self.device(0xC2)
    }

    fn mpan(self) -> String {
        format!("10123456{:05}", self.0)
    }

    fn post_code(self) -> String {
        let area = char::from(b'A' + u8::try_from(self.0 / 100).unwrap());
        format!("Z{area}{} {}AA", self.0 / 10 % 10, self.0 % 10)
    }

    fn uprn(self) -> String {
        (100_000 + u32::from(self.0)).to_string()
    }

    fn property(self) -> PropertyFilter {
        PropertyFilter {
            post_code: self.post_code().parse().unwrap(),
            address_identifier: "1".parse().unwrap(),
        }
    }

    fn lines(self, (hub, meters): (&str, &str)) -> String {
        let (chf, gpf, esme, gsme) = (self.chf(), self.device(0xC1), self.esme(), self.device(0xC3));
        let (mpan, post_code, uprn) = (self.mpan(), self.post_code(), self.uprn());
        let (meters, s1sp) = meters.split_once(' ').unwrap_or((meters, ""));
        let on = if meters == "Pending" { String::new() } else { chf.to_string() };
        format!(
            "{chf},CHF,{hub},,{gpf},,,,,{SUPPLIER},\n\
             {gpf},GPF,{hub},{chf},,,,,,{SUPPLIER},\n\
             {esme},ESME,{meters},{on},,{mpan},{uprn},{post_code},1,{SUPPLIER},{s1sp}\n\
             {gsme},GSME,{meters},{on},,,,,,{SUPPLIER},\n"
        )
    }
}

const DEVICES: &str = "device_id,device_type,status,chf_device_id,associated_gpf_device_id,import_mpxn,uprn,postcode,\
                       address_identifier,pre_notified_by,s1sp\n";

/// An image that any Device may activate.
const IMAGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A kind of request: its name, the statuses of hub and meters before it, whom it is sent to, and what it asks about a home.
struct Asked {
    name: &'static str,
    before: (&'static str, &'static str),
    service: WebService,
    body: fn(Home) -> Body,
}

const COMMISSIONED: (&str, &str) = ("Commissioned", "Commissioned");
const NEW: (&str, &str) = ("Pending", "Pending");

fn update(device_id: Eui64, change: InventoryChange) -> Body {
    Body::UpdateInventory(UpdateInventory { device_id, change })
}

fn all_kinds() -> Vec<Asked> {
    let non_device = |name, before, body| Asked { name, before, service: WebService::NonDevice, body };
    let to_hub = |name, before, body| Asked { name, before, service: WebService::SendCommand, body };
    vec![
        non_device("8.2 by Device", COMMISSIONED, |home| {
            Body::ReadInventory(ReadInventory::DeviceId(home.esme()))
        }),
        non_device("8.2 by MPxN", COMMISSIONED, |home| {
            Body::ReadInventory(ReadInventory::Mpxn(home.mpan().parse().unwrap()))
        }),
        non_device("8.2 by UPRN", COMMISSIONED, |home| {
            Body::ReadInventory(ReadInventory::Uprn(home.uprn().parse().unwrap()))
        }),
        non_device("8.2 by address", COMMISSIONED, |home| {
            Body::ReadInventory(ReadInventory::PropertyFilter(home.property()))
        }),
        non_device("8.3", COMMISSIONED, |home| Body::DecommissionDevice(home.esme())),
        non_device("8.4 details", COMMISSIONED, |home| {
            let esme_variant = Some(EsmeVariant::B);
            update(
                home.esme(),
                InventoryChange::Details(ChangedDetails { esme_variant, ..Default::default() }),
            )
        }),
        non_device("8.4 MPxN", COMMISSIONED, |home| {
            update(home.esme(), InventoryChange::Mpxn(MpxnKind::ImportMpxn, home.mpan().parse().unwrap()))
        }),
        non_device("8.4 delete", NEW, |home| update(home.esme(), InventoryChange::Delete)),
        to_hub("8.11 add", ("Commissioned", "Pending"), |home| {
            Body::UpdateHanDeviceLog(add(home.esme(), Some(&home.mpan())))
        }),
        to_hub("8.11 remove", ("Commissioned", "Whitelisted"), |home| {
            Body::UpdateHanDeviceLog(remove(home.esme()))
        }),
        non_device("8.14.1", NEW, |home| Body::HubInstallSuccess(install(home.chf(), &home.mpan()))),
        non_device("8.14.2", NEW, |home| {
            Body::HubInstallNoSmWan(install(home.chf(), &home.mpan()), OBSTRUCTIONS)
        }),
        non_device("8.14.3", COMMISSIONED, |home| fault_return(home.chf())),
        non_device("8.14.4", COMMISSIONED, |home| no_fault_return(home.chf())),
        Asked {
            name: "11.3",
            before: ("Commissioned", "Commissioned SMETS1"),
            service: WebService::Transform,
            body: |_| {
                let hash = IMAGE.parse().unwrap();
                Body::ActivateFirmware(ActivateFirmware { execution: None, hash })
            },
        },
        non_device("12.1 by UPRN", COMMISSIONED, |home| {
            Body::RequestWanMatrix(PremisesKey::Uprn(home.uprn().parse().unwrap()))
        }),
        non_device("12.1 by address", COMMISSIONED, |home| {
            Body::RequestWanMatrix(PremisesKey::PartialAddress(home.property()))
        }),
        non_device("12.2", COMMISSIONED, |home| {
            pre_notification(home.device(0xC9), DeviceType::Chf, Some(home.device(0xCA)))
        }),
    ]
}

/// Homes for each kind of request.
fn smi_of(kinds: &[Asked], rules: RuleSettings) -> Smi {
    let smi = Smi::with_rules(rules);
    let mut devices = DEVICES.to_owned();
    let mut registrations = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
    let mut coverage =
        "csp_region,postcode,address_identifier,uprn,coverage_availability,anticipated_coverage_date,\
                        wan_technology,connectivity_likelihood\n"
            .to_owned();
    for (home, before) in homes(kinds) {
        devices.push_str(&home.lines(before));
        writeln!(registrations, "{},IS,{SUPPLIER},2025-01-01,", home.mpan()).unwrap();
        writeln!(coverage, "South,{},1,{},true,,Cellular,High", home.post_code(), home.uprn()).unwrap();
    }
    smi.import(Kind::Devices, &devices);
    smi.import(Kind::Registrations, &registrations);
    smi.import(Kind::Coverage, &coverage);
    smi.import(
        Kind::Firmware,
        &format!("firmware_hash,size_bytes,firmware_version\n{IMAGE},900000,0A000001\n"),
    );
    smi
}

fn homes(kinds: &[Asked]) -> impl Iterator<Item = (Home, (&'static str, &'static str))> {
    let kinds = kinds.iter().flat_map(|kind| (0..HOMES).map(|_| kind.before));
    kinds.zip(0..).map(|(before, number)| (Home(number), before))
}

/// Sends these messages, all in one batch, and returns how many statements there were.
fn in_one_batch(smi: &Smi, asked: &Asked, homes: impl Iterator<Item = Home>) -> f64 {
    let messages = homes.map(|home| {
        let body = (asked.body)(home);
        let request: Request = match asked.service {
            WebService::SendCommand => smi.request_to(home.chf(), SUPPLIER, body),
            WebService::Transform => Request {
                command_variant: CommandVariant::TRANSFORM,
                ..smi.request_to(home.esme(), SUPPLIER, body)
            },
            WebService::NonDevice => smi.request(SUPPLIER, body),
        };
        smi.signed(&request)
    });
    let messages = messages.collect::<Vec<_>>();
    let before = smi.statements();
    System::new().block_on(async {
        let gate = Gate::close(smi.service.store());
        let submit = |message: &Vec<u8>| spawn(smi.service.submit_inline(message, asked.service));
        let taken = messages.iter().map(submit).collect::<Vec<_>>();
        gate.open();
        for answer in taken {
            let Ok(Reply::Answer(answer)) = answer.await.unwrap() else { panic!("no answer") };
            let code = xml::read_answer(&xml::parse(&answer).unwrap()).unwrap().code;
            assert!(["I0", "I99"].contains(&code.as_str()), "{}: {code}", asked.name);
        }
    });
    smi.statements() - before
}

#[test]
#[ignore = "needs a PostgreSQL server: tests/run starts one"]
fn a_batch_of_64_needs_no_more_statements_than_one_of_1() {
    let kinds = all_kinds();
    let smi = smi_of(&kinds, RuleSettings::default());
    let mut table = String::new();
    for (asked, first) in kinds.iter().zip((0..).step_by(usize::from(HOMES))) {
        let batch = |from: u16, number: u16| in_one_batch(&smi, asked, (from..from + number).map(Home));
        // The first makes what every batch needs once, such as the anchor of the chain.
        batch(first, 1);
        let (one, many) = (batch(first + 1, 1), batch(first + 2, LARGE));
        assert_eq!(one, many, "{}", asked.name);
        writeln!(table, "{:16} {many}", asked.name).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// HUBS.md 5: with `rules.tsat` a batch reads the tables once, however large it is; without it nothing more is read.
#[test]
fn the_tables_are_read_once_in_a_batch_and_only_where_they_are_asked() {
    let kinds =
        || all_kinds().into_iter().filter(|kind| ["8.14.1", "12.2"].contains(&kind.name)).collect::<Vec<_>>();
    let counted = |tsat| {
        let kinds = kinds();
        let smi = smi_of(&kinds, RuleSettings { tsat, ..RuleSettings::default() });
        let of_kind = |(asked, first): (&Asked, u16)| {
            let batch = |from: u16, number: u16| in_one_batch(&smi, asked, (from..from + number).map(Home));
            batch(first, 1);
            // The fewest of some: a statement of a job beside may be counted with a batch.
            let fewest = |from: u16, number: u16| {
                let batches = (0..4).map(|at| batch(from + at * number, number));
                batches.fold(f64::INFINITY, f64::min)
            };
            (fewest(first + 1, 1), fewest(first + 5, 8))
        };
        kinds.iter().zip((0..).step_by(usize::from(HOMES))).map(of_kind).collect::<Vec<_>>()
    };
    let (without, with) = (counted(TsatMode::Off), counted(TsatMode::Note));
    let more = without.iter().zip(&with).map(|(without, with)| (with.0 - without.0, with.1 - without.1));
    assert_eq!(more.collect::<Vec<_>>(), [(1.0, 1.0); 2], "{without:?} {with:?}");
}
