//! Smart DCC's published client tools, unchanged, against the service with the published test PKI.

use std::{path::Path, process::Command};

use smi::{
    clock::Clock,
    db::Store,
    domain::{CspRegion, parse_instant},
    duis::signature::{TrustStore, ValidityCheck, pki},
    rules::{RuleSettings, WanUnknown},
    service::{App, Choices, FeltWindow},
    store::{self, Kind},
    web::{self, Bounds, Listener, server_thread::ServerThread},
};

use crate::{
    oracles::{is_there, npm},
    support::package,
};

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
South,ZZ1 1AC,true,2020-01-01,Cellular,High
South,ZZ1 1AD,true,2020-01-01,Cellular,High
4G South,ZZ1 1AD,true,2027-03-31,Cellular,High
4G South,ZZ1 1AE,true,2027-03-31,Cellular,Low
";

#[test]
fn the_published_client_tools_correct_an_esme_variant() {
    let client = package().join("tests/client");
    let Some(keystore) = npm("dccboxed-keystore/keystore.json") else { return };
    if !is_there("node") || !is_there("java") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // South does not answer. Another service writes an unknown WAN Variant as it is published.
    let quiet = Choices { csp_unavailable: vec![CspRegion::South], ..Choices::of(pki::DCC) };
    let spaced = RuleSettings { wan_unknown: WanUnknown::Space, ..RuleSettings::default() };
    let spaced = Choices { rules: spaced, ..quiet.clone() };
    let servers = [("smi", quiet.clone(), false), ("spaced", spaced, false), ("maintained", quiet, true)]
        .map(|(name, choices, held)| serve(&dir.path().join(format!("{name}.db")), &keystore, choices, held));
    let urls = servers.each_ref().map(|server| format!("http://{}", server.address()));
    let output = Command::new("node")
        .arg("story.mjs")
        .args(urls)
        .current_dir(&client)
        // The tool is a new JVM for every message: what it does not compile well, it does not compile long.
        .env("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .output()
        .unwrap();
    servers.into_iter().for_each(|server| server.stop().unwrap());
    let steps = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{steps}\n{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!("published_client_tools", steps);
}

/// In a maintenance window, if it is to be.
fn serve(database: &Path, keystore: &Path, choices: Choices, is_maintained: bool) -> ServerThread {
    let store = Store::open(&format!("sqlite://{}", database.display())).unwrap();
    let clock = Clock::System;
    for (kind, csv) in
        [(Kind::Users, USERS), (Kind::Registrations, REGISTRATIONS), (Kind::Coverage, COVERAGE)]
    {
        store::import(&store, kind, csv.as_bytes(), clock.now(), &mut |_| ()).unwrap();
    }
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_keystore(keystore).unwrap();
    let listener = Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes: 1_000_000,
        bounds: Bounds::default(),
        tls: None,
        kind: web::ListenerKind::Duis { max_in_flight: 16 },
    };
    let app = App::new(store, trust, clock, choices);
    let window = FeltWindow {
        reference: "CHG-1001".to_owned(),
        starts_at: parse_instant("2026-01-01").unwrap(),
        ends_at: parse_instant("9999-12-30").unwrap(),
        stops_requests: true,
        stops_deliveries: false,
    };
    app.maintenance_watch().replace(is_maintained.then_some(window).into_iter().collect());
    web::spawn(app, listener).unwrap()
}
