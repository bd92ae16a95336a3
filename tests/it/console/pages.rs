//! The pages: what stands on them, and what they say where there is nothing or something is wrong.

use smi::{
    db::{Connection, StoreFault},
    domain::{Body, Eui64, Instance, Now, ReadInventory, ResponseCode, Timestamp},
    store::{self, NewDecision},
};

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
    let uncounted = console.page(&browser, "/").main();
    for text in ["Devices are not counted yet.", "No request was accepted since", "Up to 1 decisions are not"]
    {
        assert!(uncounted.contains(text), "{text}: {uncounted}");
    }
    console.smi.service.tally_answers(&mut |_| true).unwrap();
    console.smi.service.count_devices(&mut |_| true).unwrap();
    insta::assert_snapshot!("overview", console.page(&browser, "/").main());
    let live = console.page(&browser, "/overview/decisions").text;
    assert!(live.contains("/decisions/1") && !live.contains("<main"), "{live}");
}

#[test]
fn answers_are_shown_by_code_and_lead_to_their_decisions() {
    let console = Console::start();
    let browser = console.reader();
    console.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
    console.smi.move_to("2026-06-01T15:00:00Z");
    for _ in 0..3 {
        console.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(Eui64::from_octets([7; 8]))));
    }
    console.smi.service.tally_answers(&mut |_| true).unwrap();
    let page = console.page(&browser, "/").main();
    let refused = page.split("<h3>Refused</h3>").nth(1).unwrap().split("</table>").next().unwrap();
    let links = refused.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let links = links.map(|link| link.replace("&#38;", "&")).collect::<Vec<_>>();
    assert_eq!(links.len(), 4, "{links:?}");
    assert!(links.iter().all(|link| link.contains("&from=2026-0")), "{links:?}");
    for link in links {
        let main = console.page(&browser, &link).main();
        assert!(main.contains("3 decisions, the newest first."), "{link}: {main}");
    }
}

/// The page, and both downloads.
#[test]
fn a_search_that_looked_far_enough_says_how_far_and_goes_on() {
    let console = Console::start();
    let browser = console.reader();
    let id = console.smi.request(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER))).id;
    let fill = move |connection: &mut Connection| {
        let new = (1..=10_003_i64).map(|number| NewDecision {
            request_id: &id,
            user: SUPPLIER,
            device: None,
            variant: None,
            code: if number == 2 { ResponseCode::E4 } else { ResponseCode::I0 },
            rule: None,
            at: Now(Timestamp::from_second(1_780_000_000 + number).unwrap()),
            steps: &[],
            changes: &[],
            is_first_answer: false,
        });
        store::record_decisions(connection, &Instance::default(), new)
    };
    console.smi.service.store().transact::<_, StoreFault, _>(fill).unwrap();
    for filter in [
        "code=E4",
        "outcome=refused",
        "service=8.4",
        "rule=SR%2F3",
        "until=2026-01-01",
        "user=00-00-00-00-00-00-00-01",
    ] {
        let page = console.page(&browser, &format!("/decisions?{filter}")).main();
        assert!(page.contains("None of the decisions looked at fits"), "{filter}: {page}");
        assert!(
            page.contains(
                "Looked through 10,000 decisions, back to <time datetime=\"2026-05-28T20:26:44.000Z\""
            ),
            "{page}"
        );
        let next = page.split("<p class=\"pages\">").nth(1).unwrap().split("href=\"").nth(1).unwrap();
        let rest = console.page(&browser, &next.split('"').next().unwrap().replace("&#38;", "&")).main();
        assert!(!rest.contains("rel=\"next\""), "{rest}");
        assert_eq!(rest.contains(">E4 "), filter == "code=E4" || filter == "outcome=refused", "{rest}");
        let csv = console.page(&browser, &format!("/decisions.csv?{filter}"));
        assert_eq!(csv.text.lines().count(), 1, "{}", csv.text);
        assert_eq!(
            csv.header("link"),
            format!("</decisions.csv?{filter}&before=4>; rel=\"next\"")
                .replace("2026-01-01", "2026%2D01%2D01")
                .replace("00-00-00-00-00-00-00-01", "00%2D00%2D00%2D00%2D00%2D00%2D00%2D01")
                .replace("8.4", "8%2E4")
        );
        let json: serde_json::Value =
            serde_json::from_str(&console.page(&browser, &format!("/decisions.json?{filter}")).text).unwrap();
        assert_eq!(json["looked_back_to"], "2026-05-28T20:26:44.000Z");
        assert!(json["next"].as_str().unwrap().ends_with("&before=4"), "{json}");
    }
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
        "/devices/00-DB-12-34-56-78-90-A0?as_at=2099-01-01",
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
