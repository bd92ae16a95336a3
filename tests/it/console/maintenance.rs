//! Planned maintenance on the console: months with their nights, windows, what may be done with them, what is in force (SERVICE.md 1).

use smi::store::Kind;

use super::harness::{Browser, Console, Reply};
use crate::support::Smi;

fn console() -> Console {
    let console = Console::filled(Smi::choosing(Console::choices()));
    console.smi.move_to("2026-02-02T10:00:00Z");
    console
}

/// CHG-1001 of SERVICE.md 5.3, as a planner fills it in; `with` goes before.
fn filled<'a>(with: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let window = [
        ("reference", "CHG-1001"),
        ("title", "DSP release 12.1"),
        ("services", "User to hub messages"),
        ("disruption", "certain"),
        ("aspects", "communications"),
        ("aspects", "consumer_affecting"),
        ("hubs_affected", "1200000"),
        ("hubs_basis", "all hubs"),
        ("providers", "DSP"),
        ("starts_at", "2026-03-18T20:00"),
        ("ends_at", "2026-03-19T02:00"),
        ("risk_to_return", "none"),
        ("stops", "requests"),
        ("stops", "deliveries"),
    ];
    with.iter().copied().chain(window).collect()
}

fn save(console: &Console, browser: &Browser, with: &[(&str, &str)]) -> Reply {
    console.post_as(browser, "/maintenance/new/save", &filled(with))
}

fn act(console: &Console, browser: &Browser, what: &str, fields: &[(&str, &str)]) -> Reply {
    console.post_as(browser, &format!("/maintenance/windows/{what}"), fields)
}

/// The mark of a window that the form of its change has.
fn seen(console: &Console, browser: &Browser, reference: &str) -> String {
    console.page(browser, &format!("/maintenance/windows/{reference}/edit")).hidden("seen").unwrap()
}

fn masked(browser: &Browser, page: &str) -> String {
    page.replace(&browser.form_token, "[token]")
}

/// MP092-R14, R16, PM/a, PM/c, PM/s: a month is planned, refused, mended and published, and the next revision says what changed.
#[test]
fn a_planner_writes_a_window_and_publishes_the_month() {
    let console = console();
    let planner = console.operator();
    let empty = console.page(&planner, "/maintenance?month=2026-03").main();
    assert!(empty.contains("Nothing is planned in March 2026."), "{empty}");
    assert_eq!(save(&console, &planner, &[]).header("location"), "/maintenance/windows/CHG-1001");
    console.smi.import(
        Kind::Maintenance,
        "reference,title,starts_at,ends_at,disruption\nLOW-1,Racks,2026-03-25T22:00,2026-03-26T00:30,certain\n",
    );
    let refused =
        console.post_as(&planner, "/maintenance/publish", &[("month", "2026-03"), ("note", "the first")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("LOW-1: missing: services, risk_to_return"), "{}", refused.text);
    assert!(refused.text.contains("the first</textarea>"), "{}", refused.text);
    let mended =
        [("title", "Racks"), ("services", "SSI"), ("risk_to_return", "none"), ("disruption", "certain")];
    let times = [("starts_at", "2026-03-25T22:00"), ("ends_at", "2026-03-26T00:30:00Z")];
    let seen = seen(&console, &planner, "LOW-1");
    let change =
        act(&console, &planner, "LOW-1/save", &[&mended[..], &times[..], &[("seen", &seen)]].concat());
    assert_eq!(change.status, 303, "{}", change.text);
    let published = console.post_as(&planner, "/maintenance/publish", &[("month", "2026-03")]);
    assert_eq!(published.header("location"), "/maintenance?month=2026-03", "{}", published.text);
    let month = console.page(&planner, "/maintenance?month=2026-03").main();
    insta::assert_snapshot!("maintenance_month", masked(&planner, &month));
    let again = console.post_as(&planner, "/maintenance/publish", &[("month", "2026-03")]);
    assert_eq!(again.status, 409, "{}", again.text);
    assert_eq!(act(&console, &planner, "LOW-1/withdraw", &[("reason", "<b>no</b> racks")]).status, 303);
    assert_eq!(console.post_as(&planner, "/maintenance/publish", &[("month", "2026-03")]).status, 303);
    let month = console.page(&planner, "/maintenance?month=2026-03").main();
    assert!(month.contains("LOW-1 taken back") && month.contains("CHG-1001 added"), "{month}");
    let window = console.page(&planner, "/maintenance/windows/LOW-1").main();
    insta::assert_snapshot!("maintenance_withdrawn", masked(&planner, &window));
    let months = console.page(&planner, "/maintenance/months").main();
    assert!(months.contains("<a href=\"/maintenance?month=2026-03\">March 2026</a>"), "{months}");
    assert_eq!(months.matches("<th scope=\"row\"").count(), 18);
    let acts = console.page(&planner, "/acts?area=maintenance").main();
    assert!(acts.contains("<a href=\"/maintenance/windows/LOW-1\">LOW-1</a>"), "{acts}");
    assert!(acts.contains("<a href=\"/maintenance?month=2026-03\">2026-03</a>"), "{acts}");
}

/// SERVICE.md 6: the form says what is wrong in the words of the field, and keeps what was written.
#[test]
fn what_cannot_be_a_window_is_told_and_kept() {
    let console = console();
    let planner = console.operator();
    for (name, value, told) in [
        ("starts_at", "2026-03-29T01:30", "does not exist in London: 2026-03-29T00:59:00Z is 00:59"),
        ("starts_at", "2026-10-25T01:30", "happens twice: 2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z"),
        ("ends_at", "2026-03-18T19:00", "ends_at"),
        ("hubs_affected", "-1", "hubs_affected"),
        ("reference", "a b", "Reference: `a b` is not a reference"),
    ] {
        let refused = save(&console, &planner, &[(name, value)]);
        assert_eq!(refused.status, 400, "{value}: {}", refused.text);
        let text = refused.text.replace("&#34;", "\"");
        assert!(text.contains(told), "{value}: {text}");
        assert!(text.contains(&format!("value=\"{value}\"")), "{value}: {text}");
        assert!(text.contains("value=\"communications\" checked"), "{text}");
    }
    assert_eq!(save(&console, &planner, &[]).status, 303);
    let twice = save(&console, &planner, &[]);
    assert_eq!(twice.status, 409);
    assert!(twice.text.contains("there is a window CHG-1001 already"), "{}", twice.text);
    let edit = console.page(&planner, "/maintenance/windows/CHG-1001/edit").main();
    insta::assert_snapshot!("maintenance_edit", masked(&planner, &edit));
    for path in ["/maintenance?month=2026-13", "/maintenance?year=2026"] {
        assert_eq!(console.get_as(&planner, path).status, 400, "{path}");
    }
    for path in ["/maintenance/windows/CHG-1002", "/maintenance/windows/CHG-1002/edit"] {
        assert_eq!(console.get_as(&planner, path).status, 404, "{path}");
    }
}

/// MP092-R21 to R23, R31, PM/t to PM/x: what is not planned is announced, extended while it runs, closed, and cases are settled.
#[test]
fn an_emergency_goes_its_way_by_the_forms_of_its_page() {
    let console = console();
    let desk = console.operator();
    let with = [
        ("reference", "EMG-1"),
        ("kind", "emergency"),
        ("starts_at", "2026-02-02T09:00"),
        ("ends_at", "2026-02-02T11:00"),
    ];
    assert_eq!(save(&console, &desk, &with).status, 303);
    let early = act(&console, &desk, "EMG-1/close", &[("disrupted", "no")]);
    assert_eq!(early.status, 409, "{}", early.text);
    let announced =
        act(&console, &desk, "EMG-1/announce", &[("aware_at", "2026-02-02T09:15"), ("not_rdp", "yes")]);
    assert_eq!(announced.status, 303, "{}", announced.text);
    let now = console.page(&desk, "/maintenance/now").main();
    insta::assert_snapshot!("maintenance_now", now);
    let back = act(&console, &desk, "EMG-1/extend", &[("ends_at", "2026-02-02T09:59"), ("note", "sooner")]);
    assert_eq!(back.status, 422, "{}", back.text);
    assert!(back.text.contains("value=\"2026-02-02T09:59\""), "{}", back.text);
    let no_note = act(&console, &desk, "EMG-1/extend", &[("ends_at", "2026-02-02T12:00")]);
    assert!(no_note.text.contains("Note: missing"), "{}", no_note.text);
    assert_eq!(
        act(&console, &desk, "EMG-1/extend", &[("ends_at", "2026-02-02T12:00"), ("note", "a disk")]).status,
        303
    );
    let no_reasons = act(&console, &desk, "EMG-1/cases", &[("kind", "panel_request"), ("party", "Panel")]);
    assert_eq!(no_reasons.status, 422, "{}", no_reasons.text);
    assert_eq!(act(&console, &desk, "EMG-1/cases", &[("kind", "challenge"), ("party", "Alder")]).status, 303);
    let no_outcome = console.post_as(&desk, "/maintenance/cases/1/close", &[("reason", "seen")]);
    assert_eq!(no_outcome.status, 422, "{}", no_outcome.text);
    let closed =
        console.post_as(&desk, "/maintenance/cases/1/close", &[("outcome", "kept"), ("reason", "seen")]);
    assert_eq!(closed.header("location"), "/maintenance/windows/EMG-1", "{}", closed.text);
    console.smi.move_to("2026-02-02T13:00:00Z");
    let fields = [("actual_end", "2026-02-02T12:30"), ("disrupted", "yes")];
    assert_eq!(act(&console, &desk, "EMG-1/close", &fields).status, 303);
    let window = console.page(&desk, "/maintenance/windows/EMG-1").main();
    insta::assert_snapshot!("maintenance_emergency", masked(&desk, &window));
    assert_eq!(console.post_as(&desk, "/maintenance/cases/9/close", &[]).status, 404);
}

/// PM/r: what goes out on the day of a High window is worth a warning, and refuses nothing.
#[test]
fn pm_r_images_agreed_for_the_day_of_a_high_window_are_told() {
    let console = console();
    let planner = console.operator();
    console.smi.import(Kind::Firmware, include_str!("../../../fixtures/firmware/firmware.csv"));
    let image = "A".repeat(64);
    let ask = [
        ("user", "90-B3-D5-1F-30-01-00-00"),
        ("firmware_hash", image.as_str()),
        ("images", "600"),
        ("batches", "2026-03-18,600"),
    ];
    assert_eq!(console.post_as(&planner, "/firmware/schedules/new/send", &ask).status, 303);
    let agreed = console.post_as(&planner, "/firmware/schedules/1/agree", &[("reason", "as asked")]);
    assert_eq!(agreed.status, 303, "{}", agreed.text);
    assert_eq!(save(&console, &planner, &[]).status, 303);
    let month = console.page(&planner, "/maintenance?month=2026-03").main();
    assert!(month.contains("600 firmware images are agreed for 2026-03-18"), "{month}");
    assert!(month.contains("can be published"), "{month}");
}

#[test]
fn a_reader_sees_windows_and_changes_none() {
    let console = console();
    let (planner, reader) = (console.operator(), console.reader());
    assert_eq!(save(&console, &planner, &[]).status, 303);
    for path in ["/maintenance?month=2026-03", "/maintenance/windows/CHG-1001", "/maintenance/new"] {
        let page = console.page(&reader, path).main();
        assert!(!page.contains("method=\"post\""), "{path}: {page}");
    }
    assert_eq!(save(&console, &reader, &[]).status, 403);
    assert_eq!(console.post_as(&reader, "/maintenance/publish", &[("month", "2026-03")]).status, 403);
    assert_eq!(act(&console, &reader, "CHG-1001/withdraw", &[("reason", "no")]).status, 403);
}

/// Two planners who have the same form open do not write over each other unseen.
#[test]
fn of_two_planners_who_save_the_second_is_told_of_the_first() {
    let console = console();
    let (one, other) = (console.operator(), console.operator());
    assert_eq!(save(&console, &one, &[]).status, 303);
    let mark = seen(&console, &one, "CHG-1001");
    let changed = |browser: &Browser, title: &str, seen: &str| {
        let fields = filled(&[("title", title), ("seen", seen)]);
        act(&console, browser, "CHG-1001/save", &fields)
    };
    assert_eq!(changed(&one, "The first", &mark).status, 303);
    let refused = changed(&other, "The second", &mark);
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("CHG-1001 was changed since the form was opened"), "{}", refused.text);
    assert!(refused.text.contains("value=\"The second\""), "what was written is kept: {}", refused.text);
    let title = || console.page(&other, "/maintenance/windows/CHG-1001").main();
    assert!(title().contains("The first"), "{}", title());
    let newest = refused.hidden("seen").unwrap();
    assert_ne!(newest, mark);
    assert_eq!(changed(&other, "", "").status, 409, "a form without a mark is not taken");
    assert_eq!(changed(&other, "The second", &newest).status, 303, "who was told may write over it");
    assert!(title().contains("The second"), "{}", title());
    // A form that cannot be read keeps its mark: what others save meanwhile is not written over by mending it.
    let now = seen(&console, &one, "CHG-1001");
    let fields = filled(&[("hubs_affected", "-1"), ("seen", now.as_str())]);
    let bad = act(&console, &one, "CHG-1001/save", &fields);
    assert_eq!((bad.status, bad.hidden("seen").as_ref()), (400, Some(&now)), "{}", bad.text);
}

/// PM/s, SERVICE.md 1: each revision says what it changed, also of windows that stand in another month now.
#[test]
fn a_revision_shows_windows_that_moved() {
    let console = console();
    let planner = console.operator();
    assert_eq!(save(&console, &planner, &[]).status, 303);
    let publish = |month: &str| {
        let published = console.post_as(&planner, "/maintenance/publish", &[("month", month)]);
        assert_eq!(published.status, 303, "{}", published.text);
    };
    publish("2026-03");
    let mark = seen(&console, &planner, "CHG-1001");
    let moved = [("starts_at", "2026-04-22T20:00"), ("ends_at", "2026-04-23T02:00"), ("seen", &mark)];
    assert_eq!(act(&console, &planner, "CHG-1001/save", &filled(&moved)).status, 303);
    let month = |month: &str| console.page(&planner, &format!("/maintenance?month={month}")).main();
    let shown = month("2026-03");
    assert!(shown.contains("CHG-1001 added") && !shown.contains("nothing is planned"), "{shown}");
    publish("2026-03");
    let shown = month("2026-03");
    assert!(shown.contains("CHG-1001 added") && shown.contains("CHG-1001 taken back"), "{shown}");
    publish("2026-04");
    assert!(month("2026-04").contains("CHG-1001 added"), "{}", month("2026-04"));
}

/// MP092-R26, SERVICE.md 1: the page of a window has the changes that are made in it, and its own notices.
#[test]
fn mp092_r26_a_window_shows_its_changes_and_its_own_notices() {
    let console = console();
    let planner = console.operator();
    assert_eq!(save(&console, &planner, &[("reference", "2026-03")]).status, 303);
    let none = console.page(&planner, "/maintenance/windows/2026-03").main();
    assert!(!none.contains("Changes made in it"), "{none}");
    console.smi.import(
        Kind::Changes,
        "change_id,title,provider,reference,outcome\nC-1,New <disks>,DSP,2026-03,success\nC-2,Other,DCO,X,\n",
    );
    console.post_as(&planner, "/maintenance/publish", &[("month", "2026-03")]);
    let window = console.page(&planner, "/maintenance/windows/2026-03").main();
    assert!(
        window.contains("C-1") && window.contains("New &#60;disks&#62;") && window.contains("success"),
        "{window}"
    );
    assert!(!window.contains("C-2"), "{window}");
    assert!(
        !window.contains("Planned maintenance in 2026-03"),
        "the notice of the month is not its own: {window}"
    );
}

/// PM/x: of two cases the one that was sent and not taken is open with what was filled in, and the other is not.
#[test]
fn pm_x_only_the_form_that_was_sent_is_filled_in_again() {
    let console = console();
    let desk = console.operator();
    assert_eq!(save(&console, &desk, &[("providers", "DCO")]).status, 303);
    assert_eq!(act(&console, &desk, "CHG-1001/withdraw", &[("reason", "no staff")]).status, 303);
    let refused = console.post_as(&desk, "/maintenance/cases/1/close", &[("outcome", "replaced")]);
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!(refused.text.matches("action=\"/maintenance/cases/").count(), 2, "{}", refused.text);
    for once in ["<option value=\"replaced\" selected>", "<details class=\"filters act\" open>"] {
        assert_eq!(refused.text.matches(once).count(), 1, "{once}: {}", refused.text);
    }
}
