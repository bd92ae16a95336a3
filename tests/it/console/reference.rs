//! The pages that explain: refused messages, the rulebook, the heads of the audit chains.

use smi::{
    domain::{Body, CodeOverrides, ReadInventory, ResponseCode},
    rules::rulebook,
    service::{Choices, MessageExcerpt, Reason},
    store,
};

use super::harness::{Console, TOKEN};
use crate::support::{DCC, METER, SUPPLIER, Smi};

fn read(smi: &Smi) {
    smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(METER)));
}

#[test]
fn refused_messages_are_those_of_the_json_the_newest_first() {
    let console = Console::start();
    let browser = console.reader();
    let empty = console.page(&browser, "/refusals").main();
    assert!(empty.contains("No message was refused since this instance started."), "{empty}");
    let read_so_far = Reason {
        request_id: Some("90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:7".parse().unwrap()),
        variant: Some("8.2".parse().unwrap()),
        ..Reason::of("SR/4", "the signature does not match the document")
    };
    let peer = "192.0.2.7:50123".parse().unwrap();
    let excerpt = Some(MessageExcerpt::of(b"<sr:Request>\n\x1b[2J\xff</sr:Request>"));
    console.smi.service.keep_refusal(415, Reason::of("SR/1", "media type `text/plain`"), None, None);
    console.smi.service.keep_refusal(200, read_so_far, Some(peer), excerpt);
    insta::assert_snapshot!("refusals", console.page(&browser, "/refusals").main());
    insta::assert_snapshot!("refusal", console.page(&browser, "/refusals/2").main());
    let unread = console.page(&browser, "/refusals/1").main();
    assert!(unread.contains("Its body was not read"), "{unread}");
    for path in ["/refusals/3", "/refusals/x"] {
        let missing = console.get_as(&browser, path);
        assert_eq!(missing.status, 404, "{path}");
        assert!(missing.text.contains("keeps the last 1,000"), "{path}");
    }
    let bearer = format!("Bearer {TOKEN}");
    let json = console.call("GET", "/manage/refusals", &[("authorization", &bearer)], "");
    assert!(json.text.contains("the signature does not match the document"), "{}", json.text);
    assert!(
        json.text.contains("\"peer\":\"192.0.2.7:50123\",\"excerpt\":\"<sr:Request>\\n"),
        "{}",
        json.text
    );
}

#[test]
fn older_refused_messages_are_on_further_pages() {
    let console = Console::start();
    let browser = console.reader();
    for number in 1..=51 {
        console.smi.service.keep_refusal(
            400,
            Reason::of("SR/2", format!("message {number} is no XML")),
            None,
            None,
        );
    }
    let first = console.page(&browser, "/refusals").main();
    assert!(first.contains("message 51 is") && first.contains("message 2 is"), "{first}");
    assert!(!first.contains("message 1 is") && first.contains("href=\"/refusals?before=2\""), "{first}");
    let last = console.page(&browser, "/refusals?before=2").main();
    assert!(last.contains("message 1 is") && !last.contains("rel=\"next\""), "{last}");
    let beyond = console.page(&browser, "/refusals?before=1").main();
    assert!(beyond.contains("There are no older ones."), "{beyond}");
}

#[test]
fn a_reason_that_a_sender_wrote_is_shown_as_text() {
    let console = Console::start();
    let excerpt = Some(MessageExcerpt::of(b"<script>alert('y')</script>"));
    console.smi.service.keep_refusal(
        200,
        Reason::of("SR/3", "element `<script>alert('x')</script>`"),
        None,
        excerpt,
    );
    let page = console.page(&console.reader(), "/refusals").main();
    assert!(page.contains("element `&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;`"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    let whole = console.page(&console.reader(), "/refusals/1").main();
    assert!(whole.contains("&#60;script&#62;alert(&#39;y&#39;)") && !whole.contains("<script"), "{whole}");
}

#[test]
fn the_rulebook_has_an_anchor_for_every_rule_and_names_overridden_codes() {
    let rule = rulebook::rule("SR/6").unwrap();
    let codes = CodeOverrides::new([(rule, ResponseCode::E65)]);
    let console = Console::of(Smi::choosing(Choices { codes, ..Choices::of(DCC) }));
    let browser = console.operator();
    let page = console.page(&browser, "/rulebook").main();
    for rule in rulebook::all_rules() {
        assert_eq!(page.matches(&format!("<tr id=\"{}\">", rule.id)).count(), 1, "{}", rule.id);
    }
    let overridden = page.split("<tr id=\"SR/6\">").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(overridden.contains("E65 <span class=\"mark warn\">instead of E100</span>"), "{overridden}");
    assert_eq!(page.matches("instead of").count(), 1);
    let row_of = |code: &str| {
        let codes = page.split("<h2 id=\"codes\">").nth(1).unwrap();
        codes.split(&format!("<td>{code}</td>")).nth(1).unwrap().split("</tr>").next().unwrap().to_owned()
    };
    let link = "<a href=\"#SR/6\">SR/6</a>";
    assert!(row_of("E65").contains(link) && !row_of("E100").contains(link), "{page}");
}

#[test]
fn the_rulebook_lists_the_checks_of_one_service_request() {
    let console = Console::start();
    let browser = console.reader();
    let page = console.page(&browser, "/rulebook?service=8.2").main();
    assert!(page.contains("<option value=\"8.2\" selected>"), "{page}");
    assert!(page.contains("<tr id=\"SR8.2/a\">") && !page.contains("<tr id=\"SR8.4/g\">"), "{page}");
    let unknown = console.get_as(&browser, "/rulebook?service=9.9");
    assert_eq!(unknown.status, 400);
    assert!(unknown.text.contains("Parameter `service`"), "{}", unknown.text);
    // Each check of a decision leads to its rule.
    read(&console.smi);
    let decision = console.page(&browser, "/decisions/1").main();
    assert!(decision.contains("<a href=\"/rulebook#SR8.2/a\">SR8.2/a</a>"), "{decision}");
}

#[test]
fn the_head_of_each_chain_is_shown_as_it_is_checked_later() {
    let console = Console::start();
    let browser = console.reader();
    let empty = console.page(&browser, "/audit").main();
    assert!(empty.contains("There is no chain yet"), "{empty}");
    read(&console.smi);
    read(&console.smi);
    let service = &console.smi.service;
    let chain = service.choices().instance.as_str().to_owned();
    let name = chain.clone();
    let head =
        service.store().read::<_, smi::db::StoreFault>(|connection| store::audit_head(connection, &name));
    let last = head.unwrap().unwrap().last;
    assert_eq!(last.sequence, 2);
    let page = console.page(&browser, "/audit").main();
    assert!(page.contains(&format!("<td>{chain}</td>\n<td class=\"number\">1</td>\n")), "{page}");
    assert!(page.contains(&format!("data-copy=\"{last}\"><span class=\"id\">{last}</span>")), "{page}");
}
