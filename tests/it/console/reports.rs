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
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"estate.csv\"");
    let json = console.page(&reader, "/reports.json?name=hubs&as_at=2026-06-02").text;
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!((&json["report"], &json["as_at"]), (&"hubs".into(), &"2026-06-02T00:00:00.000Z".into()));
    let month = console.page(&reader, "/reports?name=changes&month=2026-03").main();
    assert!(month.contains("The London month 2026-03.") && month.contains("success_rate"), "{month}");
    let csv = console.page(&reader, "/reports.csv?name=changes&month=2026-03");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"changes-2026-03.csv\"");
    assert!(csv.text.starts_with("metric,value,target,met,of\n"), "{}", csv.text);
    let past = console.page(&reader, "/reports?name=estate&as_at=2026-06-02").main();
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
