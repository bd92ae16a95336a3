//! The page of a Device: its record today and as it stood, its premises, its time line, and what was decided about it.

use smi::{
    domain::{
        Body, ChangedDetails, EsmeVariant, Eui64, InventoryChange, ReadInventory, UpdateInventory,
        parse_instant,
    },
    store::{self, Counter, Kind},
};

use super::harness::Console;
use crate::support::SUPPLIER;

/// The fixtures' ESME whose Responsible Supplier is SUPPLIER.
const ESME: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xA2]);
/// It is in no inventory.
const STRANGER: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xFE]);

/// The ESME is imported on 1 June, and its variant corrected the day after.
fn corrected() -> Console {
    let console = Console::start();
    console.smi.move_to("2026-06-02T10:00:00Z");
    let changed = ChangedDetails { esme_variant: Some(EsmeVariant::Ade), ..ChangedDetails::default() };
    let change = InventoryChange::Details(changed);
    let told = console.smi.ask(SUPPLIER, Body::UpdateInventory(UpdateInventory { device_id: ESME, change }));
    assert_eq!(told.code, "I99");
    console
}

#[test]
fn a_device_is_shown_with_its_premises_and_every_change() {
    let console = corrected();
    let browser = console.reader();
    let page = |place: &str| console.page(&browser, &format!("/devices/{ESME}{place}")).main();
    insta::assert_snapshot!("device", page(""));
    assert_eq!(page("?as_at="), page(""));
    insta::assert_snapshot!("device_as_at", page("?as_at=2026-06-01T13:00:00Z"));
    let before = page("?as_at=2026-05-31");
    assert!(before.contains("It was not in the inventory then. It joined at"), "{before}");
    let hub = console.page(&browser, "/devices/00-DB-12-34-56-78-90-A0").main();
    assert!(hub.contains(&format!("ESME <a class=\"id\" href=\"/devices/{ESME}\">")), "{hub}");
}

#[test]
fn fields_that_are_not_known_are_named() {
    let console = corrected();
    let until = parse_instant("2026-06-02").unwrap().as_millisecond();
    let set = move |connection: &mut _| store::set_counter(connection, Counter::UnknownBefore, Some(until));
    console.smi.service.store().transact(set).unwrap();
    let page = console.page(&console.reader(), &format!("/devices/{ESME}?as_at=2026-06-01T13:00:00Z")).main();
    assert!(page.contains("Not every change before <time datetime=\"2026-06-02T00:00:00.000Z\""), "{page}");
    assert!(page.contains("Not known: Device Type, Manufacturer, Model,"), "{page}");
    assert!(
        page.contains("<dt>ESME Variant</dt><dd class=\"text\"><span class=\"none\">not known</span>"),
        "{page}"
    );
    assert!(page.contains("<dt>SMI Status</dt><dd class=\"text\">Commissioned</dd>"), "{page}");
}

/// A correction that was purged with its decision is missing from the time line, and the record may be of no change that is there.
#[test]
fn a_time_line_with_holes_says_so() {
    let console = corrected();
    let browser = console.reader();
    let page = |place: &str| console.page(&browser, &format!("/devices/{ESME}{place}")).main();
    assert!(!page("").contains("Not every change before"));
    let before = parse_instant("2026-06-03").unwrap();
    let purge = move |connection: &mut _| store::purge_decisions(connection, before);
    assert_eq!(console.smi.service.store().transact(purge).unwrap().rows, 1);
    let since = "<time datetime=\"2026-06-02T10:00:00.001Z\"";
    let today = page("");
    assert!(today.contains(&format!("Not every change before {since}")), "{today}");
    console.smi.move_to("2026-06-02T10:05:00Z");
    let past = page("?as_at=2026-06-02T10:04:00Z");
    let last =
        "The last change until then that is kept is that of <time datetime=\"2026-06-01T12:00:00.000Z\"";
    assert!(past.contains(last) && past.contains(&format!("others before {since}")), "{past}");
    let file = console.get_as(&browser, &format!("/devices/{ESME}/history.json")).text;
    assert!(file.contains("\"kept_since\"") && file.contains("2026-06-02T10:00:00.001Z"), "{file}");
}

#[test]
fn a_long_time_line_has_pages() {
    let console = Console::start();
    let browser = console.reader();
    let devices = console.smi.exported(Kind::Devices);
    let line = devices.lines().find(|line| line.starts_with(&ESME.to_string())).unwrap();
    let columns = devices.lines().next().unwrap();
    for number in 1..=60 {
        let changed = line.replace(",01020304,", &format!(",{number:08X},"));
        console.smi.import(Kind::Devices, &format!("{columns}\n{changed}\n"));
    }
    let first = console.page(&browser, &format!("/devices/{ESME}")).main();
    assert!(first.contains("50 changes, and later ones,") && !first.contains("First changes"), "{first}");
    let next = first.split("<a href=\"").find(|link| link.contains("rel=\"next\"")).unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    let last = console.page(&browser, &next).main();
    assert!(last.contains("11 changes, the oldest first.") && last.contains("First changes"), "{last}");
    assert!(last.contains(">0000003B</td>") && !last.contains("rel=\"next\""), "{last}");
}

#[test]
fn a_device_that_is_not_in_the_inventory_says_so() {
    let console = Console::start();
    let browser = console.reader();
    let place = format!("/devices/{STRANGER}");
    for path in [&place, "/devices/x", "/devices/00-db-12", "/devices/%3Cscript%3E"] {
        let reply = console.get_as(&browser, path);
        assert_eq!(reply.status, 404, "{path}");
        assert!(
            reply.text.contains("is not in the inventory and never was") && !reply.text.contains("<script>")
        );
    }
    console.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(STRANGER)));
    let page = console.page(&browser, &place).main();
    assert!(
        page.contains("never was. Requests about it were decided.") && page.contains("/decisions/1"),
        "{page}"
    );
}
