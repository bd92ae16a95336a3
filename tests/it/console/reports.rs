//! The page Reports: what there is, the first lines of one, downloads.

use smi::{service::ReportName, store::Kind};

use super::harness::Console;

#[test]
fn every_report_is_listed_with_what_it_holds() {
    let console = Console::start();
    let page = console.page(&console.reader(), "/reports").main();
    for name in ReportName::all() {
        let line = format!("<a href=\"/reports?name={}\">{name}</a></th><td class=\"text\">", escaped(name));
        assert!(page.contains(&line) && page.contains(name.holds()), "{name}: {page}");
    }
    assert!(page.contains("<td class=\"nowrap\">as at, Party</td>"), "{page}");
}

/// The name as an address has it.
fn escaped(name: ReportName) -> String {
    name.as_str().replace('-', "%2D")
}

#[test]
fn the_first_lines_of_a_report_are_shown_and_all_are_downloaded() {
    let console = Console::start();
    let reader = console.reader();
    let page = console.page(&reader, "/reports?name=estate&party=SUPC").main();
    assert!(page.contains("<h2 id=\"report\">estate</h2>"), "{page}");
    assert!(
        page.contains("4 lines. Download all: <a href=\"/reports.csv?name=estate&#38;party=SUPC\">"),
        "{page}"
    );
    assert!(page.contains("<td class=\"nowrap\">2000000000042</td>"), "{page}");
    let csv = console.page(&reader, "/reports.csv?name=estate&party=SUPC");
    assert_eq!((csv.text.lines().count(), csv.header("content-type")), (5, "text/csv; charset=utf-8"));
    let file = |name: &str| format!("attachment; filename=\"{name}\"");
    assert_eq!(csv.header("content-disposition"), file("estate-SUPC-made-2026-06-01T120000Z.csv"));
    let now = "2026-06-01T12:00:00.000Z";
    assert_eq!((csv.header("x-smi-made-at"), csv.header("x-smi-as-at")), (now, ""));
    let json = console.page(&reader, "/reports.json?name=hubs&as_at=2026-06-01T12:00:00Z");
    assert_eq!(json.header("content-disposition"), file("hubs-as-at-2026-06-01T120000Z.json"));
    assert_eq!(json.header("x-smi-as-at"), now);
    let json = serde_json::from_str::<serde_json::Value>(&json.text).unwrap();
    assert_eq!((&json["report"], &json["as_at"]), (&"hubs".into(), &now.into()));
    let month = console.page(&reader, "/reports?name=changes&month=2026-03").main();
    assert!(month.contains("The London month 2026-03.") && month.contains("success_rate"), "{month}");
    let csv = console.page(&reader, "/reports.csv?name=changes&month=2026-03");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"changes-2026-03.csv\"");
    assert!(csv.text.starts_with("metric,value,target,met,of\n"), "{}", csv.text);
    let past = console.page(&reader, "/reports?name=estate&as_at=2026-06-01T12:00:00Z").main();
    assert!(past.contains("Download it.") && past.contains("/reports.csv?"), "{past}");
}

/// What others wrote is text on the page, and no formula in a file.
#[test]
fn what_others_wrote_is_no_markup_and_no_formula() {
    let console = Console::start();
    let header = "device_id,device_type,status,device_manufacturer,device_model\n";
    let line = "00-DB-12-34-56-78-99-01,ESME,Pending,=1+1,<b>M</b>\n";
    console.smi.import(Kind::Devices, &format!("{header}{line}"));
    let reader = console.reader();
    let page = console.page(&reader, "/reports?name=model").main();
    assert!(!page.contains("<b>M"), "{page}");
    let csv = console.page(&reader, "/reports.csv?name=model").text;
    assert!(csv.contains(",'=1+1,<b>M</b>,"), "{csv}");
}

#[test]
fn what_a_report_does_not_have_is_refused_by_name() {
    let console = Console::start();
    let reader = console.reader();
    for (bad, reason) in [
        ("?name=colour", "`colour` is not a report"),
        ("?name=hubs&month=2026-03", "Parameter `month`: hubs takes none; it is asked of "),
        ("?name=changes&party=SUPA", "Parameter `party`: changes is about a month"),
        ("?name=hubs&as_at=yesterday", "Parameter `as_at`"),
        ("?name=hubs&as_at=2099-01-01", "Parameter `as_at`: `2099-01-01T00:00:00.000Z` is still to come"),
        ("?name=estate&party=NOBODY", "Parameter `party`: `NOBODY` is not the Party of any User"),
        ("?name=estate&party=supa", "`supa` is not the Party of any User; `SUPA` is"),
        ("?name=changes&month=2026-13", "Parameter `month`"),
        ("?colour=red", "Parameter `colour`"),
    ] {
        let reply = console.get_as(&reader, &format!("/reports{bad}"));
        assert!(reply.status == 400 && reply.text.contains(reason), "{bad}: {}", reply.text);
        let reply = console.get_as(&reader, &format!("/reports.csv{bad}"));
        assert!(reply.status == 400 && reply.text.contains(reason), "{bad}: {}", reply.text);
    }
    assert_eq!(console.get_as(&reader, "/reports.json").status, 400);
}

/// An empty report of an instant that nothing is known of says so.
#[test]
fn an_instant_before_the_history_began_is_told() {
    let console = Console::start();
    let reader = console.reader();
    let told = "Nothing is known before 2026-06-01T12:00:00.000Z, when the history of this inventory began.";
    for report in ["status", "estate"] {
        let page = console.page(&reader, &format!("/reports?name={report}&as_at=2020-01-01")).main();
        assert!(page.contains(told), "{page}");
        let csv = console.page(&reader, &format!("/reports.csv?name={report}&as_at=2020-01-01"));
        assert_eq!(csv.header("x-smi-unknown-before"), "2026-06-01T12:00:00.000Z");
        assert_eq!(csv.text.lines().count(), 1);
    }
}
