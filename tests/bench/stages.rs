//! `cargo bench`: the stages of an SR 8.4, each alone. `smi bench` measures them beside a service; this compares versions.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up ends")]

mod parts;

use divan::{Bencher, black_box};
use smi::{
    domain::{
        Body, ChangedDetails, CommandVariant, EsmeVariant, InventoryChange, Request, RequestId, Response,
        SchemaVersion, UpdateInventory,
    },
    duis::{
        signature::{self, TrustStore, ValidityCheck, canonical, pki},
        xml,
    },
};

use parts::{MESSAGE, SUPPLIER, decide, facts, now};

fn main() {
    divan::main();
}

/// Keys of this run.
fn trust() -> TrustStore {
    let folder = tempfile::tempdir().unwrap();
    pki::init(folder.path(), now().0).unwrap();
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(folder.path()).unwrap();
    trust
}

fn request() -> Request {
    let changed = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..ChangedDetails::default() };
    let device_id = "00-DB-12-34-56-78-90-A2".parse().unwrap();
    Request {
        schema_version: SchemaVersion::newest(),
        id: RequestId { originator: SUPPLIER, target: pki::DCC, counter: 1 },
        command_variant: CommandVariant::NON_DEVICE,
        variant: "8.4".parse().unwrap(),
        body: Body::UpdateInventory(UpdateInventory { device_id, change: InventoryChange::Details(changed) }),
    }
}

fn response() -> Response {
    let request = request();
    Response {
        schema_version: request.schema_version.clone(),
        request_id: Some(request.id),
        response_id: None,
        code: decide(&request, &facts(&request), now()).code,
        at: now().0,
        variant: request.variant,
        payload: None,
    }
}

#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    bencher.bench(|| xml::decode(black_box(MESSAGE)).is_ok());
}

#[divan::bench]
fn canonicalise(bencher: Bencher<'_, '_>) {
    let document = xml::parse(MESSAGE).unwrap();
    bencher.bench(|| canonical::inclusive(black_box(&document)));
}

#[divan::bench]
fn verify(bencher: Bencher<'_, '_>) {
    let trust = trust();
    let signer = trust.signer_for(SUPPLIER, now().0).unwrap();
    let message = signature::sign(xml::compose(&request()).as_bytes(), signer).unwrap();
    let decoded = xml::decode(&message).unwrap();
    assert!(signature::verify_request(&decoded, &trust, now().0).is_ok());
    bencher.bench(|| signature::verify_request(black_box(&decoded), &trust, now().0).is_ok());
}

#[divan::bench]
fn rules(bencher: Bencher<'_, '_>) {
    let request = request();
    let facts = facts(&request);
    assert!(decide(&request, &facts, now()).code.is_success());
    bencher.bench(|| decide(black_box(&request), &facts, now()));
}

#[divan::bench]
fn encode(bencher: Bencher<'_, '_>) {
    let response = response();
    bencher.bench(|| xml::encode(black_box(&response)));
}

#[divan::bench]
fn sign(bencher: Bencher<'_, '_>) {
    let trust = trust();
    let answer = xml::encode(&response());
    let signer = trust.signer_for(pki::DCC, now().0).unwrap();
    bencher.bench(|| signature::sign_message(black_box(&answer), signer).unwrap());
}
