//! What-if: questions in the address, messages that are pasted, and decisions that are asked again.

use smi::{
    domain::{
        Body, ChangedDetails, CodeOverrides, CplFacts, CplStatus, DeviceModel, EsmeVariant, Eui64,
        InventoryChange, MpxnKind, ReadInventory, StatusExceptCh, UpdateInventory,
    },
    duis::xml,
    rules::{
        RuleSettings,
        what_if::{ChangeKind, Relation, WhatIf},
    },
    service::decide_what_if,
    store::{self, Kind},
};

use super::harness::{Browser, Console, PASSWORD, Reply};
use crate::{
    backup::back_up,
    support::{OTHER_SUPPLIER, SUPPLIER, package},
};

/// The fixtures' ESME whose Responsible Supplier is SUPPLIER.
const ESME: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xA2]);
const MESSAGE: &str = "/what-if/message";

fn update(device_id: Eui64, change: InventoryChange) -> Body {
    Body::UpdateInventory(UpdateInventory { device_id, change })
}

fn variant(variant: EsmeVariant) -> InventoryChange {
    InventoryChange::Details(ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() })
}

/// The outcome on a page: the code, and the rule that decided.
fn outcome(page: &str) -> (String, String) {
    let after = |text: &str| page.split(text).nth(1).unwrap_or_else(|| panic!("{text}: {page}")).to_owned();
    let code = after("<dt>Outcome</dt><dd><span class=\"mark ");
    let code = code.split('>').nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let rule = after("<dt>Decided by</dt><dd><a href=\"/rulebook#");
    (code, rule.split('"').next().unwrap().to_owned())
}

#[test]
fn a_question_stands_in_the_address_and_is_answered_as_the_command_does() {
    let console = Console::start();
    let browser = console.reader();
    let form = console.page(&browser, "/what-if").main();
    assert!(!form.contains("The answer") && !form.contains("Still to choose"), "{form}");
    let page = |query: &str| console.page(&browser, &format!("/what-if?{query}")).main();
    let refused = "device_type=ESME&status=Commissioned&sender=pre-notifier&change=variant";
    let answered = page(refused);
    insta::assert_snapshot!(
        "question",
        answered.split("<section aria-labelledby=\"message-title\">").next().unwrap()
    );
    let mut asked =
        WhatIf::new("CAD".parse().unwrap(), None, Relation::PreNotifier, ChangeKind::Model).unwrap();
    asked.resulting_model = CplFacts::Listed(CplStatus::Withdrawn);
    let codes = CodeOverrides::default();
    let decision = decide_what_if(&asked, console.smi.now(), RuleSettings::default(), &codes).unwrap();
    let told = page("device_type=CAD&status=&sender=pre-notifier&change=model&cpl=withdrawn");
    let by = decision.decided_by().unwrap().id.to_owned();
    assert_eq!(outcome(&told), (decision.code.to_string(), by));
    assert!(told.contains("<option value=\"withdrawn\" selected>"), "{told}");
    let smets1 = page("device_type=ESME&status=Commissioned&sender=both&change=variant&smets1=yes");
    assert_eq!(outcome(&smets1), ("E080409".to_owned(), "SR8.4/f".to_owned()));
    assert!(smets1.contains(" checked>") && smets1.contains("Not asked: <a href="), "{smets1}");
}

#[test]
fn what_is_wrong_with_a_question_is_named_with_the_values_allowed() {
    let console = Console::start();
    let browser = console.reader();
    let missing = console.page(&browser, "/what-if?device_type=ESME&status=Pending").main();
    assert!(missing.contains("Still to choose: the sender, the change."), "{missing}");
    let reasons = [
        "device_type=TV&sender=x&change=status-ch:Pending",
        "device_type=ESME&sender=both&change=delete",
        "device_type=IHD&status=Pending&sender=both&change=delete",
        "smets1=true&cpl=gone",
    ]
    .map(|query| {
        let reply = console.get_as(&browser, &format!("/what-if?{query}"));
        assert_eq!(reply.status, 400, "{query}");
        assert!(reply.text.contains("<form class=\"filters\" action=\"/what-if\""), "the form is kept");
        let reasons = reply.text.split("role=\"alert\">").skip(1);
        let reasons = reasons.map(|part| part.trim().lines().next().unwrap().to_owned() + "\n");
        format!("{query}\n{}", reasons.collect::<String>())
    });
    insta::assert_snapshot!("wrong_questions", reasons.concat());
    assert_eq!(console.get_as(&browser, "/what-if?colour=red").status, 400);
    assert_eq!(console.get_as(&browser, "/what-if?change=delete&change=mpxn").status, 400);
}

/// Pastes a message and expects that nothing is stored by it.
fn paste(console: &Console, browser: &Browser, message: &str) -> Reply {
    let folder = tempfile::tempdir().unwrap();
    let kept = |name: &str| {
        let file = folder.path().join(name);
        back_up(console.smi.url(), &file, console.smi.now()).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        // The probe of readiness, which the overview makes, writes a row of its own; the last line is the hash of all.
        let lines = text.lines().filter(|line| !line.contains("write_probe")).map(str::to_owned);
        let mut lines = lines.collect::<Vec<_>>();
        lines.pop();
        assert!(lines.len() > 50, "{lines:?}");
        lines
    };
    let before = kept("before");
    let reply = console.post_as(browser, MESSAGE, &[("message", message)]);
    assert!(kept("after") == before, "something was stored: {message}");
    let refusals = console.smi.service.refusals(store::PageRequest::first(10));
    assert!(refusals.rows.is_empty(), "it is no message that was refused: {message}");
    reply
}

#[test]
fn a_pasted_message_is_decided_on_the_inventory_and_stores_nothing() {
    let console = Console::start();
    let (reader, smi) = (console.reader(), &console.smi);
    let request = smi.request(SUPPLIER, update(ESME, variant(EsmeVariant::Ade)));
    let signed = String::from_utf8(smi.signed(&request)).unwrap();
    let told = paste(&console, &reader, &signed);
    assert_eq!(told.status, 200);
    assert_eq!(outcome(&told.main()), ("I99".to_owned(), "SR8.4/g".to_owned()));
    assert!(told.main().contains("Its signature verifies."), "{}", told.main());
    assert!(!told.main().contains("was used before"), "{}", told.main());
    // A browser sends line ends of its own, and the inventory decides, not the message alone.
    let lines = signed.replace("\r\n", "\n").replace('\n', "\r\n");
    let told = paste(&console, &reader, &format!("\r\n  {lines}\r\n"));
    assert!(told.main().contains("Its signature verifies."), "{}", told.main());
    let other =
        String::from_utf8(smi.signed(&smi.request(OTHER_SUPPLIER, update(ESME, variant(EsmeVariant::Ade)))));
    let told = paste(&console, &reader, &other.unwrap());
    assert_eq!(outcome(&told.main()), ("E080407".to_owned(), "SR8.4/g".to_owned()));
    // What was sent is decided again, on the inventory that it changed.
    assert_eq!(smi.post(signed.as_bytes()).code, "I99");
    let told = paste(&console, &reader, &signed);
    assert!(told.main().contains("Its RequestID was used before"), "{}", told.main());
    assert_eq!(outcome(&told.main()).0, "I99");
    assert!(smi.exported(Kind::Devices).contains(",ADE,"));
}

#[test]
fn a_signature_that_does_not_verify_is_said_and_what_it_would_be_otherwise() {
    let console = Console::start();
    let (reader, smi) = (console.reader(), &console.smi);
    let request = smi.request(SUPPLIER, update(ESME, variant(EsmeVariant::Ade)));
    let unsigned = xml::compose(&request);
    let tampered = String::from_utf8(smi.signed(&request)).unwrap().replace(">ADE<", ">AD<");
    let foreign = String::from_utf8(smi.sign(&unsigned, OTHER_SUPPLIER)).unwrap();
    for (message, why) in
        [(&unsigned, "there is none"), (&tampered, "it was changed after it was signed"), (&foreign, "")]
    {
        let main = paste(&console, &reader, message).main();
        assert!(main.contains("Its signature does not verify: ") && main.contains(why), "{main}");
        assert!(main.contains("the service answers E100 by <a href=\"/rulebook#SR/4\">"), "{main}");
        assert_eq!(outcome(&main).1, "SR8.4/g", "it is decided all the same");
        let check = main.split("<td class=\"nowrap\"><a href=\"/rulebook#SR/4\">").nth(1).unwrap();
        assert!(check.split("</tr>").next().unwrap().contains("does not hold"), "{check}");
    }
}

#[test]
fn what_cannot_be_decided_says_why() {
    let console = Console::start();
    let reader = console.reader();
    let valid =
        xml::compose(&console.smi.request(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(ESME))));
    let unknown = valid.replacen("8.2<", "4.1<", 1).replacen("8.2<", "4.1.1<", 1);
    let evil = valid.replace("ReadInventory", "Evil&lt;script&gt;").replace("&lt;script&gt;", "");
    for (message, rule, why) in [
        ("no XML <script>alert(1)</script>", "SR/2", "line 1"),
        (valid.replace("DeviceID>", "Device>").as_str(), "SR/3", "Device"),
        (unknown.as_str(), "SR/3", "is not answered here"),
        (evil.as_str(), "SR/3", "Evil"),
    ] {
        let reply = paste(&console, &reader, message);
        let main = reply.main();
        assert!(main.contains("It is refused before it is decided, by ") && main.contains(rule), "{main}");
        assert!(main.contains(why) && !main.contains("<script>"), "{main}");
    }
    let empty = paste(&console, &reader, "  \n");
    assert_eq!(empty.status, 400);
    assert!(empty.main().contains("Field `message`: is empty"), "{}", empty.main());
    let long = console.post_as(&reader, MESSAGE, &[("message", &"x".repeat(70_000))]);
    assert_eq!(long.status, 413);
}

#[test]
fn a_paste_needs_a_session_and_its_token() {
    let console = Console::start();
    let reader = console.reader();
    let message = [("message", "<a>\"kept\"</a>")];
    assert_eq!(console.post_exactly(&reader, MESSAGE, &message).status, 403);
    let asked = console.post(MESSAGE, &message);
    assert_eq!((asked.status, asked.hidden("carried.message").is_some()), (401, true));
    assert_eq!(console.get("/what-if").status, 303);
    let carried =
        [("carried.message", message[0].1), ("to", MESSAGE), ("name", "rita"), ("password", PASSWORD)];
    let page = console.post("/sign-in", &carried);
    assert_eq!((page.status, page.hidden("message")), (200, asked.hidden("carried.message")));
    assert_eq!(console.get_as(&reader, MESSAGE).status, 405);
}

#[test]
fn a_decision_is_asked_again_from_its_checks() {
    let console = Console::start();
    let (browser, smi) = (console.reader(), &console.smi);
    let devices = smi.exported(Kind::Devices);
    let pending = devices.lines().find(|line| line.starts_with(&ESME.to_string())).unwrap();
    let other = ESME.to_string().replace("-A2", "-C2");
    let pending = pending.replace(&ESME.to_string(), &other).replace(",Commissioned,", ",Pending,");
    smi.import(
        Kind::Devices,
        &format!("{}\n{}\n", devices.lines().next().unwrap(), pending.replace("2024-04-02", "")),
    );
    let pending = other.parse::<Eui64>().unwrap();
    let model =
        ChangedDetails { model: Some("M".parse::<DeviceModel>().unwrap()), ..ChangedDetails::default() };
    let changes = [
        (SUPPLIER, ESME, variant(EsmeVariant::Ade)),
        (OTHER_SUPPLIER, ESME, variant(EsmeVariant::Ade)),
        (SUPPLIER, ESME, InventoryChange::Details(model.clone())),
        (SUPPLIER, ESME, InventoryChange::Details(ChangedDetails::default())),
        (SUPPLIER, ESME, InventoryChange::StatusExceptCh(StatusExceptCh::Pending)),
        (SUPPLIER, ESME, InventoryChange::Mpxn(MpxnKind::ImportMpxn, "2000000000051".parse().unwrap())),
        (OTHER_SUPPLIER, pending, InventoryChange::Delete),
        (SUPPLIER, pending, InventoryChange::Details(model)),
        (SUPPLIER, pending, InventoryChange::StatusExceptCh(StatusExceptCh::InstalledNotCommissioned)),
    ];
    for (number, (sender, device, change)) in (1..).zip(changes) {
        let told = smi.ask(sender, update(device, change.clone()));
        let decision = console.page(&browser, &format!("/decisions/{number}")).main();
        let address =
            decision.split("<a href=\"").find(|link| link.contains(">Decide again with…<")).unwrap();
        let address = address.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let again = console.page(&browser, &address).main();
        let decided = smi.read(|connection| store::find_decision(connection, number)).unwrap().record;
        assert_eq!(outcome(&again), (told.code, decided.rule.unwrap()), "{change:?}: {address}");
    }
    // What a refusal did not look at is left to choose; what is no SR 8.4 is pasted.
    smi.ask(OTHER_SUPPLIER, update(ESME, InventoryChange::StatusExceptCh(StatusExceptCh::Pending)));
    let early = console.page(&browser, "/decisions/10").main();
    assert!(early.contains("sender=neither\">") && !early.contains("change="), "{early}");
    smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(ESME)));
    let read = console.page(&browser, "/decisions/11").main();
    assert!(read.contains("<a href=\"/what-if\">Paste its message into What-if</a>"), "{read}");
    smi.ask(SUPPLIER, update(Eui64::from_octets([9; 8]), InventoryChange::Delete));
    let unknown = console.page(&browser, "/decisions/12").main();
    assert!(unknown.contains("Decide again with…"), "{unknown}");
}

#[test]
fn the_conformance_messages_are_pasted_well() {
    let console = Console::start();
    let reader = console.reader();
    for file in std::fs::read_dir(package().join("fixtures/requests")).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let reply = paste(&console, &reader, &text);
        assert_eq!(reply.status, 200, "{}", file.display());
        let main = reply.main();
        assert!(main.contains("does not verify") || main.contains("before it is decided"), "{main}");
    }
}
