//! A real browser on the console: `tests/browser` drives Chromium through every page that links lead to, as both roles, in both schemes
//! and two widths, and along the ways that people go. axe-core judges each page.

use std::process::Command;

use serde_json::json;
use smi::{
    domain::{Body, ChangedDetails, EsmeVariant, InventoryChange, ReadInventory, UpdateInventory},
    service::{MessageExcerpt, Reason},
    store::Kind,
};

use super::harness::{Console, PASSWORD, TOKEN};
use crate::support::{METER, OTHER_SUPPLIER, SUPPLIER, package, skip::or_skip};

/// Text that is as long, and as hostile, as a field may hold.
const NAME: &str = "<script>alert('x')</script> & Sons; Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Decisions of each kind: accepted, refused, and many enough for a second page.
fn decide(console: &Console) {
    let smi = &console.smi;
    smi.import(Kind::Users, &smi.exported(Kind::Users).replacen("Alder Energy", NAME, 1));
    // First, so that the newest decisions, which the crawl follows, are those of SR 8.4.
    for _ in 0..60 {
        smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    }
    for variant in [EsmeVariant::B, EsmeVariant::Ade] {
        let changed = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
        let change = InventoryChange::Details(changed);
        let body = Body::UpdateInventory(UpdateInventory { device_id: METER, change });
        smi.ask(SUPPLIER, body.clone());
        smi.ask(OTHER_SUPPLIER, body);
    }
    let excerpt = Some(MessageExcerpt::of(format!("<script>{}", "w".repeat(3_000)).as_bytes()));
    let hostile = format!("element `<script>{}`", "w".repeat(60));
    smi.service.keep_refusal(
        200,
        Reason { variant: "8.2".parse().ok(), ..Reason::of("SR/3", hostile) },
        None,
        excerpt,
    );
    super::notices::written(console, NAME, "RF-000001");
    smi.service.tally_answers(&mut |_| true).unwrap();
    smi.service.count_devices(&mut |_| true).unwrap();
}

#[test]
fn chromium_finds_every_page_well() {
    let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
    let chromium = chromium.into_iter().find(|path| std::path::Path::new(path).exists());
    let Some(chromium) = or_skip(chromium, "Chromium, Debian's package `chromium`") else { return };
    let folder = package().join("tests/browser");
    let driver = folder.join("node_modules/playwright-core").exists();
    let Some(()) = or_skip(driver.then_some(()), "what drives it, by `npm ci` in tests/browser") else {
        return;
    };
    let console = Console::on_a_file();
    decide(&console);
    assert_eq!(console.post_as(&console.operator(), "/audit/verify", &[]).status, 303);
    let people = json!([
        { "role": "operator", "name": "Olga", "token": TOKEN },
        { "role": "reader", "name": "rita", "password": PASSWORD },
    ]);
    let screenshots = package().join("target/tmp/console");
    let output = Command::new("node")
        .arg(folder.join("console.mjs"))
        .args([console.url().as_str(), screenshots.to_str().unwrap()])
        .env("CONSOLE_PEOPLE", people.to_string())
        .env("CHROMIUM", chromium)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    // A page that no link leads to any more would not be judged.
    for place in [
        "/decisions",
        "/decisions/6",
        "/acts",
        "/notices",
        "/notices/1",
        "/outbox",
        "/devices/",
        "/mpxns/",
        "/users",
        "/coverage?uprn=",
        "/refusals",
        "/refusals/1",
        "/rulebook",
        "/validity",
        "/import",
        "/stock",
        "/privacy",
        "/hubs/",
        "/what-if",
        "/what-if?device_type=",
        "/audit",
        "/jobs",
        "/jobs/1",
        "/test-bench",
    ] {
        assert!(told.contains(&format!("page {place}")), "no link leads to {place}: {told}");
    }
}
