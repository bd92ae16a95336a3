//! Smart DCC's published client tools, unchanged, against the service with the published test PKI.

use std::process::Command;

use smi::{
    clock::Clock,
    http::{self, Bounds, Listener},
    pipeline::{Choices, Service},
    signature::{TrustStore, ValidityCheck, pki},
    store::{self, Kind, Store},
};

use crate::support::package;

const USERS: &str = "\
user_id,party_name,roles,status
90-B3-D5-1F-30-01-00-00,Installing,IS;GS,Active
00-DB-12-34-56-78-00-04,Gaining,IS,Active
90-B3-D5-1F-30-02-00-00,Network,ED;GT,Active
";
const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1012345678901,IS,00-DB-12-34-56-78-00-04,2020-01-01,
";
const COVERAGE: &str = "\
csp_region,postcode,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood
Central,ZZ1 1AA,true,2020-01-01,Cellular,High
Central,ZZ1 1AB,true,2026-12-01, ,Medium
";

#[test]
fn the_published_client_tools_correct_an_esme_variant() {
    let client = package().join("tests/client");
    let keystore = client.join("node_modules/@smartdcc/dccboxed-keystore/keystore.json");
    if !keystore.exists() {
        eprintln!("skipped: the published client tools are not installed; tests/run installs them");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}", dir.path().join("smi.db").display())).unwrap();
    let clock = Clock::System;
    for (kind, csv) in
        [(Kind::Users, USERS), (Kind::Registrations, REGISTRATIONS), (Kind::Coverage, COVERAGE)]
    {
        store::import(&store, kind, csv.as_bytes(), clock.now(), &mut |_| ()).unwrap();
    }
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_keystore(&keystore).unwrap();
    let listener = Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes: 1_000_000,
        max_in_flight: 16,
        bounds: Bounds::default(),
    };
    let server = http::spawn(Service::new(store, trust, clock, Choices::of(pki::DCC)), listener).unwrap();
    let url = format!("http://{}", server.address());
    let output = Command::new("node")
        .arg("story.mjs")
        .arg(&url)
        .current_dir(&client)
        // The tool is a new JVM for every message: what it does not compile well, it does not compile long.
        .env("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .output()
        .unwrap();
    server.stop().unwrap();
    let steps = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{steps}\n{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!("published_client_tools", steps);
}
