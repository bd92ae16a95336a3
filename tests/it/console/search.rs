//! The search: straight to what fits, else what was looked for.

use smi::domain::{Body, ReadInventory};

use super::harness::Console;
use crate::support::{METER, SUPPLIER};

#[test]
fn the_search_goes_straight_to_what_fits() {
    let console = Console::start();
    let browser = console.reader();
    console.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    let to = |text: &str| {
        let reply = console.get_as(&browser, &format!("/search?q={}", text.replace(' ', "+")));
        (reply.status, reply.header("location").to_owned())
    };
    let (meter, supplier) = (format!("/devices/{METER}"), format!("/users/{SUPPLIER}"));
    let request = "90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:0";
    for (text, place) in [
        ("00-DB-12-34-56-78-90-A0", &meter),
        (" 00-db-12-34-56-78-90-a0 ", &meter),
        ("00db1234567890a0", &meter),
        ("90-B3-D5-1F-30-01-00-00", &supplier),
        ("SUPA", &supplier),
        (request, &format!("/decisions?request_id={request}")),
        ("2000000000015", &"/mpxns/2000000000015".to_owned()),
        // It has registrations, and no Device.
        ("9100000001", &"/mpxns/9100000001".to_owned()),
    ] {
        assert_eq!(to(text), (303, place.clone()), "{text}");
    }
    for several in ["100000000001", "ZZ1 1AA", "zz11aa"] {
        assert_eq!(to(several).0, 200, "{several}");
        let page = console.page(&browser, &format!("/search?q={}", several.replace(' ', "+"))).main();
        assert!(page.contains("/devices/00-DB-12-34-56-78-90-A2"), "{several}: {page}");
    }
    insta::assert_snapshot!("search_of_a_postcode", console.page(&browser, "/search?q=zz11aa").main());
}

#[test]
fn a_search_without_result_says_what_it_looked_for() {
    let console = Console::start();
    let browser = console.reader();
    insta::assert_snapshot!("search_without_result", console.page(&browser, "/search?q=1234567890").main());
    let stranger = console.page(&browser, "/search?q=00-DB-12-34-56-78-90-FE").main();
    assert!(stranger.contains("a Device ID, a User&#39;s EUI-64"), "{stranger}");
    let empty = console.page(&browser, "/search?q=").main();
    assert!(empty.contains("The box at the top takes"), "{empty}");
    for path in [format!("/search?q={}", "x".repeat(201)), "/search?p=1".to_owned()] {
        assert_eq!(console.get_as(&browser, &path).status, 400, "{path}");
    }
}
