//! The life of an order by the forms of its page, and what they say where something is refused.

use smi::store::Kind;

use super::{
    harness::{Browser, Console, Reply},
    orders::{chf, list, ordered, stocked},
};

const ORDER: &str = "/orders/RF-000001";

fn event(console: &Console, browser: &Browser, fields: &[(&str, &str)]) -> Reply {
    console.post_as(browser, &format!("{ORDER}/events"), fields)
}

fn done(reply: &Reply) {
    assert_eq!((reply.status, reply.header("location")), (303, ORDER), "{}", reply.text);
}

/// The events that the page offers, in its order, those whose fields are shown with a star.
fn offered(console: &Console, browser: &Browser) -> String {
    let page = console.page(browser, ORDER).main();
    let forms = page.split("<details class=\"filters act\"").skip(1).map(|form| {
        let is_open = form.starts_with(" open");
        let (_, rest) = form.split_once("<summary>").unwrap();
        let title = rest.split(" <span").next().unwrap();
        format!("{title}{}", if is_open { "*" } else { "" })
    });
    forms.collect::<Vec<_>>().join(", ")
}

/// The cells of the tables of a page whose first cell has that text.
fn state(console: &Console, browser: &Browser) -> String {
    let page = console.page(browser, ORDER).main();
    let (_, rest) = page.split_once("<p class=\"state\"><span class=\"mark ").unwrap();
    rest.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

const DELIVERY: [(&str, &str); 3] =
    [("unloaded_by", "sender"), ("started_at", "2022-01-25T10:00"), ("finished_at", "2022-01-25T10:45")];

fn received(numbers: &[u8]) -> String {
    let lines = numbers.iter().map(|number| format!("{},P00000,,ok\n", chf(*number)));
    std::iter::once("chf_device_id,pallet,carton,condition\n".to_owned()).chain(lines).collect()
}

/// HUBS.md 1: "as buttons exactly the events that are allowed now"; row 26 without N3: the Devices report their firmware.
#[test]
fn an_order_goes_its_way_by_the_forms_of_its_page() {
    let console = stocked();
    console.smi.import(Kind::Units, "unit_id,location_id,places,check_due_on\nU1,FLASH-CS,8,2022-06-30\n");
    let operator = console.operator();
    agree(&console, &operator);
    deliver(&console);
    work(&console);
    update_the_smi(&console);
    done(&event(&console, &console.operator(), &[("event", "Release")]));
    console.smi.move_to("2022-02-02T12:00:00Z");
    let operator = console.operator();
    let unloaded = [
        ("unloaded_by", "receiver"),
        ("started_at", "2022-02-02T10:00"),
        ("finished_at", "2022-02-02T11:00"),
    ];
    done(&event(&console, &operator, &[&[("event", "Redelivered")][..], &unloaded].concat()));
    assert_eq!(
        (state(&console, &operator), offered(&console, &operator)),
        ("Closed".to_owned(), String::new())
    );
    let statement = console.page(&operator, &format!("{ORDER}/statement")).text;
    assert!(statement.contains("To pay</th><td class=\"number\">£24.00"), "{statement}");
    let page = console.page(&console.reader(), ORDER).main();
    insta::assert_snapshot!("closed_order", page);
    assert!(!page.contains("method=\"post\""), "{page}");
}

fn agree(console: &Console, operator: &Browser) {
    ordered(console, operator, &[1, 2, 4]);
    assert_eq!(offered(console, operator), "Authorise*, Reject, Cancel");
    done(&event(
        console,
        operator,
        &[
            ("event", "Authorise"),
            ("slot", "2022-01-25 09:00-12:00"),
            ("deliver_on", ""),
            ("window", ""),
            ("purchase_order", "PO-1"),
        ],
    ));
    assert_eq!(
        offered(console, operator),
        "Despatch*, Cancel, Withdraw the slot, Late, Receive the delivery"
    );
    let labels = console.page(operator, &format!("{ORDER}/labels")).text;
    assert!(labels.contains("DL-000001-1") && labels.contains("rel=\"stylesheet\""), "{labels}");
    assert!(!labels.contains("<style"), "the policy of the console lets no style stand in a page");
    console.smi.move_to("2022-01-24T16:30:00Z");
    let operator = &console.operator();
    done(&event(console, operator, &[("event", "Despatch"), ("sent_at", "2022-01-24T16:00")]));
    let note = console.page(operator, &format!("{ORDER}/despatch-note")).text;
    assert!(note.contains("24 Jan 2022, 16:00:00 GMT") && note.contains(&chf(4)), "{note}");
}

fn deliver(console: &Console) {
    console.smi.move_to("2022-01-25T11:00:00Z");
    let operator = &console.operator();
    done(&console.upload_as(operator, &format!("{ORDER}/received"), &DELIVERY, &received(&[1, 2])));
    assert_eq!(
        (state(console, operator), offered(console, operator)),
        ("Received".to_owned(), "Start the work*, Correct the delivery".to_owned())
    );
    // Hub 4 was there after all.
    let corrected = [&DELIVERY[..], &[("reason", "it lay behind the others")]].concat();
    done(&console.upload_as(operator, &format!("{ORDER}/received"), &corrected, &received(&[1, 2, 4])));
    done(&event(console, operator, &[("event", "Start"), ("purchase_order", "PO-1")]));
    assert_eq!(
        offered(console, operator),
        "Report outcomes*, Correct the delivery, Correct outcomes, Next batch, Finish the work"
    );
}

fn work(console: &Console) {
    let operator = &console.operator();
    done(&console.post_as(operator, &format!("{ORDER}/batches"), &[]));
    let page = console.page(operator, ORDER).main();
    assert!(page.contains("batch 1: U1 takes 3") && page.contains("1, U1"), "{page}");
    let site = console.page(operator, "/sites/FLASH-CS").main();
    assert!(site.contains("<td class=\"number\">1</td><td>U1</td><td class=\"number\">3</td>"), "{site}");
    let outcomes = format!(
        "chf_device_id,outcome,firmware_version,fault_report,fault_reference\n{},reflashed,03000100,,\n{},reflashed,03000100,,\n{},failed,,manual,FR-17\n",
        chf(1),
        chf(2),
        chf(4)
    );
    done(&console.upload_as(operator, &format!("{ORDER}/outcomes"), &[], &outcomes));
    done(&event(console, operator, &[("event", "Finish"), ("guidance", "SSC note 7")]));
    assert_eq!(offered(console, operator), "Release*, Amend the re-delivery");
    done(&event(console, operator, &[("event", "Amend"), ("redeliver_on", "2022-02-02")]));
}

fn update_the_smi(console: &Console) {
    let operator = &console.operator();
    // RF/w: the SMI does not show the new firmware yet.
    let refused = event(console, operator, &[("event", "Release")]);
    assert_eq!(refused.status, 422);
    let page = refused.main();
    assert!(page.contains("<a href=\"/rulebook#RF/w\">RF/w</a>") && page.contains("does not hold"), "{page}");
    for number in [2_u8, 3, 4, 5] {
        let device = format!("/devices/00-DB-55-00-00-00-00-{number:02X}");
        let seen = console.page(operator, &device).hidden("seen").unwrap();
        let reported = [("seen", seen.as_str()), ("event", "FirmwareReported"), ("version", "03000100")];
        assert_eq!(console.post_as(operator, &format!("{device}/events"), &reported).status, 303);
    }
}

#[test]
fn what_a_rule_or_the_state_refuses_is_told_and_what_was_typed_is_kept() {
    let console = stocked();
    let operator = console.operator();
    ordered(&console, &operator, &[1, 2]);
    // A Saturday: RF/p, with every check.
    let typed = [
        ("event", "Authorise"),
        ("slot", ""),
        ("deliver_on", "2022-02-05"),
        ("window", "09:00-12:00"),
        ("contact", "Goods \"in\" <0100>"),
    ];
    let refused = event(&console, &operator, &typed);
    assert_eq!(refused.status, 422);
    let page = refused.main();
    for told in [
        "A rule refuses it.",
        "<a href=\"/rulebook#RF/p\">RF/p</a>",
        "does not hold",
        "type=\"date\" value=\"2022-02-05\"",
        "<option value=\"09:00-12:00\" selected>",
        "value=\"Goods &#34;in&#34; &#60;0100&#62;\"",
        "<details class=\"filters act\" open>\n<summary>Authorise",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    for (fields, status, told) in [
        (
            vec![("event", "Release")],
            409,
            "Release is not allowed in the state Submitted. What is: Authorise, Cancel, Reject.",
        ),
        (vec![("event", "Receive")], 400, "does not come this way"),
        (vec![("event", "Nonsense")], 400, "Event: "),
        (vec![("event", "Authorise"), ("window", "09:00-12:00")], 400, "Deliver on: is missing"),
        (vec![("event", "Reject"), ("note", "no labels")], 400, "Reasons: one at least is wanted"),
        (vec![("event", "Cancel"), ("sent_at", "2022-01-01T10:00")], 400, "Sent at: `Cancel` has none"),
    ] {
        let refused = event(&console, &operator, &fields);
        assert_eq!(refused.status, status, "{fields:?}: {}", refused.text);
        assert!(refused.main().contains(told), "{fields:?} {told}: {}", refused.main());
    }
    let upload = |path: &str, fields: &[(&str, &str)], csv: &str| {
        console.upload_as(&console.operator(), &format!("{ORDER}/{path}"), fields, csv)
    };
    let early = upload("received", &DELIVERY, &received(&[1]));
    assert_eq!(early.status, 400, "it ended later than now: {}", early.text);
    console.smi.move_to("2022-01-25T11:00:00Z");
    let operator = console.operator();
    assert_eq!(upload("received", &DELIVERY, &received(&[1])).status, 409);
    assert_eq!(upload("received", &DELIVERY, "").status, 400);
    assert_eq!(upload("outcomes", &[], &list(&[1])).status, 422);
    let unread = upload("received", &[("unloaded_by", "nobody")], &received(&[1]));
    assert!(unread.status == 400 && unread.main().contains("Unloaded by: "), "{}", unread.text);
    // Two labels of a rejection, of which the Party is told.
    let reject =
        [("event", "Reject"), ("reasons", "NOT_PENDING"), ("reasons", "OTHER_USER"), ("note", "see above")];
    done(&event(&console, &operator, &reject));
    let page = console.page(&operator, ORDER).main();
    assert!(page.contains("NOT_PENDING, OTHER_USER") && page.contains("see above"), "{page}");
    assert_eq!(console.post_as(&operator, "/orders/RF-000009/events", &reject).status, 404);
}

#[test]
fn a_late_arrival_is_answered_first() {
    let console = stocked();
    let operator = console.operator();
    ordered(&console, &operator, &[1]);
    done(&event(&console, &operator, &[("event", "Authorise"), ("slot", "2022-01-25 13:00-17:00")]));
    let late = [("event", "Late"), ("arrives_on", "2022-01-26"), ("window", "09:00-12:00")];
    done(&event(&console, &operator, &late));
    assert_eq!(
        offered(&console, &operator),
        "Accept the later arrival*, Cancel, Withdraw the slot, Despatch, Late, Refuse the later arrival, Receive the delivery"
    );
    let site = console.page(&operator, "/sites/FLASH-CS").main();
    assert!(site.contains("<span class=\"mark warn\">2022-01-26 09:00-12:00</span>"), "{site}");
    done(&event(&console, &operator, &[("event", "AcceptLate")]));
    assert!(console.page(&operator, ORDER).main().contains("<dd class=\"text\">2022-01-26 09:00-12:00</dd>"));
}
