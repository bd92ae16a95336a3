//! The pages of the test bench: faults on purpose, the journal, and states.

use smi::{
    domain::{Body, InventoryChange, ReadInventory, UpdateInventory},
    store::Kind,
    web::server_thread::ServerThread,
};

use super::harness::{Browser, Console};
use crate::support::{METER, SUPPLIER, Smi, agent, duis};

/// Every form of the test bench, with fields that would be taken.
const FORMS: [(&str, &[(&str, &str)]); 7] = [
    ("/faults/add", &[("id", "f"), ("do", "truncate")]),
    ("/faults/remove", &[("id", "f")]),
    ("/faults/remove-all", &[]),
    ("/journal/all/clear", &[]),
    ("/states/keep", &[("name", "a")]),
    ("/states/restore", &[("name", "a")]),
    ("/states/delete", &[("name", "a")]),
];
/// Its pages beside that of the clock.
const PAGES: [&str; 4] = ["/faults", "/journal", "/journal/1", "/states"];

fn duis(console: &Console) -> ServerThread {
    duis::listen(&console.smi, 100_000, 4)
}

/// Sends a request over HTTP; the status and the body of its answer.
fn send(console: &Console, duis: &ServerThread, body: Body) -> (u16, String) {
    let message = console.smi.signed(&console.smi.request(SUPPLIER, body));
    let request = ureq::http::Request::post(format!("http://{}/api/v1/serviceD", duis.address()));
    let request = request.header("content-type", "application/xml").body(message).unwrap();
    let mut reply = agent().run(request).unwrap();
    (reply.status().as_u16(), reply.body_mut().read_to_string().unwrap())
}

fn read() -> Body {
    Body::ReadInventory(ReadInventory::DeviceId(METER))
}

/// A page without what changes from run to run.
fn main(console: &Console, browser: &Browser, path: &str) -> String {
    console.page(browser, path).main().replace(&browser.form_token, "[token]")
}

/// HARNESS.md 5: a fault is added, acts, is seen in the journal, and is removed.
#[test]
fn a_fault_is_added_acts_and_is_removed() {
    let console = Console::start();
    let (browser, duis) = (console.operator(), duis(&console));
    let fields = [
        ("id", "busy"),
        ("do", "status"),
        ("value", "503"),
        ("retry_after", "2"),
        ("variant", "8.2"),
        ("user", SUPPLIER.to_string().as_str()),
        ("percent", "100"),
        ("times", "1"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let fields = fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    let added = console.post_as(&browser, "/faults/add", &fields);
    assert_eq!((added.status, added.header("location")), (303, "/faults"), "{}", added.text);
    assert_eq!(
        console.post_as(&browser, "/faults/add", &[("id", "b"), ("do", "truncate"), ("nth", "9")]).status,
        303
    );
    assert_eq!(send(&console, &duis, read()).0, 503);
    assert_eq!(send(&console, &duis, read()).0, 200);
    insta::assert_snapshot!("faults", main(&console, &browser, "/faults"));
    let journal = console.page(&browser, "/journal?fault=busy").text;
    assert!(
        journal.contains("1 message, the newest first.") && journal.contains("<a href=\"/journal/1\">"),
        "{journal}"
    );
    let removed = console.post_as(&browser, "/faults/remove", &[("id", "busy")]);
    assert_eq!((removed.status, removed.header("location")), (303, "/faults"));
    let again = console.post_as(&browser, "/faults/remove", &[("id", "busy")]);
    assert!(again.status == 409 && again.text.contains("there is no fault `busy`"), "{}", again.text);
    assert_eq!(console.post_as(&browser, "/faults/remove-all", &[]).status, 303);
    assert!(console.page(&browser, "/faults").text.contains("No fault stands"));
    let acts = console.page(&browser, "/acts?area=test").text;
    for told in ["fault busy", "fault b"] {
        assert!(acts.contains(told), "{told}: {acts}");
    }
}

#[test]
fn a_fault_that_cannot_stand_is_refused_and_what_was_typed_stays() {
    let console = Console::start();
    let browser = console.operator();
    for (fields, reason) in [
        (vec![("id", "a/b"), ("do", "truncate")], "Id: an id is 1 to 64 letters"),
        (vec![("id", "kept"), ("do", "explode")], "What it does: `explode` is not a fault"),
        (vec![("id", "kept"), ("do", "status")], "What it does: `status` needs a value"),
        (vec![("id", "kept"), ("do", "status"), ("value", "200")], "`200` is not a number from 400 to 599"),
        (vec![("id", "kept"), ("do", "truncate"), ("value", "1")], "`truncate` has no value"),
        (vec![("id", "kept"), ("do", "code"), ("value", "I0")], "says that all is well"),
        (vec![("id", "kept"), ("do", "truncate"), ("percent", "101")], "Percent: `101` is not from 0 to 100"),
        (vec![("id", "kept"), ("do", "truncate"), ("nth", "some")], "Fault: "),
        (vec![("id", "kept"), ("do", "truncate"), ("user", "90")], "User: `90` is not an EUI-64"),
        (vec![("id", "kept"), ("do", "truncate"), ("variant", "8.14")], "Variant: `8.14`"),
    ] {
        let refused = console.post_as(&browser, "/faults/add", &fields);
        let text = refused.text.replace("&#96;", "`");
        assert_eq!(refused.status, 400, "{fields:?}: {text}");
        assert!(text.contains("Nothing was changed.") && text.contains(reason), "{reason}: {text}");
        let id = fields[0].1;
        assert!(text.contains(&format!("id=\"id\" name=\"id\" class=\"id\" value=\"{id}\"")), "{text}");
    }
    assert!(console.page(&browser, "/faults").text.contains("No fault stands"));
    let fields = [("id", "one"), ("do", "truncate")];
    assert_eq!(console.post_as(&browser, "/faults/add", &fields).status, 303);
    let taken = console.post_as(&browser, "/faults/add", &fields);
    assert!(taken.status == 409 && taken.text.contains("is the id of another fault"), "{}", taken.text);
}

/// HARNESS.md 6: request and answer are laid out, and two messages compared.
#[test]
fn the_journal_shows_messages_and_how_two_differ() {
    let console = Console::start();
    let (browser, duis) = (console.operator(), duis(&console));
    let gone = Body::UpdateInventory(UpdateInventory { device_id: METER, change: InventoryChange::Delete });
    for body in [read(), gone, read()] {
        assert_eq!(send(&console, &duis, body).0, 200);
    }
    let newest = console.page(&browser, "/journal").text;
    assert!(newest.contains("3 messages, the newest first."), "{newest}");
    let page = console.page(&browser, "/journal/3").text;
    for part in
        ["<h2 id=\"request\">Request</h2>", "<h2 id=\"answer\">Answer</h2>", "8.2 ", "application/xml"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("href=\"/journal/3?with=1\""), "the one before of its Service Request: {page}");
    assert_eq!(page.matches("<pre class=\"xml\">").count(), 2, "{page}");
    let differing = |path: &str| {
        let page = console.page(&browser, path).text;
        let lines = page.split("<code class=\"line\">").skip(1);
        lines.map(|line| line.split("</code>").next().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let reads = differing("/journal/3?with=1");
    assert!(reads.contains("RequestID") && !reads.contains("ServiceReferenceVariant"), "{reads}");
    let others = differing("/journal/2?with=1");
    assert!(others.contains("ServiceReferenceVariant") && others.contains("UpdateInventory"), "{others}");
    let same = console.page(&browser, "/journal/3?with=3").text;
    assert_eq!(same.matches("No line of it differs from message 3").count(), 2, "{same}");
    for path in ["/journal/9", "/journal/x", "/journal/3?with=9"] {
        assert_eq!(console.get_as(&browser, path).status, 404, "{path}");
    }
    for path in ["/journal/3?with=x", "/journal?kind=x", "/journal?request_id=1", "/journal?before=x"] {
        assert_eq!(console.get_as(&browser, path).status, 400, "{path}");
    }
    assert!(console.page(&browser, "/journal?kind=delivery").text.contains("No message fits these filters."));
    assert_eq!(console.post_as(&browser, "/journal/all/clear", &[]).status, 303);
    assert!(console.page(&browser, "/journal").text.contains("No message came yet"));
}

/// HARNESS.md 6: a state is kept, restored and deleted; who did it stays signed in.
#[test]
fn a_state_is_kept_restored_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::keeping(folder.path());
    let browser = console.operator();
    assert!(console.page(&browser, "/states").text.contains("No state is kept."));
    let send = |path: &str, name: &str| {
        let reply = console.post_as(&browser, path, &[("name", name)]);
        (reply.status, reply.header("location").to_owned() + &reply.text)
    };
    assert_eq!(send("/states/keep", "before"), (303, "/states?done=kept".to_owned()));
    let users = console.smi.exported(Kind::Users);
    let later = [("seen", "2026-06-01T12:00:00.000Z"), ("to", "2027-01-01T00:00:00Z")];
    assert_eq!(console.post_as(&browser, "/test-bench/clock", &later).status, 303);
    assert_eq!(console.post_as(&browser, "/test-bench/reset", &[("word", "empty")]).status, 303);
    assert_ne!(console.smi.exported(Kind::Users), users);
    assert_eq!(send("/states/restore", "before"), (303, "/states?done=restored".to_owned()));
    assert_eq!(console.smi.exported(Kind::Users), users);
    let page = main(&console, &browser, "/states?done=restored");
    assert!(page.contains("The state was restored") && page.contains("1 Jun 2026, 13:00:00 BST"), "{page}");
    for (name, status, reason) in [
        ("a/b", 400, "is not a state"),
        ("", 400, "is not a state"),
        ("gone", 404, "There is no state `gone`."),
    ] {
        let (found, text) = send("/states/restore", name);
        assert!(
            found == status && text.replace("&#96;", "`").replace("&#39;", "'").contains(reason),
            "{name}: {found} {text}"
        );
    }
    assert_eq!(send("/states/delete", "before"), (303, "/states?done=deleted".to_owned()));
    assert!(console.page(&browser, "/states?done=deleted").text.contains("No state is kept."));
    assert_eq!(console.get_as(&browser, "/states?done=x").status, 400);
}

#[test]
fn without_a_folder_there_are_no_states() {
    let console = Console::start();
    let browser = console.operator();
    assert!(console.page(&browser, "/states").text.contains("<code>[test] states_dir</code> is not set"));
    for (path, fields) in &FORMS[4..] {
        assert_eq!(console.post_as(&browser, path, fields).status, 404, "{path}");
    }
}

#[test]
fn a_reader_sees_the_bench_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::keeping(folder.path());
    send(&console, &duis(&console), read());
    let browser = console.reader();
    for path in PAGES {
        let page = console.page(&browser, path).text;
        assert_eq!(page.matches("method=\"post\"").count(), 1, "signing out alone: {path}: {page}");
    }
    for (path, fields) in FORMS {
        assert_eq!(console.post_as(&browser, path, fields).status, 403, "{path}");
        let operator = console.operator();
        assert_eq!(console.post_exactly(&operator, path, fields).status, 403, "without a token: {path}");
        assert_eq!(console.post(path, fields).status, 401, "without a session: {path}");
    }
    assert!(console.page(&browser, "/faults").text.contains("No fault stands"));
    assert!(console.page(&browser, "/states").text.contains("No state is kept."));
    assert!(console.page(&browser, "/journal").text.contains("1 message"));
}

/// HARNESS.md: nothing of it can be switched on in a service without `[test]`.
#[test]
fn without_test_there_is_no_page_of_the_bench() {
    let console = Console::filled(Smi::choosing(smi::service::Choices { test: None, ..Console::choices() }));
    let browser = console.operator();
    assert!(!console.page(&browser, "/").text.contains("/test-bench"));
    for path in PAGES.into_iter().chain(["/test-bench"]) {
        assert_eq!(console.get_as(&browser, path).status, 404, "{path}");
    }
    for (path, fields) in FORMS {
        assert_eq!(console.post_as(&browser, path, fields).status, 404, "{path}");
    }
}
