//! The test bench: the clock and the reset of a test instance, and none anywhere else.

use smi::{
    clock::Clock,
    db::Store,
    domain::instant_text,
    duis::signature::{TrustStore, ValidityCheck},
    service::App,
};

use super::harness::Console;
use crate::support::Smi;

/// A console of an instance without `[test]`.
fn in_earnest() -> Console {
    let mut smi = Smi::new();
    let mut trust = TrustStore::new(ValidityCheck::Enforced);
    trust.load_folder(&smi.folder().join("pki")).unwrap();
    let store = Store::open(smi.url()).unwrap();
    smi.service = App::new(store, trust, Clock::System, smi.service.choices().clone());
    Console::of(smi)
}

fn now(console: &Console) -> String {
    instant_text(console.smi.now().0)
}

#[test]
fn the_clock_is_set_and_moved_on() {
    let console = Console::start();
    let browser = console.operator();
    insta::assert_snapshot!(
        "test_bench",
        console.page(&browser, "/test-bench").main().replace(&browser.form_token, "[token]")
    );
    let send = |fields: &[(&str, &str)]| console.post_as(&browser, "/test-bench/clock", fields);
    let set = send(&[("seen", &now(&console)), ("to", "2026-06-02T10:00:00Z")]);
    assert_eq!((set.status, set.header("location")), (303, "/test-bench?done=clock"), "{}", set.text);
    assert_eq!(now(&console), "2026-06-02T10:00:00.000Z");
    assert_eq!(send(&[("seen", &now(&console)), ("step", "86400")]).status, 303);
    assert_eq!(now(&console), "2026-06-03T10:00:00.000Z");
    let late = send(&[("seen", "2026-06-02T10:00:00.000Z"), ("step", "86400")]);
    assert_eq!(late.status, 409);
    assert!(late.text.contains("somebody else moved it"), "{}", late.text);
    for (fields, reason) in [
        ([("to", "tomorrow"), ("step", "")], "Field `to`"),
        ([("to", ""), ("step", "")], "Field `to`"),
        ([("to", ""), ("step", "1")], "Field `step`"),
    ] {
        let seen = now(&console);
        let refused = send(&[&[("seen", seen.as_str())], &fields[..]].concat());
        assert_eq!(refused.status, 400, "{fields:?}");
        assert!(refused.text.contains(reason), "{}", refused.text);
    }
    assert_eq!(now(&console), "2026-06-03T10:00:00.000Z");
    assert!(console.page(&browser, "/test-bench?done=clock").text.contains("The clock was moved."));
    assert_eq!(console.get_as(&browser, "/test-bench?done=x").status, 400);
}

#[test]
fn a_reset_needs_its_word() {
    let console = Console::start();
    let browser = console.operator();
    let users = || console.page(&browser, "/users").main().contains("There are no Users");
    for word in ["", "Empty", "empty it"] {
        let refused = console.post_as(&browser, "/test-bench/reset", &[("word", word)]);
        assert_eq!(refused.status, 400, "{word}");
        assert!(refused.text.contains("Field `word`"), "{}", refused.text);
    }
    assert!(!users());
    let done = console.post_as(&browser, "/test-bench/reset", &[("word", "empty")]);
    assert_eq!((done.status, done.header("location")), (303, "/test-bench?done=reset"));
    assert!(users());
    assert!(console.page(&browser, "/test-bench?done=reset").text.contains("Every table was emptied."));
}

#[test]
fn a_reader_sees_the_bench_without_forms_and_changes_nothing() {
    let console = Console::start();
    let browser = console.reader();
    let page = console.page(&browser, "/test-bench").text;
    assert_eq!(page.matches("method=\"post\"").count(), 1, "signing out alone: {page}");
    let before = now(&console);
    for (path, fields) in [
        ("/test-bench/clock", vec![("seen", before.as_str()), ("step", "60")]),
        ("/test-bench/reset", vec![("word", "empty")]),
    ] {
        assert_eq!(console.post_as(&browser, path, &fields).status, 403, "{path}");
        let operator = console.operator();
        assert_eq!(console.post_exactly(&operator, path, &fields).status, 403, "without a token: {path}");
        assert_eq!(console.post(path, &fields).status, 401, "without a session: {path}");
    }
    assert_eq!(now(&console), before);
    assert!(!console.page(&browser, "/users").main().contains("There are no Users"));
}

#[test]
fn only_a_test_instance_has_a_bench() {
    let console = Console::start();
    assert!(console.page(&console.reader(), "/").text.contains("href=\"/test-bench\""));
    let console = in_earnest();
    let browser = console.operator();
    assert!(!console.page(&browser, "/").text.contains("/test-bench"));
    assert_eq!(console.get_as(&browser, "/test-bench").status, 404);
    for path in ["/test-bench/clock", "/test-bench/reset"] {
        let refused = console.post_as(&browser, path, &[("word", "empty"), ("step", "60")]);
        assert_eq!(refused.status, 404, "{path}");
    }
    assert!(!console.page(&browser, "/users").main().contains("There are no Users"));
}
