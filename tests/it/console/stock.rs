//! Stock and hubs: what the pages show, how they are filtered, and their downloads.

use smi::store::Kind;

use super::harness::Console;
use crate::support::fixture_of;

/// A console with the ten hubs of `fixtures/hubs` beside the inventory, in January 2022.
fn stocked() -> Console {
    let console = Console::start();
    console.smi.move_to("2022-01-01T12:00:00Z");
    for kind in [Kind::HubFirmware, Kind::Locations, Kind::Units, Kind::Charges, Kind::Stock] {
        console.smi.import(kind, &std::fs::read_to_string(fixture_of(kind)).unwrap());
    }
    let devices = crate::support::package().join("fixtures/hubs/devices.csv");
    console.smi.import(Kind::Devices, &std::fs::read_to_string(devices).unwrap());
    console
}

/// The cells of the rows of the page's table, a line each.
fn rows(page: &str) -> Vec<String> {
    let body = page.split("<tbody>").nth(1).unwrap_or_default().split("</tbody>").next().unwrap();
    let text = |cell: &str| {
        let mut plain = String::new();
        let mut is_tag = false;
        for letter in cell.split_once('>').map_or("", |(_, rest)| rest).chars() {
            match letter {
                '<' => is_tag = true,
                '>' => is_tag = false,
                letter if !is_tag => plain.push(letter),
                _ => {}
            }
        }
        plain.trim().to_owned()
    };
    let rows = body.split("<tr>").skip(1);
    rows.map(|row| row.split("<td").skip(1).map(text).collect::<Vec<_>>().join(" | ")).collect()
}

/// HUBS.md 1: tiles, and a line for each Party and version.
#[test]
fn stock_is_shown_by_party_and_version_with_what_is_at_risk() {
    let console = stocked();
    let page = console.page(&console.reader(), "/stock?within=30").main();
    for tile in [
        "<dt>In stock</dt><dd class=\"number\">10<",
        "<dt>At risk within 30 days</dt><dd class=\"number\"><span class=\"mark warn\">6</span>",
        "<dt>Value at risk</dt><dd class=\"number\">£240.00<",
        "<dt>Expired</dt><dd class=\"number\">0<",
        "<dt>Away to be re-flashed</dt><dd class=\"number\">0<",
    ] {
        assert!(page.contains(tile), "{tile}\n{page}");
    }
    insta::assert_snapshot!(rows(&page).join("\n"), @"
    SUPA | CHTS 1.0 / GBCS 1.1 | 5 | 2022-01-31 | 2022-02-28 | ND | 2022-01-31 (IVP) | 30 | 03000100 | 2021-12-31 | CSV of the hubs of SUPA, CHTS 1.0 / GBCS 1.1
    SUPA | CHTS 1.1 / GBCS 2.0 | 1 | ND | ND | 2022-02-28 | 2022-02-28 (AP) | 58 | 03000100 | 2022-01-31 | CSV of the hubs of SUPA, CHTS 1.1 / GBCS 2.0
    SUPA | CHTS 1.1 / GBCS 2.1 | 1 | 2022-04-30 | 2022-05-31 | ND | 2022-04-30 (IVP) | 119 | 03000100 | 2022-03-30 | CSV of the hubs of SUPA, CHTS 1.1 / GBCS 2.1
    SUPA | CHTS 1.3 / GBCS 3.2 | 1 | ND | ND | ND | open |  | 03000100 |  | CSV of the hubs of SUPA, CHTS 1.3 / GBCS 3.2
    SUPC | CHTS 1.0 / GBCS 1.1 | 1 | 2022-01-31 | 2022-02-28 | ND | 2022-01-31 (IVP) | 30 | 03000100 | 2021-12-31 | CSV of the hubs of SUPC, CHTS 1.0 / GBCS 1.1
    SUPC | CHTS 1.1 / GBCS 2.1 | 1 | 2022-04-30 | 2022-05-31 | ND | 2022-04-30 (IVP) | 119 | 03000100 | 2022-03-30 | CSV of the hubs of SUPC, CHTS 1.1 / GBCS 2.1
    ");
    assert!(
        page.contains("<svg class=\"timeline\" role=\"img\"") && page.contains("install until 2022-01-31")
    );
    assert!(page.contains("href=\"/stock.csv?within=30\""), "{page}");
    let later = console.page(&console.reader(), "/stock?on=2022-02-01").main();
    assert!(later.contains("<span class=\"mark bad\">6</span>, £240.00"), "{later}");
    assert!(
        later.contains("<span class=\"mark bad\">2021-12-31</span>"),
        "the day to send has passed: {later}"
    );
}

#[test]
fn stock_is_filtered_and_downloaded_as_it_is_shown() {
    let console = stocked();
    let reader = console.reader();
    let in_stock = |query: &str| {
        let page = console.page(&reader, &format!("/stock?{query}")).main();
        let (_, rest) = page.split_once("<dt>In stock</dt><dd class=\"number\">").unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    for (query, expected) in [
        ("party=SUPC", "2"),
        ("band=DBCH", "5"),
        ("region=North", "4"),
        ("location=SUPA-1", "8"),
        ("location=SUPA-1&region=North&band=SBCH", "2"),
        ("party=nobody", "0"),
    ] {
        assert_eq!(in_stock(query), expected, "{query}");
    }
    assert!(
        console.page(&reader, "/stock?party=nobody").main().contains("No hub in stock fits these filters")
    );
    let csv = console.page(&reader, "/stock.csv?party=SUPC").text;
    insta::assert_snapshot!(csv, @"
    party_signifier,chts_version,gbcs_version,in_stock,install_to,maintain_to,operate_to,use_by,use_by_kind,days_left,newest,send_by
    SUPC,1.0,1.1,1,2022-01-31,2022-02-28,ND,2022-01-31,IVP,30,03000100,2021-12-31
    SUPC,1.1,2.1,1,2022-04-30,2022-05-31,ND,2022-04-30,IVP,119,03000100,2022-03-30
    ");
    let json = console.page(&reader, "/stock.json?party=SUPC").text;
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!((&json["on"], &json["stock"][0]["in_stock"]), (&"2022-01-01".into(), &1.into()));
    // One click gives the list of hubs.
    let page = console.page(&reader, "/stock?party=SUPA").main();
    assert!(page.contains("href=\"/hubs.csv?party=SUPA&#38;version=1%2E0&#38;gbcs=1%2E1\""), "{page}");
    let hubs = console.page(&reader, "/hubs.csv?party=SUPA&version=1.0&gbcs=1.1").text;
    assert_eq!((hubs.lines().count(), hubs.matches("SUPA-1").count()), (6, 5), "{hubs}");
    let hubs = console.page(&reader, "/hubs.json").text;
    let hubs = serde_json::from_str::<serde_json::Value>(&hubs).unwrap();
    assert_eq!((hubs["hubs"].as_array().unwrap().len(), &hubs["next"]), (10, &serde_json::Value::Null));
}

#[test]
fn a_hub_is_shown_as_it_is_judged_on_a_day() {
    let console = stocked();
    let reader = console.reader();
    let hub = "/hubs/00-DB-55-00-00-00-00-00";
    insta::assert_snapshot!(rows(&console.page(&reader, &format!("{hub}?on=2022-02-15")).main()).join("\n"), @"
    no | 2016-09-30 | 2022-01-31
    yes | 2016-09-30 | 2022-02-28
    yes | 2017-11-06 | ND
    ");
    let page = console.page(&reader, hub).main();
    for text in ["SUPA-1", "P00000", "N-4 or older", "the newest is 03000100", "2022-01-31 (IVP)", "sealed"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let device = console.page(&reader, "/devices/00-DB-55-00-00-00-00-00").main();
    assert!(device.contains(&format!("href=\"{hub}\"")));
    let unknown = console.page(&reader, "/hubs/00-DB-12-34-56-78-90-A0").main();
    assert!(unknown.contains("That is not known. Load it with"), "{unknown}");
    for path in ["/hubs/7", "/hubs/00-DB-55-00-00-00-00-01", "/hubs/00-DB-55-FF-00-00-00-00"] {
        assert_eq!(console.get_as(&reader, path).status, 404, "{path}");
    }
    for path in
        ["/stock?within=x", "/stock?on=1", "/stock?colour=red", "/hubs.csv?version=x", "/hubs.csv?after=7"]
    {
        assert_eq!(console.get_as(&reader, path).status, 400, "{path}");
    }
}

/// CONSOLE.md: a count keeps its instant, and the page offers to count again. Downloads are counted now.
#[test]
fn a_count_of_stock_is_kept_with_its_instant_and_made_again_when_asked() {
    let console = stocked();
    let reader = console.reader();
    let in_stock = |path: &str| {
        let page = console.page(&reader, path).main();
        let (_, rest) = page.split_once("<dt>In stock</dt><dd class=\"number\">").unwrap();
        (rest.split('<').next().unwrap().to_owned(), page)
    };
    assert_eq!(in_stock("/stock").0, "10");
    let one_more = "device_id,device_type,status,device_manufacturer,device_model,firmware_version,csp_region\n\
        00-DB-55-00-00-00-10-00,CHF,Pending,Sample Hubs,SH-C1,01000000,North\n";
    console.smi.import(Kind::Devices, one_more);
    let (kept, page) = in_stock("/stock?region=North");
    assert_eq!(kept, "4", "judged anew, and not counted");
    assert!(page.contains("As counted at <time datetime=\"2022-01-01T12:00:00.000Z\""), "{page}");
    let again = "/stock?region=North&counted_after=2022%2D01%2D01T12%3A00%3A00%2E000Z";
    assert!(page.contains(&format!("<a href=\"{}\">Count again</a>", again.replace('&', "&#38;"))), "{page}");
    assert_eq!(console.page(&reader, "/stock.csv?region=North").text.lines().count(), 1 + 5);
    assert_eq!(in_stock(again).0, "5");
    assert_eq!(in_stock("/stock").0, "11", "that count is kept now");
    assert_eq!(console.get_as(&reader, "/stock?counted_after=noon").status, 400);
}

/// What others wrote is text: of a model, a band, a location.
#[test]
fn nothing_in_stock_is_markup() {
    let console = stocked();
    let devices = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,\
        pre_notified_by,csp_region,gbcs_version,han_variant\n\
        00-DB-55-00-00-00-10-00,CHF,Pending,<script>,<b>M</b>,<i>1</i>,<f>,90-B3-D5-1F-30-01-00-00,North,<g>,<h>\n";
    console.smi.import(Kind::Devices, devices);
    let stock = "chf_device_id,location_id,pallet,packaging\n00-DB-55-00-00-00-10-00,<u>L</u>,<p>,sealed\n";
    console.smi.import(Kind::Stock, stock);
    let reader = console.reader();
    for path in ["/stock", "/hubs/00-DB-55-00-00-00-10-00"] {
        let page = console.page(&reader, path).text;
        for markup in ["<script>", "<b>M", "<i>1", "<f>", "<g>", "<h>", "<u>L", "<p>,"] {
            assert!(!page.contains(markup), "{path}: {markup}");
        }
        assert!(page.contains("&#60;i&#62;1&#60;/i&#62;"), "{path}");
    }
}
