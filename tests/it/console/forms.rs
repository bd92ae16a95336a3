//! Forms: who may send one, and what becomes of one whose session had ended.

use smi::{
    db::{Connection, StoreFault},
    domain::Now,
    store::{self, MessageKind, NewMessage},
};

use super::harness::{Browser, Console, PASSWORD, TOKEN};
use crate::support::{METER, SUPPLIER};

/// A message that its User refused three times.
fn parked(console: &Console) -> String {
    let now: Now = console.smi.now();
    let enqueue = move |connection: &mut Connection| {
        let message = NewMessage {
            user: SUPPLIER,
            device: Some(METER),
            request_id: None,
            kind: MessageKind::Alert,
            message: b"<a>1</a>",
        };
        store::enqueue_message(connection, message, now)?;
        for _ in 0..3 {
            store::mark_message_refused(connection, 1, "HTTP 400", now.0, now)?;
        }
        Ok(())
    };
    console.smi.service.store().transact::<_, StoreFault, _>(enqueue).unwrap();
    "/outbox/1/retry".to_owned()
}

/// Another operator.
fn olive(console: &Console) -> Browser {
    console.browser_of(&console.post("/sign-in", &[("name", "olive"), ("password", PASSWORD)]))
}

fn is_parked(console: &Console, browser: &Browser) -> bool {
    console.page(browser, "/outbox/1").text.contains(">parked</span>")
}

#[test]
fn an_operator_sends_a_parked_message_again() {
    let console = Console::start();
    let path = parked(&console);
    let browser = console.operator();
    assert!(is_parked(&console, &browser));
    let sent = console.post_as(&browser, &path, &[]);
    assert_eq!((sent.status, sent.header("location")), (303, "/outbox/1"), "{}", sent.text);
    assert!(!is_parked(&console, &browser));
    let again = console.post_as(&browser, &path, &[]);
    assert_eq!(again.status, 409);
    let told =
        "Message 1 cannot be sent again: it waits already: Olga sent it again at 1 Jun 2026, 13:00:00 BST.";
    assert!(again.text.contains(told), "{}", again.text);
    assert_eq!(console.post_as(&browser, "/outbox/7/retry", &[]).status, 404);
    assert_eq!(console.post_as(&browser, "/outbox/x/retry", &[]).status, 404);
    assert_eq!(console.get_as(&browser, &path).status, 405);
}

#[test]
fn an_operator_gives_a_message_up_and_the_next_one_is_told() {
    let console = Console::start();
    parked(&console);
    let (browser, path) = (console.operator(), "/outbox/1/give-up");
    for (reason, told) in
        [("", "The reason: "), ("  ", "The reason: "), (&*"x".repeat(501), "1 to 500 characters")]
    {
        let refused = console.post_as(&browser, path, &[("reason", reason)]);
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains(told), "{}", refused.text);
    }
    assert!(is_parked(&console, &browser));
    let given_up = console.post_as(&browser, path, &[("reason", "its User has <left>\r\nfor good")]);
    assert_eq!((given_up.status, given_up.header("location")), (303, "/outbox/1"), "{}", given_up.text);
    let page = console.page(&browser, "/outbox/1");
    assert_eq!(page.text.matches("method=\"post\"").count(), 1, "nothing can be done any more");
    insta::assert_snapshot!("given_up", page.main());
    let other = console.post_as(&olive(&console), path, &[("reason", "mine")]);
    assert_eq!(other.status, 409);
    let told = "Message 1 cannot be given up: Olga gave it up at 1 Jun 2026, 13:00:00 BST: its User has &#60;left&#62;";
    assert!(other.text.contains(told), "{}", other.text);
    let retried = console.post_as(&browser, "/outbox/1/retry", &[]);
    assert!(retried.status == 409 && retried.text.contains("cannot be sent again: Olga gave it up"));
    let csv = console.page(&browser, "/outbox.csv?state=given-up").text;
    assert!(
        csv.contains(",HTTP 400,2026-06-01T12:00:00.000Z,Olga,\"its User has <left>\nfor good\"\n"),
        "{csv}"
    );
    assert!(console.page(&browser, "/outbox?state=parked").text.contains("No message is parked."));
}

#[test]
fn a_reader_sees_no_form_and_is_refused_if_one_is_sent() {
    let console = Console::start();
    let path = parked(&console);
    let reader = console.reader();
    let page = console.page(&reader, "/outbox/1");
    assert_eq!(page.text.matches("method=\"post\"").count(), 1, "signing out alone");
    assert!(page.text.contains("action=\"/sign-out\" method=\"post\""));
    assert_eq!(console.post_as(&reader, "/outbox/1/give-up", &[("reason", "mine")]).status, 403);
    let refused = console.post_as(&reader, &path, &[]);
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("You are signed in as a reader"));
    assert!(is_parked(&console, &reader));
    assert_eq!(console.post_as(&reader, "/sign-out", &[]).status, 303);
}

#[test]
fn a_form_without_the_sessions_token_or_of_another_site_is_refused() {
    let console = Console::start();
    let path = parked(&console);
    let (browser, other) = (console.operator(), console.operator());
    for fields in [
        vec![],
        vec![("form_token", "")],
        vec![("form_token", other.form_token.as_str())],
        vec![("form_token", "guess"), ("form_token", browser.form_token.as_str())],
    ] {
        assert_eq!(console.post_exactly(&browser, &path, &fields).status, 403, "{fields:?}");
    }
    let body = format!("form_token={}", browser.form_token);
    let form = ("content-type", "application/x-www-form-urlencoded");
    let cookie = ("cookie", browser.cookie.as_str());
    for foreign in [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        assert_eq!(console.call("POST", &path, &[form, cookie, foreign], &body).status, 403, "{foreign:?}");
        let sign_in = format!("name=Eve&token={TOKEN}");
        assert_eq!(console.call("POST", "/sign-in", &[form, foreign], &sign_in).status, 403, "{foreign:?}");
    }
    let json = ("content-type", "application/json");
    assert_eq!(console.call("POST", &path, &[json, cookie], "{}").status, 415);
    assert_eq!(console.call("POST", &path, &[form, cookie], &"x".repeat(70_000)).status, 413);
    assert_eq!(console.call("DELETE", "/outbox/1", &[form, cookie], &body).status, 405);
    assert!(is_parked(&console, &browser));
}

#[test]
fn a_form_whose_session_had_ended_is_kept_and_sent_again() {
    let console = Console::start();
    let path = parked(&console);
    let browser = console.operator();
    console.smi.move_to("2026-06-02T12:00:00Z");
    let fields = [("reason", "a \"quoted\" <b>reason</b>"), ("note", "")];
    let asked = console.post_as(&browser, &path, &fields);
    assert_eq!(asked.status, 401);
    assert!(asked.text.contains("what you filled in is kept"));
    assert_eq!(asked.hidden("to").unwrap(), path);
    assert_eq!(asked.hidden("carried.reason").unwrap(), "a &#34;quoted&#34; &#60;b&#62;reason&#60;/b&#62;");
    assert_eq!(asked.hidden("carried.form_token"), None);
    let carried =
        [("carried.reason", fields[0].1), ("carried.note", ""), ("to", path.as_str()), ("name", "Olga")];
    // A wrong token on the way loses nothing.
    let wrong = console.post("/sign-in", &[&carried[..], &[("token", "guess")]].concat());
    assert_eq!((wrong.status, wrong.hidden("carried.reason")), (403, asked.hidden("carried.reason")));
    let page = console.post("/sign-in", &[&carried[..], &[("token", TOKEN)]].concat());
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Nothing was sent yet") && page.text.contains(&format!("action=\"{path}\"")));
    assert_eq!(page.hidden("reason"), asked.hidden("carried.reason"));
    let browser = console.browser_of(&page);
    assert!(is_parked(&console, &browser));
    let token = page.hidden("form_token").unwrap();
    let sent = console.post_exactly(&browser, &path, &[("reason", fields[0].1), ("form_token", &token)]);
    assert_eq!(sent.status, 303);
    assert!(!is_parked(&console, &browser));
}
