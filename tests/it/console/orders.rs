//! Orders and requests: what the pages show, how a request is looked at before it is sent, and who may send one.

use std::fmt::Write as _;

use smi::store::Kind;

use super::harness::{Browser, Console, Reply};
use crate::support::{fixture_of, package};

/// The User of SUPA.
pub(super) const USER: &str = "90-B3-D5-1F-30-01-00-00";
/// What a request of SUPA says beside its hubs.
pub(super) const ASKED: [(&str, &str); 4] =
    [("user", USER), ("location", "SUPA-1"), ("redeliver_on", "2022-02-01"), ("window", "09:00-12:00")];

/// A console with the ten hubs of `fixtures/hubs` beside the inventory, in January 2022.
pub(super) fn stocked() -> Console {
    let console = Console::start();
    console.smi.move_to("2022-01-04T10:00:00Z");
    load(&console);
    console
}

/// Loads what re-flash orders need beside the inventory.
pub(super) fn load(console: &Console) {
    for kind in [Kind::HubFirmware, Kind::Locations, Kind::Units, Kind::Charges, Kind::Stock] {
        console.smi.import(kind, &std::fs::read_to_string(fixture_of(kind)).unwrap());
    }
    let devices = package().join("fixtures/hubs/devices.csv");
    console.smi.import(Kind::Devices, &std::fs::read_to_string(devices).unwrap());
}

/// The CHF of hub n.
pub(super) fn chf(number: u8) -> String {
    format!("00-DB-55-00-00-00-00-{:02X}", 2 * number)
}

/// The file of a request for these hubs, each with firmware 01000000.
pub(super) fn list(numbers: &[u8]) -> String {
    let head = "chf_device_id,firmware_version,device_manufacturer,device_model\n".to_owned();
    numbers.iter().fold(head, |mut csv, number| {
        writeln!(csv, "{},01000000,Sample Hubs,SH-C1", chf(*number)).unwrap();
        csv
    })
}

/// Uploads a request to be looked at.
pub(super) fn look_at(console: &Console, browser: &Browser, hubs: &str, csv: &str) -> Reply {
    console.upload_as(browser, "/orders/new/try", &[&ASKED[..], &[("hubs", hubs)]].concat(), csv)
}

/// Sends a request for these hubs by the pages, and returns the address of its order.
pub(super) fn ordered(console: &Console, browser: &Browser, numbers: &[u8]) -> String {
    let tried = look_at(console, browser, &numbers.len().to_string(), &list(numbers));
    assert_eq!(tried.status, 303, "{}", tried.text);
    let tried = tried.header("location").to_owned();
    let sent = console.post_as(browser, &format!("{tried}/send"), &[]);
    assert_eq!(sent.status, 303, "{}", sent.text);
    sent.header("location").to_owned()
}

/// HUBS.md 1: "uploads the list, reads at once which lines would be refused and why, sends the rest".
#[test]
fn a_request_is_looked_at_and_the_lines_without_fault_are_sent() {
    let console = stocked();
    let (operator, reader) = (console.operator(), console.reader());
    assert!(console.page(&reader, "/orders").main().contains("Nobody has asked for a re-flash yet."));
    // Hub 3 is another Party's; hub 0 lies in the North.
    let tried = look_at(&console, &operator, "4", &list(&[1, 2, 3, 0]));
    assert_eq!((tried.status, tried.header("location")), (303, "/orders/tried/1"), "{}", tried.text);
    let page = console.page(&operator, "/orders/tried/1").main();
    for told in [
        "the whole request would be rejected: 3 reasons. 2 of 4 lines are without fault. Nothing was sent yet.",
        "OTHER_USER",
        "WRONG_CSP_OR_FACILITY",
        "<a href=\"/rulebook#RF/g\">RF/g</a>",
        "Send it all the same, to be rejected",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let good = console.page(&operator, "/orders/tried/1/good.csv");
    assert_eq!(good.text, list(&[1, 2]));
    assert!(console.page(&reader, "/orders").main().contains("Nobody has asked"), "nothing is kept");
    let rest = console.post_as(&operator, "/orders/tried/1/good", &[]);
    assert_eq!((rest.status, rest.header("location")), (303, "/orders/tried/2"), "{}", rest.text);
    let page = console.page(&operator, "/orders/tried/2").main();
    assert!(page.contains("Every ground holds for 2 hubs, at the site FLASH-CS."), "{page}");
    let sent = console.post_as(&operator, "/orders/tried/2/send", &[]);
    assert_eq!((sent.status, sent.header("location")), (303, "/orders/RF-000001"), "{}", sent.text);
    let order = console.page(&reader, "/orders/RF-000001").main();
    assert!(order.contains("<td class=\"value\">Olga</td>\n<td class=\"nowrap\">Request</td>"), "{order}");
    // What was sent is kept no more.
    let gone = console.post_as(&operator, "/orders/tried/2/send", &[]);
    assert!(gone.status == 410 && gone.text.contains("Upload it again."), "{}", gone.text);
    // The whole of the first one becomes an order that is rejected.
    let sent = console.post_as(&operator, "/orders/tried/1/send", &[]);
    assert_eq!(sent.header("location"), "/orders/RF-000002");
    let rejected = console.page(&reader, "/orders/RF-000002").main();
    assert!(rejected.contains("<span class=\"mark bad\">Rejected</span>"), "{rejected}");
    assert!(rejected.contains("IN_ANOTHER_ORDER") && rejected.contains("reflash.rejected"), "{rejected}");
}

#[test]
fn a_request_that_cannot_be_read_says_why_and_keeps_what_was_filled_in() {
    let console = stocked();
    let operator = console.operator();
    let asked = |field: &str, value: &str, csv: &str| {
        let mut fields = [&ASKED[..], &[("hubs", "1"), ("reference", "<b>ours</b>")]].concat();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        console.upload_as(&operator, "/orders/new/try", &fields, csv)
    };
    for (field, value, csv, status, told) in [
        ("window", "12:00-09:00", &*list(&[1]), 400, "Window: "),
        ("redeliver_on", "2021-02-30", &list(&[1]), 400, "Redeliver on: "),
        ("hubs", "many", &list(&[1]), 400, "a number of hubs is wanted"),
        ("user", "", &list(&[1]), 400, "User: is missing"),
        ("user", "00-00-00-00-00-00-00-01", &list(&[1]), 404, "is not known, or is suspended"),
        ("site", "", "", 400, "no file was chosen"),
        (
            "site",
            "",
            "chf_device_id,firmware_version,device_manufacturer,device_model\nx,1,M,M\n",
            422,
            "chf_device_id",
        ),
        ("site", "", "chf_device_id\n", 422, "firmware_version"),
    ] {
        let reply = asked(field, value, csv);
        assert_eq!(reply.status, status, "{field}: {}", reply.text);
        let page = reply.main();
        assert!(page.contains("Nothing was changed.") && page.contains(told), "{field} {told}: {page}");
        assert!(page.contains("value=\"&#60;b&#62;ours&#60;/b&#62;\""), "{page}");
        assert!(page.contains("<option value=\"SUPA-1\" selected>"), "{page}");
    }
    assert!(console.page(&operator, "/orders").main().contains("Nobody has asked"));
}

#[test]
fn orders_are_listed_filtered_and_downloaded() {
    let console = stocked();
    let (operator, reader) = (console.operator(), console.reader());
    for numbers in [[1, 2], [4, 5]] {
        ordered(&console, &operator, &numbers);
    }
    let cancel =
        console.post_as(&operator, "/orders/RF-000001/events", &[("event", "Cancel"), ("reason", "")]);
    assert_eq!(cancel.status, 303, "{}", cancel.text);
    let listed = |query: &str| {
        let page = console.page(&reader, &format!("/orders{query}")).main();
        let orders = page
            .split("<a href=\"/orders/RF-")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned());
        orders.collect::<Vec<_>>()
    };
    assert_eq!(listed(""), ["000002", "000001"], "the newest first");
    assert_eq!(listed("?state=Cancelled"), ["000001"]);
    assert_eq!(listed("?site=FLASH-CS&party=SUPA&state=Submitted"), ["000002"]);
    assert_eq!(listed("?party=SUPC"), [""; 0]);
    assert_eq!(listed("?before=2"), ["000001"]);
    insta::assert_snapshot!(console.page(&reader, "/orders.csv").text, @"
    order,state,party_signifier,user_id,reference,amends,site,requested_at,listed,accepted,not_accepted,missing,reflashed,failed,delivery_number,deliver_on,deliver_window,location_id,redeliver_on,redeliver_window,asn,late_on
    RF-000002,Submitted,SUPA,90-B3-D5-1F-30-01-00-00,,,FLASH-CS,2022-01-04T10:00:00.000Z,2,0,0,0,0,0,,,,SUPA-1,2022-02-01,09:00-12:00,,
    RF-000001,Cancelled,SUPA,90-B3-D5-1F-30-01-00-00,,,FLASH-CS,2022-01-04T10:00:00.000Z,2,0,0,0,0,0,,,,SUPA-1,2022-02-01,09:00-12:00,,
    ");
    let json = console.page(&reader, "/orders.json?state=Submitted").text;
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!((&json["orders"][0]["order"], &json["next"]), (&"RF-000002".into(), &serde_json::Value::Null));
    let hubs = console.page(&reader, "/orders/RF-000002/hubs.csv").text;
    assert_eq!(hubs.lines().count(), 3, "{hubs}");
    assert!(hubs.contains(&format!("2,{},00-DB-55-00-00-00-00-09,", chf(4))), "{hubs}");
    let json = console.page(&reader, "/orders/RF-000002/hubs.json").text;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["hubs"][1]["state"], "listed");
    for path in ["/orders?state=Lost", "/orders?colour=red", "/orders?before=x", "/orders/RF-000002?after=x"]
    {
        assert_eq!(console.get_as(&reader, path).status, 400, "{path}");
    }
    for path in [
        "/orders/RF-000003",
        "/orders/7",
        "/orders/RF-000003/hubs.csv",
        "/orders/RF-000002/labels",
        "/orders/RF-000002/statement",
        "/orders/tried/x/good.csv",
        "/sites/SUPA-1",
    ] {
        assert_eq!(console.get_as(&reader, path).status, 404, "{path}");
    }
    // A search for its number leads there; a hub and its Device name it.
    let found = console.get_as(&reader, "/search?q=rf-000002");
    assert_eq!((found.status, found.header("location")), (303, "/orders/RF-000002"));
    for path in [format!("/hubs/{}", chf(4)), format!("/devices/{}", chf(4))] {
        let page = console.page(&reader, &path).main();
        assert!(page.contains("href=\"/orders/RF-000002\"") && page.contains("Submitted"), "{path}: {page}");
    }
    assert!(console.page(&reader, "/acts").main().contains("<a href=\"/orders/RF-000001\">RF-000001</a>"));
}

/// A reader sees no forms, and is refused by the server; so is a form without the token of the session.
#[test]
fn only_an_operator_with_a_token_changes_orders() {
    let console = stocked();
    let (operator, reader) = (console.operator(), console.reader());
    ordered(&console, &operator, &[1, 2]);
    look_at(&console, &operator, "1", &list(&[4]));
    for page in
        ["/orders", "/orders/new", "/orders/RF-000001", "/orders/tried/2", "/sites", "/sites/FLASH-CS"]
    {
        let page = console.page(&reader, page).main();
        assert!(!page.contains("method=\"post\""), "{page}");
    }
    let forms = [
        ("/orders/RF-000001/events", vec![("event", "Cancel")]),
        ("/orders/RF-000001/batches", vec![]),
        ("/orders/tried/2/send", vec![]),
        ("/orders/tried/2/good", vec![]),
    ];
    for (path, fields) in &forms {
        let refused = console.post_as(&reader, path, fields);
        assert!(refused.status == 403 && refused.text.contains("signed in as a reader"), "{path}");
        let refused = console.post_exactly(&operator, path, fields);
        assert!(refused.status == 403 && refused.text.contains("token of your session"), "{path}");
    }
    for path in ["/orders/new/try", "/orders/RF-000001/received", "/orders/RF-000001/outcomes"] {
        let refused = console.upload_as(&reader, path, &ASKED, &list(&[4]));
        assert!(refused.status == 403 && refused.text.contains("signed in as a reader"), "{path}");
        let refused = console.upload_exactly(&operator, path, &ASKED, &list(&[4]));
        assert!(refused.status == 403 && refused.text.contains("token of your session"), "{path}");
    }
    // Where the session ended, the file is chosen again on the page that it was sent from.
    let nobody = Browser { cookie: "smi_session=x".to_owned(), form_token: String::new() };
    for (path, to) in [
        ("/orders/new/try", "/orders/new?user=90%2DB3%2DD5%2D1F%2D30%2D01%2D00%2D00&#38;location=SUPA%2D1"),
        ("/orders/RF-000001/received", "/orders/RF-000001"),
    ] {
        let asked = console.upload_as(&nobody, path, &ASKED, &list(&[4]));
        assert_eq!(asked.status, 401, "{path}");
        assert!(asked.hidden("to").unwrap().starts_with(to), "{}", asked.text);
    }
    let order = console.page(&reader, "/orders/RF-000001").main();
    assert!(order.contains("<span class=\"mark warn\">Submitted</span>"), "{order}");
}
