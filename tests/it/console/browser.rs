//! A real browser on the console: `tests/browser` drives Chromium through every page that links lead to, as both roles, in both schemes
//! and two widths, and along the ways that people go. axe-core judges each page.

use std::{num::NonZero, process::Command};

use serde_json::json;
use smi::{
    domain::{
        ActorName, Body, ChangedDetails, EsmeVariant, InventoryChange, ReadInventory, UpdateInventory,
        parse_instant,
        reflash::{Slot, Unloader},
    },
    service::{
        DeliveryReport, EventDetails, MessageExcerpt, OrderChange, Reason, RequestDraft,
        test_bench::{FaultAction, FaultCondition, FaultKind, Header, JournalKind, PurposeFault, Recorded},
    },
    store::Kind,
};

use super::{
    harness::{Console, PASSWORD, TOKEN},
    orders::{chf, list},
};
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
    orders(console);
    super::notices::written(console, NAME, "RF-000001");
    smi.service.tally_answers(&mut |_| true).unwrap();
    smi.service.count_devices(&mut |_| true).unwrap();
}

/// Faults, messages of the journal and a state.
fn test_bench(console: &Console) {
    let service = &console.smi.service;
    let when =
        FaultCondition { variant: "8.14.1".parse().ok(), percent: Some(50), ..FaultCondition::default() };
    let fault = |id: &str, action| PurposeFault { id: id.to_owned(), when, action, times: NonZero::new(3) };
    let faults = vec![
        fault("busy", FaultAction::Status(503, Some(2))),
        fault(&"f".repeat(64), FaultAction::Plain(FaultKind::DeliverOutOfOrder)),
    ];
    let by = || "A. Clerk".parse::<ActorName>().unwrap();
    service.replace_faults(7, faults, by()).unwrap();
    let answer = format!("<a><b c=\"{}\">1</b></a>", "w".repeat(200)).into_bytes();
    for (request, answer) in [(b"<a><b>1</b></a>".to_vec(), answer), (NAME.as_bytes().to_vec(), Vec::new())] {
        let new = Recorded::new(JournalKind::Request, console.smi.now().0, "/api/v1/serviceD".to_owned());
        let header = Header { name: "content-type".to_owned(), value: NAME.to_owned() };
        let recorded = Recorded {
            request: Some(request),
            answer: Some(answer),
            status: Some(200),
            request_headers: vec![header.clone()],
            answer_headers: vec![header],
            fault: Some("busy".to_owned()),
            note: Some(NAME.to_owned()),
            ..new
        };
        service.test_bench().unwrap().journal().push(recorded);
    }
    service.keep_state("before-the-tests".parse().unwrap()).unwrap();
}

/// Orders in several states, with hubs of `fixtures/hubs`; the journeys take others of these.
fn orders(console: &Console) {
    super::orders::load(console);
    let smi = &console.smi;
    smi.import(Kind::Charges, "regulatory_year,charge,band,cost\n2026,REFLASH,,12.50\n");
    let units =
        "unit_id,location_id,places,check_due_on\nU1,FLASH-CS,8,2027-06-30\nU2,FLASH-CS,8,2026-05-31\n";
    smi.import(Kind::Units, units);
    let locations = smi.exported(Kind::Locations).replacen("Alder store", NAME, 1);
    smi.import(Kind::Locations, &locations);
    let request = |file: String| {
        let draft = RequestDraft {
            user: SUPPLIER,
            hubs: Some(1),
            location: Some("SUPA-1".parse().unwrap()),
            redeliver_on: Some("2026-07-01".parse().unwrap()),
            window: Some("09:00-12:00".parse().unwrap()),
            site: None,
            amends: None,
            reference: Some(NAME.parse().unwrap()).filter(|_| file.contains(&chf(8))),
            by: None,
        };
        smi.service.request_reflash(draft, file.as_bytes(), false).unwrap().listed.order.number
    };
    let firmware = |number: u8, version: &str| list(&[number]).replace(",01000000,", &format!(",{version},"));
    for file in [list(&[0]), firmware(8, "02010000"), firmware(9, "<script>")] {
        request(file);
    }
    let by = || "A. Clerk".parse::<ActorName>().unwrap();
    let change = |number: &str, details: EventDetails| {
        let change = OrderChange { order: number.parse().unwrap(), by: by(), details };
        smi.service.change_reflash_order(change).unwrap();
    };
    for number in ["RF-000001", "RF-000002"] {
        let slot = Slot { on: "2026-06-03".parse().unwrap(), window: "13:00-17:00".parse().unwrap() };
        let (purchase_order, work_order) = (Some("PO-1".parse().unwrap()), None);
        change(number, EventDetails::Authorise { slot, purchase_order, work_order, contact: None });
    }
    let sent_at = parse_instant("2026-06-01T09:00:00Z").unwrap();
    change("RF-000002", EventDetails::Despatch { sent_at });
    let report = DeliveryReport {
        order: "RF-000002".parse().unwrap(),
        by: by(),
        unloaded_by: Unloader::Sender,
        started_at: sent_at,
        finished_at: sent_at,
        correction: None,
    };
    let csv = format!("chf_device_id,pallet,carton,condition\n{},P00007,,ok\n", chf(8));
    smi.service.receive_reflash_delivery(report, csv.as_bytes()).unwrap();
    change("RF-000002", EventDetails::Start { purchase_order: None });
    smi.service.next_reflash_batch("RF-000002".parse().unwrap(), by()).unwrap();
}

/// Pages of every kind that links lead to: one that no link leads to any more would not be judged.
const PLACES: [&str; 45] = [
    "/decisions",
    "/decisions/6",
    "/acts",
    "/notices",
    "/notices/",
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
    "/firmware/days",
    "/firmware/schedules",
    "/firmware/schedules/new",
    "/firmware/images",
    "/maintenance",
    "/maintenance/months",
    "/maintenance/now",
    "/maintenance/new",
    "/privacy",
    "/variants",
    "/reports",
    "/reports?name=",
    "/hubs/",
    "/orders",
    "/orders/new",
    "/orders/RF-",
    "/sites",
    "/sites/FLASH-CS",
    "/what-if",
    "/what-if?device_type=",
    "/audit",
    "/jobs",
    "/jobs/1",
    "/test-bench",
    "/faults",
    "/journal",
    "/journal/2",
    "/journal/2?with=1",
    "/states",
];

/// A console with everything above, and Chromium on it for that part of `tests/browser/console.mjs`. Gives what it tells, or nothing
/// where the test is to be left out.
fn browse(part: &str) -> Option<String> {
    let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
    let chromium = chromium.into_iter().find(|path| std::path::Path::new(path).exists());
    let chromium = or_skip(chromium, "Chromium, Debian's package `chromium`")?;
    let folder = package().join("tests/browser");
    let driver = folder.join("node_modules/playwright-core").exists();
    or_skip(driver.then_some(()), "what drives it, by `npm ci` in tests/browser")?;
    let kept = tempfile::tempdir().unwrap();
    let console = Console::keeping(kept.path());
    decide(&console);
    test_bench(&console);
    assert_eq!(console.post_as(&console.operator(), "/audit/verify", &[]).status, 303);
    let people = json!([
        { "role": "operator", "name": "Olga", "token": TOKEN },
        { "role": "reader", "name": "rita", "password": PASSWORD },
    ]);
    let pictures = package().join("target/tmp/console");
    let output = Command::new("node")
        .arg(folder.join("console.mjs"))
        .args([console.url().as_str(), pictures.to_str().unwrap(), part])
        .env("CONSOLE_PEOPLE", people.to_string())
        .env("CHROMIUM", chromium)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    Some(told)
}

#[test]
fn chromium_finds_every_page_well() {
    let Some(told) = browse("pages") else { return };
    for place in PLACES {
        assert!(told.contains(&format!("page {place}")), "no link leads to {place}: {told}");
    }
}

#[test]
fn chromium_goes_the_ways_that_people_go() {
    browse("ways");
}
