//! The pages: what stands on them, and what they say where there is nothing or something is wrong.

use smi::domain::{Body, ReadInventory};

use super::harness::Console;
use crate::support::{METER, SUPPLIER};

#[test]
fn decisions_are_listed_and_filtered_by_the_address() {
    let console = Console::start();
    let browser = console.reader();
    let empty = console.page(&browser, "/decisions").main();
    assert!(empty.contains("No request was decided yet."), "{empty}");
    console.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    insta::assert_snapshot!("decisions", console.page(&browser, "/decisions?outcome=accepted").main());
    let none = console.page(&browser, "/decisions?outcome=refused").main();
    assert!(none.contains("No decision fits these filters."), "{none}");
    insta::assert_snapshot!("decision", console.page(&browser, "/decisions/1").main());
    insta::assert_snapshot!("overview", console.page(&browser, "/").main());
    let live = console.page(&browser, "/overview/decisions").text;
    assert!(live.contains("/decisions/1") && !live.contains("<main"), "{live}");
}

#[test]
fn a_broken_parameter_is_named_with_place_and_reason() {
    let console = Console::start();
    let browser = console.reader();
    let reasons = [
        "/decisions?code=nonsense",
        "/decisions?user=90-B3",
        "/decisions?from=yesterday",
        "/decisions?before=x",
        "/decisions?outcome=maybe",
        "/decisions?colour=red",
        "/decisions?code=I0&code=I99",
        "/decisions.csv?service=9.9.9",
        "/outbox?state=lost",
        "/devices/00-DB-12-34-56-78-90-A0?as_at=yesterday",
        "/devices/00-DB-12-34-56-78-90-A0?after=x",
        "/users?after=x",
    ]
    .map(|path| {
        let reply = console.get_as(&browser, path);
        assert_eq!(reply.status, 400, "{path}");
        let reason = reply.text.split("role=\"alert\">").nth(1).unwrap().trim().lines().next().unwrap();
        format!("{path}\n  {reason}\n")
    });
    insta::assert_snapshot!("broken_parameters", reasons.concat());
    for path in ["/decisions/7", "/decisions/x", "/outbox/7", "/nowhere", "/decisions/1/2"] {
        let reply = console.get_as(&browser, path);
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.text.contains("There is no such page"), "{path}");
    }
}
