//! Sites: what arrives, what is there against what they take, and their units.

use smi::store::Kind;

use super::orders::{ordered, stocked};

#[test]
fn a_site_shows_arrivals_room_units_and_their_checks() {
    let console = stocked();
    let units = "unit_id,location_id,places,check_due_on\n\
        U1,FLASH-CS,8,2022-06-30\nU2,FLASH-CS,4,2022-01-20\nU3,FLASH-CS,8,2022-01-03\n";
    console.smi.import(Kind::Units, units);
    let (operator, reader) = (console.operator(), console.reader());
    let empty = console.page(&reader, "/sites/FLASH-CS").main();
    assert!(
        empty.contains("No delivery is expected") && empty.contains("No unit has hubs in hand"),
        "{empty}"
    );
    for (order, numbers, slot) in [
        ("RF-000001", vec![1_u8, 2], "2022-01-05 13:00-17:00"),
        ("RF-000002", vec![4], "2022-01-05 09:00-12:00"),
    ] {
        ordered(&console, &operator, &numbers);
        let fields = [("event", "Authorise"), ("slot", slot)];
        let done = console.post_as(&operator, &format!("/orders/{order}/events"), &fields);
        assert_eq!(done.status, 303, "{}", done.text);
    }
    console.smi.move_to("2022-01-05T08:00:00Z");
    let reader = console.reader();
    let page = console.page(&reader, "/sites/FLASH-CS").main();
    let arrivals = page.split("<h2 id=\"there\">").next().unwrap();
    let (first, second) =
        (arrivals.find("/orders/RF-000002").unwrap(), arrivals.find("/orders/RF-000001").unwrap());
    assert!(first < second, "by their slots: {arrivals}");
    assert_eq!(arrivals.matches("<span class=\"mark warn\">today</span>").count(), 2, "{arrivals}");
    for text in [
        "<dt>Hubs booked or there</dt><dd class=\"number\">3</dd>",
        "<dt>Hubs in January 2022</dt><dd class=\"number\">3</dd>",
        "<dt>Deliveries a window</dt><dd class=\"number\">at most 2</dd>",
        "<span class=\"mark bad\">2022-01-03, passed: it takes no hubs</span>",
        "<span class=\"mark warn\">2022-01-20</span>",
        "<td class=\"nowrap\">2022-06-30</td>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    console.smi.move_to("2022-01-06T08:00:00Z");
    let reader = console.reader();
    let later = console.page(&reader, "/sites/FLASH-CS").main();
    assert_eq!(later.matches("<span class=\"mark bad\">overdue</span>").count(), 2, "{later}");
    insta::assert_snapshot!(console.page(&reader, "/sites.csv").text, @"
    location_id,name,csp_regions,at_once,max_hubs,this_month,hubs_per_month,deliveries_per_window
    FLASH-CS,Central and South site,Central;South;4G Central;4G South,3,,3,,2
    FLASH-N,North site,North;4G North,0,4480,0,1792,2
    ");
    let json = serde_json::from_str::<serde_json::Value>(&console.page(&reader, "/sites.json").text).unwrap();
    assert_eq!((&json["month"], &json["sites"][1]["max_hubs"]), (&"2022-01".into(), &4480.into()));
    let list = console.page(&reader, "/sites").main();
    assert!(list.contains("href=\"/sites/FLASH-N\""), "{list}");
}
