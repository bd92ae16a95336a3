//! Estates of ESMEs, and what the command and the listener say of them.

#![expect(clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use std::{
    fmt::Write as _,
    process::{Command, Output},
};

use serde_json::Value;
use smi::{domain::Eui64, store::Kind, web::server_thread::ServerThread};

use crate::support::{
    SUPPLIER, Smi, duis,
    managed::{Answer, Management},
};

pub(super) const HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,\
    firmware_version,esme_variant,pre_notified_by,chf_device_id,import_mpxn,s1sp\n";

pub(super) fn meter(number: u16) -> Eui64 {
    let [high, low] = number.to_be_bytes();
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, high, low])
}

pub(super) fn mpan(number: u16) -> String {
    format!("10{number:011}")
}

/// An ESME of a model, in a status.
pub(super) fn esme(number: u16, status: &str, model: &str, firmware: &str, variant: &str) -> String {
    let (id, mpan) = (meter(number), mpan(number));
    format!("{id},ESME,{status},AB01,{model},SMETS2 V5.1,{firmware},{variant},{SUPPLIER},,{mpan},\n")
}

/// So many Commissioned ESMEs of one model, the first ones of variant A and the rest ADE.
pub(super) fn estate(of_a: u16, all: u16) -> String {
    let variant = |number| if number < of_a { "A" } else { "ADE" };
    let meters = (0..all).map(|number| esme(number, "Commissioned", "M 1", "01", variant(number)));
    HEADER.to_owned() + &meters.collect::<String>()
}

/// Registrations of a Supplier for the first meters.
pub(super) fn registered(meters: u16, supplier: Eui64) -> String {
    let mut csv = "mpxn,role,user_id,effective_from,effective_to\n".to_owned();
    for number in 0..meters {
        writeln!(csv, "{},IS,{supplier},2020-01-01,", mpan(number)).unwrap();
    }
    csv
}

pub(super) const REFERENCE: &str = "device_manufacturer,device_model,firmware_version,esme_variants,source\n";

pub(super) fn smi(world: &Smi, arguments: &[&str], set: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
    command.args(arguments).env("SMI_STORE_URL", world.url()).env("SMI_TEST_CLOCK", "2026-06-01T12:00:00Z");
    command.envs(set.iter().copied()).env("SMI_TRUST_PEM_DIR", world.folder().join("pki"));
    command.current_dir(world.folder()).output().unwrap()
}

pub(super) fn said(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

/// Standard output of a command that succeeds.
pub(super) fn good(world: &Smi, arguments: &[&str]) -> String {
    let output = smi(world, arguments, &[]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    said(&output.stdout)
}

/// These columns of the suspects that fit, a line each.
pub(super) fn suspects(world: &Smi, asked: &[&str], columns: &[&str]) -> Vec<String> {
    let text = good(world, &[&["variants", "suspects"], asked].concat());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &&str| header.iter().position(|column| column == *name).unwrap();
    let places = columns.iter().map(place).collect::<Vec<_>>();
    let line = |record: csv::StringRecord| {
        places.iter().map(|at| record.get(*at).unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    reader.records().map(|record| line(record.unwrap())).collect()
}

/// The report as JSON.
pub(super) fn report(world: &Smi, asked: &[&str]) -> Value {
    let text = good(world, &[&["variants", "report", "--format", "json"], asked].concat());
    serde_json::from_str(&text).unwrap()
}

/// A service with the listeners of DUIS and management.
pub(super) struct Served {
    pub(super) duis: ServerThread,
    manage: Management,
}

impl Served {
    pub(super) fn start(world: &Smi) -> Self {
        let duis = duis::listen(world, 100_000, 64);
        Self { duis, manage: Management::start(world) }
    }

    /// Status and body.
    pub(super) fn get(&self, path: &str) -> (u16, Value) {
        let Answer { status, body } = self.manage.call("GET", path, "");
        (status, body)
    }

    pub(super) fn json(&self, path: &str) -> Value {
        self.manage.get(path)
    }

    /// Every page of suspects, of so many each.
    pub(super) fn pages_of_suspects(&self, limit: usize) -> Vec<Value> {
        let (mut pages, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.json(&format!("/manage/variants/suspects?limit={limit}{after}"));
            let next = page["next"].as_str().map(|next| format!("&after={next}"));
            pages.push(page);
            match next {
                Some(next) => after = next,
                None => return pages,
            }
        }
    }

    /// These headers of an answer, `-` where there is none.
    pub(super) fn headers<const N: usize>(&self, path: &str, names: [&str; N]) -> [String; N] {
        let reply = self.manage.reply("GET", path, &[], "");
        assert_eq!(reply.status(), 200, "{path}");
        names.map(|name| reply.headers().get(name).map_or("-", |value| value.to_str().unwrap()).to_owned())
    }

    /// `PUT /manage/import/model-variants`: status and body.
    pub(super) fn put_reference(&self, csv: &str) -> (u16, Value) {
        let Answer { status, body } = self.manage.call("PUT", "/manage/import/model-variants", csv);
        (status, body)
    }
}

/// The IDs of the suspects on these pages.
pub(super) fn ids(pages: &[Value]) -> Vec<String> {
    let suspects = pages.iter().flat_map(|page| page["suspects"].as_array().unwrap());
    suspects.map(|one| one["device_id"].as_str().unwrap().to_owned()).collect()
}

/// A world with these Devices, whose meters are all registered for one Supplier.
pub(super) fn world(devices: &str, reference: &str) -> Smi {
    let world = Smi::new();
    load(&world, devices, reference);
    world
}

pub(super) fn load(world: &Smi, devices: &str, reference: &str) {
    let meters = u16::try_from(devices.lines().count()).unwrap();
    world.import(Kind::Registrations, &registered(meters, SUPPLIER));
    world.import(Kind::Devices, devices);
    if !reference.is_empty() {
        world.import(Kind::ModelVariants, &format!("{REFERENCE}{reference}"));
    }
}
