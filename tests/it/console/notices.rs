//! Notices and acts: on pages, over HTTP, at the command line, and as mail files.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::{Value, json};
use smi::{
    db::{Connection, StoreFault},
    domain::{Audience, MailAddress, Notice, NoticeChannel, Recipient, parse_instant},
    store,
};

use super::harness::{Browser, Console, TOKEN};
use crate::support::SUPPLIER;

/// A notice to three: one by mail, one by lists, and nobody.
pub(super) fn written(console: &Console, subject: &str, about: &str) {
    let recipient = |audience, name: &str, address: Option<&str>| {
        let address = address.map(|address| address.parse::<MailAddress>().unwrap());
        Recipient::new(audience, name.parse().unwrap(), address)
    };
    let stock = recipient(Audience::Party, "Alder & <Sons>", Some("stock@alder.example"));
    let notice = Notice {
        kind: "reflash.authorised".parse().unwrap(),
        subject: subject.parse().unwrap(),
        text: format!(
            "Dear <b>Sirs</b>,\n\nthe delivery of {about} is due – tomorrow.\n.\nFrom here on it is yours."
        ),
        about: about.to_owned(),
        created_at: console.smi.now().0,
        recipients: vec![
            Recipient { user: Some(SUPPLIER), ..stock },
            recipient(Audience::Panel, "Panel", None),
            Recipient { channel: NoticeChannel::Nobody, ..recipient(Audience::Tabasc, "TABASC", None) },
        ],
    };
    let write = move |connection: &mut Connection| store::record_notice(connection, &notice);
    console.smi.service.store().transact::<_, StoreFault, _>(write).unwrap();
}

fn api(console: &Console, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let bearer = format!("Bearer {TOKEN}");
    let body = if method == "GET" { String::new() } else { body.to_string() };
    let reply = console.call(method, path, &[("authorization", &bearer)], &body);
    (reply.status, serde_json::from_str(&reply.text).unwrap())
}

fn ids(console: &Console, query: &str) -> Vec<i64> {
    let (status, list) = api(console, "GET", &format!("/manage/notices{query}"), &Value::Null);
    assert_eq!(status, 200, "{query}: {list}");
    let notices = list.get("notices").and_then(Value::as_array).unwrap();
    notices.iter().map(|notice| notice.get("id").and_then(Value::as_i64).unwrap()).collect()
}

fn smi(console: &Console, arguments: &[&str]) -> (bool, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_smi"))
        .args(arguments)
        .env("SMI_STORE_URL", console.smi.url())
        .env("SMI_NOTICES_FROM", "desk@dcc.example")
        .env("LOGNAME", "olga")
        .current_dir(console.smi.folder())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.success(), text(ran.stdout), text(ran.stderr))
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    entries.map(read).collect()
}

/// What the form says; its status.
fn tell(console: &Console, browser: &Browser, name: &str) -> u16 {
    console.post_as(browser, "/notices/1/told", &[("name", name)]).status
}

#[test]
fn a_notice_is_listed_and_told_by_hand() {
    let console = Console::start();
    let (reader, operator) = (console.reader(), console.operator());
    let empty = console.page(&reader, "/notices").main();
    assert!(empty.contains("No notice was written yet."), "{empty}");
    assert!(console.page(&reader, "/acts").main().contains("Nobody has done anything yet"));
    written(&console, "Order RF-000001 – authorised <now>", "RF-000001");
    written(&console, &"long ".repeat(30), "RF-000002");

    for (query, expected) in [
        ("", vec![1, 2]),
        ("?limit=1", vec![1]),
        ("?after=1", vec![2]),
        ("?about=RF-000002&audience=Panel&pending=mail", vec![2]),
        ("?audience=ServiceDesk", vec![]),
        ("?pending=hand", vec![]),
    ] {
        assert_eq!(ids(&console, query), expected, "{query}");
    }
    for wrong in ["?audience=Everybody", "?pending=post", "?after=x", "?limit=0", "?kind=x"] {
        assert_eq!(api(&console, "GET", &format!("/manage/notices{wrong}"), &Value::Null).0, 400, "{wrong}");
    }
    insta::assert_snapshot!("notices", console.page(&reader, "/notices?audience=Party").main());
    let page = console.page(&reader, "/notices/1");
    assert_eq!(page.text.matches("method=\"post\"").count(), 1, "signing out alone");
    assert!(page.main().contains("Dear &#60;b&#62;Sirs&#60;/b&#62;"), "{}", page.main());
    assert!(console.page(&reader, "/notices?about=x").main().contains("No notice fits these filters."));
    for (path, status) in [("/notices/3", 404), ("/notices/x", 404), ("/notices?pending=x", 400)] {
        assert_eq!(console.get_as(&reader, path).status, status, "{path}");
    }

    // By hand: a reader may not, an operator does, and the first time counts.
    assert_eq!(tell(&console, &reader, "Panel"), 403);
    assert_eq!(console.post_exactly(&operator, "/notices/1/told", &[("name", "Panel")]).status, 403);
    assert_eq!(console.post("/notices/1/told", &[("name", "Panel")]).status, 401);
    assert_eq!((tell(&console, &operator, ""), tell(&console, &operator, "Nobody")), (400, 404));
    assert_eq!(tell(&console, &operator, "Panel"), 303);
    console.smi.move_to("2026-06-01T13:00:00Z");
    let told = |body: Value| api(&console, "POST", "/manage/notices/1/told", &body);
    let (status, notice) = told(json!({ "name": "Panel", "by": "jo" }));
    assert_eq!(status, 200);
    let panel = json!({ "audience": "Panel", "name": "Panel", "user_id": null, "address": null, "channel": "hand",
        "told_at": "2026-06-01T12:00:00.000Z" });
    assert_eq!(notice["recipients"][0], panel);
    for (body, status) in [
        (json!({ "name": "Nobody", "by": "jo" }), 404),
        (json!({ "name": "Panel", "by": "" }), 400),
        (json!({ "name": "Panel" }), 400),
        (json!({ "name": "Panel", "by": "jo", "channel": "feed" }), 400),
    ] {
        assert_eq!(told(body.clone()).0, status, "{body}");
    }
}

#[test]
fn a_notice_is_spooled_as_mail_once_and_told_at_the_command_line() {
    let console = Console::start();
    let (reader, operator) = (console.reader(), console.operator());
    written(&console, "Order RF-000001 – authorised <now>", "RF-000001");
    written(&console, &"long ".repeat(30), "RF-000002");
    assert_eq!(tell(&console, &operator, "Panel"), 303);
    console.smi.move_to("2026-06-01T13:00:00Z");
    // Each mail once, whatever happened in between.
    let folder = tempfile::tempdir().unwrap();
    let url = console.url();
    let dir = folder.path().to_str().unwrap();
    let spool = |dir: &str| smi(&console, &["notices", "spool", dir, "--manage", &url, "--token", TOKEN]);
    let (done, _, said) = spool(dir);
    assert!(done && said.ends_with("2 mails written\n"), "{said}");
    let mails = files(folder.path());
    assert_eq!(mails.keys().collect::<Vec<_>>(), ["1-2.eml", "2-2.eml"]);
    insta::assert_snapshot!("mail", mails["1-2.eml"].replace("\r\n", "\n"));
    assert!(mails.values().all(|mail| mail.lines().all(|line| line.len() <= 78)), "{mails:?}");
    fs::remove_file(folder.path().join("1-2.eml")).unwrap();
    let (done, _, said) = spool(dir);
    assert!(done && said.ends_with("0 mails written\n"), "{said}");
    assert_eq!(files(folder.path()).len(), 1);
    let (done, _, said) = spool(folder.path().join("elsewhere").to_str().unwrap());
    assert!(!done && said.contains("there is no such folder"), "{said}");

    let told =
        ["notices", "told", "2", "--name", "TABASC", "--by", "J. Clerk", "--manage", &url, "--token", TOKEN];
    let (done, shown, said) = smi(&console, &told);
    assert!(done && shown.contains("TABASC  TABASC  hand  told 2026-06-01T13:00:00.000Z\n"), "{shown}{said}");
    let (done, _, said) = smi(&console, &[&told[..2], &["7"], &told[3..]].concat());
    assert!(!done && said.contains("HTTP 404: there is no notice 7"), "{said}");
    insta::assert_snapshot!("listed", smi(&console, &["notices", "--about", "RF-000001"]).1);
    let (_, csv, _) = smi(&console, &["notices", "--format", "csv"]);
    assert_eq!(console.page(&reader, "/notices.csv").text.lines().count(), csv.lines().count());
    let (_, all, _) = smi(&console, &["notices", "--format", "json", "--pending", "feed"]);
    let all = serde_json::from_str::<Value>(&all).unwrap();
    assert_eq!((&all["notices"][0]["id"], &all["next"]), (&json!(2), &Value::Null));
    let newest = console.page(&reader, "/notices.json").text;
    assert_eq!(serde_json::from_str::<Value>(&newest).unwrap()["notices"][0]["id"], 2, "the newest first");

    insta::assert_snapshot!("acts", console.page(&reader, "/acts?area=notices").main());
}

#[test]
fn moves_of_the_test_clock_and_a_reset_are_acts() {
    let console = Console::start();
    let operator = console.operator();
    let set = [("seen", "2026-06-01T12:00:00.000Z"), ("to", "2026-06-02T10:00:00Z")];
    assert_eq!(console.post_as(&operator, "/test-bench/clock", &set).status, 303);
    let to = json!({ "now": "2026-06-03" });
    assert_eq!(api(&console, "PUT", "/manage/clock", &to).0, 200);
    let moved = |by: &str, from: &str, to: &str, id: i64| {
        json!({ "id": id, "at": from, "by": by, "area": "test", "about": "clock", "act": "move", "from": from,
            "to": to, "reason": null, "detail": null, "checks": [] })
    };
    let [first, second, third] =
        ["2026-06-01T12:00:00.000Z", "2026-06-02T10:00:00.000Z", "2026-06-03T00:00:00.000Z"];
    let (_, list) = api(&console, "GET", "/manage/acts?about=clock", &Value::Null);
    assert_eq!(list["acts"], json!([moved("Olga", first, second, 1), moved("token", second, third, 2)]));
    for (query, status) in [("?area=clock", 400), ("?area=notices&limit=5", 200), ("?by=Olga", 400)] {
        assert_eq!(api(&console, "GET", &format!("/manage/acts{query}"), &Value::Null).0, status, "{query}");
    }
    let csv = console.page(&operator, "/acts.csv?area=test").text;
    assert!(csv.ends_with(&format!("1,{first},Olga,test,clock,move,{first},{second},,,\n")), "{csv}");

    // A reset empties everything, these too, and then says that it was.
    written(&console, "Gone", "RF-000003");
    assert_eq!(console.post_as(&operator, "/test-bench/reset", &[("word", "empty")]).status, 303);
    assert_eq!(ids(&console, ""), [0; 0]);
    let acts = console.page(&operator, "/acts.json").text;
    let acts = serde_json::from_str::<Value>(&acts).unwrap();
    let [reset] = acts["acts"].as_array().unwrap().as_slice() else { panic!("{acts}") };
    assert_eq!((&reset["act"], &reset["by"], &reset["at"]), (&json!("reset"), &json!("Olga"), &json!(third)));
    assert_eq!(parse_instant(third).unwrap(), console.smi.now().0);
}
