//! What the page of a Device says of now: what each User may do, what is awaited; events that operators report; the downloads.

use smi::{
    domain::{
        Body, ChangedDetails, EsmeVariant, Eui64, HanLogChange, InventoryChange, Mpxns, StatusCh,
        StatusExceptCh, UpdateHanDeviceLog, UpdateInventory, WebService, WhitelistEntry,
    },
    rules::event::DeviceEvent,
    store::{self, Kind},
};

use super::harness::{Browser, Console, Reply};
use crate::support::{OTHER_SUPPLIER, SUPPLIER};

/// Of the fixtures: SUPPLIER pre-notified all, and supplies the first home; OTHER_SUPPLIER supplies the ESME of the second.
const CHF: Eui64 = device(0xA0);
const ESME: Eui64 = device(0xA2);
const OTHER_CHF: Eui64 = device(0xA6);
const OTHER_ESME: Eui64 = device(0xA8);
/// Of the second home, and Whitelisted.
const GSME: Eui64 = device(0xA9);

const fn device(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, last])
}

fn update(device_id: Eui64, change: InventoryChange) -> Body {
    Body::UpdateInventory(UpdateInventory { device_id, change })
}

/// The cells of a row of the table of rights, by the name of the change.
fn cells(page: &str, change: &str) -> Vec<String> {
    let table = page.split("<h2 id=\"rights\">").nth(1).unwrap().split("</table>").next().unwrap();
    let row = table.split(&format!("<th scope=\"row\">{change}</th>")).nth(1).unwrap();
    let row = row.split("</tr>").next().unwrap();
    row.split("<td").skip(1).map(str::to_owned).collect()
}

#[test]
fn what_each_user_may_do_is_what_the_engine_decides() {
    let console = Console::start();
    let (browser, smi) = (console.reader(), &console.smi);
    let page = |id: Eui64| console.page(&browser, &format!("/devices/{id}")).main();
    let esme = page(OTHER_ESME);
    assert!(esme.contains("<br>pre-notifier</th>"), "{esme}");
    assert!(esme.contains("Responsible Supplier by 2000000000024 (IS)"), "{esme}");
    let variant = ChangedDetails { esme_variant: Some(EsmeVariant::A), ..ChangedDetails::default() };
    let changes = [
        ("ESME Variant alone", InventoryChange::Details(variant)),
        ("UpdateDeviceDetails without a detail", InventoryChange::Details(ChangedDetails::default())),
        ("DeleteDevice", InventoryChange::Delete),
        ("UpdateDeviceStatusExceptCH to Pending", InventoryChange::StatusExceptCh(StatusExceptCh::Pending)),
        ("UpdateDeviceStatusCH to Withdrawn", InventoryChange::StatusCh(StatusCh::Withdrawn)),
    ];
    let mut accepted = 0;
    for id in [OTHER_ESME, ESME, CHF] {
        let page = page(id);
        let both =
            page.split("<h2 id=\"rights\">").nth(1).unwrap().split("</thead>").next().unwrap().to_owned();
        let has_other = both.contains(&OTHER_SUPPLIER.to_string());
        for (name, change) in &changes {
            let cells = cells(&page, name);
            assert_eq!(cells.len(), if has_other { 3 } else { 2 }, "{both}");
            let senders = [SUPPLIER, OTHER_SUPPLIER];
            for (cell, sender) in cells.iter().zip(senders.iter().take(cells.len() - 1)) {
                let decision = smi.what_if(*sender, update(id, change.clone()));
                let rule = format!("<a href=\"/rulebook#{}\">", decision.decided_by().unwrap().id);
                if decision.code.is_success() {
                    accepted += 1;
                    assert!(cell.contains("accepted"), "{name}: {cell}");
                } else {
                    assert!(cell.contains(decision.code.as_str()) && cell.contains(&rule), "{name}: {cell}");
                }
            }
        }
    }
    assert!(accepted > 3, "{accepted}");
    let others = cells(&esme, "ESME Variant alone");
    assert!(others[2].contains("E080407") && others[1].contains("accepted"), "{others:?}");
    // A User that may not act at all: the engine sees its account as it is.
    let users = smi.exported(Kind::Users).replace("IS;GS,Active", "IS;GS,Suspended");
    smi.import(Kind::Users, &users);
    assert!(cells(&page(OTHER_ESME), "ESME Variant alone")[1].contains("/rulebook#SR/10"));
    assert!(
        !console
            .page(&browser, &format!("/devices/{ESME}?as_at=2026-06-01T12:00:00Z"))
            .main()
            .contains("id=\"rights\"")
    );
}

#[test]
fn outcomes_that_are_awaited_are_shown_at_the_device_and_its_hub() {
    let console = Console::start();
    let browser = console.reader();
    let page = |id: Eui64| console.page(&browser, &format!("/devices/{id}")).main();
    assert!(!page(GSME).contains("Awaited outcomes"));
    let update = UpdateHanDeviceLog {
        execution: None,
        device_id: GSME,
        change: HanLogChange::Remove,
        whitelist: None,
    };
    let request = console.smi.request_to(OTHER_CHF, OTHER_SUPPLIER, Body::UpdateHanDeviceLog(update));
    let service = WebService::of(request.command_variant);
    let told = console.smi.post_to(service, &console.smi.signed(&request));
    assert_eq!(told.code, "I99", "{}", told.text);
    for id in [GSME, OTHER_CHF] {
        let page = page(id);
        assert!(page.contains("Awaited outcomes") && page.contains("<td>Remove</td>"), "{page}");
        assert!(page.contains(&format!("/decisions?request_id={}", request.id)), "{page}");
    }
    assert!(!page(OTHER_ESME).contains("Awaited outcomes"));
    console.smi.service.device_event(GSME, DeviceEvent::ChfWhitelistConfirmed).unwrap();
    assert!(!page(GSME).contains("Awaited outcomes"));
    // A Device that is about to join the hub is at no premises yet, and stands on the page of the hub all the same.
    let joining = device(0xFD);
    let line = format!("{joining},PPMID,Pending,AB01,MODEL,{OTHER_SUPPLIER}");
    let columns = "device_id,device_type,status,device_manufacturer,device_model,pre_notified_by";
    console.smi.import(Kind::Devices, &format!("{columns}\n{line}\n"));
    let whitelist = WhitelistEntry {
        join_time: 3600.try_into().unwrap(),
        install_code: "00112233445566778899AABBCCDDEEFF".parse().unwrap(),
        mpxns: Mpxns::default(),
    };
    let add = UpdateHanDeviceLog {
        execution: None,
        device_id: joining,
        change: HanLogChange::Add,
        whitelist: Some(whitelist),
    };
    let request = console.smi.request_to(OTHER_CHF, OTHER_SUPPLIER, Body::UpdateHanDeviceLog(add));
    let told = console.smi.post_to(service, &console.smi.signed(&request));
    assert_eq!(told.code, "I99", "{}", told.text);
    for id in [joining, OTHER_CHF] {
        let page = page(id);
        assert!(page.contains("<td>Add</td>") && page.contains(&format!("/devices/{joining}")), "{page}");
    }
}

fn report(console: &Console, browser: &Browser, seen: &str, event: &str, version: &str) -> Reply {
    let fields = [("seen", seen), ("event", event), ("version", version)];
    console.post_as(browser, &format!("/devices/{ESME}/events"), &fields)
}

fn seen(console: &Console, browser: &Browser) -> String {
    console.page(browser, &format!("/devices/{ESME}")).hidden("seen").unwrap()
}

#[test]
fn an_operator_reports_an_event_and_the_time_line_names_the_person() {
    let console = Console::start();
    let browser = console.operator();
    let taken = report(&console, &browser, &seen(&console, &browser), "Suspended", "");
    assert_eq!((taken.status, taken.header("location")), (303, format!("/devices/{ESME}#history").as_str()));
    let page = console.page(&browser, &format!("/devices/{ESME}")).main();
    assert!(page.contains("reported by Olga at the console") && page.contains(">Suspended</dd>"), "{page}");
    let taken = report(&console, &browser, &seen(&console, &browser), "FirmwareReported", "01020399");
    assert_eq!(taken.status, 303);
    assert!(console.smi.exported(Kind::Devices).contains(",01020399,"));
    // Through the management listener nobody is named.
    console.smi.service.device_event(ESME, DeviceEvent::Restored).unwrap();
    let history = console.smi.read(|connection| store::device_history(connection, ESME, None, 9)).changes;
    let reasons = history.iter().map(|change| change.reason.as_deref()).collect::<Vec<_>>();
    let by = Some("reported by Olga at the console");
    assert_eq!(reasons, [None, by, by, None]);
}

#[test]
fn the_second_of_two_operators_is_told_what_the_first_did() {
    let console = Console::start();
    let (first, second) = (console.operator(), console.operator());
    let (before, of_second) = (seen(&console, &first), seen(&console, &second));
    assert_eq!(before, of_second);
    assert_eq!(report(&console, &first, &before, "Suspended", "").status, 303);
    let told = report(&console, &second, &of_second, "FirmwareReported", "01020388");
    assert_eq!(told.status, 409);
    let main = told.main();
    assert!(main.contains("This Device changed since you looked at it. Nothing was done."), "{main}");
    assert!(main.contains("reported by Olga at the console") && main.contains(">Suspended</td>"), "{main}");
    // The form is kept, and is sent again in sight of what happened.
    assert!(main.contains("<option value=\"FirmwareReported\" selected>"), "{main}");
    assert!(main.contains("value=\"01020388\""), "{main}");
    let now = told.hidden("seen").unwrap();
    assert_eq!(report(&console, &second, &now, "FirmwareReported", "01020399").status, 303);
    assert_eq!(report(&console, &second, &now, "Restored", "").status, 409);
    // What a User does counts as well.
    let last = seen(&console, &second);
    let variant = ChangedDetails { esme_variant: Some(EsmeVariant::A), ..ChangedDetails::default() };
    console.smi.service.device_event(ESME, DeviceEvent::Restored).unwrap();
    let told = console.smi.ask(SUPPLIER, update(ESME, InventoryChange::Details(variant)));
    assert_eq!(told.code, "I99");
    let told = report(&console, &second, &last, "Suspended", "").main();
    assert!(told.contains("<td class=\"nowrap\">ESME Variant</td>"), "{told}");
    assert!(told.contains(&SUPPLIER.to_string()), "{told}");
}

#[test]
fn an_event_that_does_not_fit_is_told_and_the_form_kept() {
    let console = Console::start();
    let browser = console.operator();
    let place = seen(&console, &browser);
    for (event, version, status, reason) in [
        ("Restored", "", 409, "`Restored`"),
        (
            "Exploded",
            "",
            400,
            "Field `event`: `Exploded` is not a Device event: one of ChfWhitelistConfirmed,",
        ),
        ("", "", 400, "Field `event`"),
        ("FirmwareReported", "", 400, "Field `version`: is empty"),
        ("Suspended", "1", 400, "Field `version`: must be empty"),
        ("Suspended", "<b>", 400, "Field `version`: must be empty"),
        ("FirmwareReported", "12345678901234567890123456789012345678901234567890", 400, "Field `version`"),
    ] {
        let reply = report(&console, &browser, &place, event, version);
        assert_eq!(reply.status, status, "{event}");
        assert!(reply.main().contains(reason), "{event}: {}", reply.main());
        let kept = version.replace('<', "&#60;").replace('>', "&#62;");
        assert!(reply.main().contains(&format!("value=\"{kept}\"")), "{event}: {}", reply.main());
    }
    assert_eq!(report(&console, &browser, "x", "Suspended", "").status, 400);
    for path in ["/devices/00-DB-12-34-56-78-90-FE/events", "/devices/x/events"] {
        assert_eq!(console.post_as(&browser, path, &[("event", "Suspended")]).status, 404, "{path}");
    }
    assert_eq!(seen(&console, &browser), place, "nothing was changed");
}

#[test]
fn a_reader_reports_nothing() {
    let console = Console::start();
    let reader = console.reader();
    let page = console.page(&reader, &format!("/devices/{ESME}"));
    assert_eq!(page.text.matches("method=\"post\"").count(), 1, "signing out alone");
    let place = seen(&console, &console.operator());
    assert_eq!(report(&console, &reader, &place, "Suspended", "").status, 403);
    let path = format!("/devices/{ESME}/events");
    let fields = [("seen", place.as_str()), ("event", "Suspended")];
    assert_eq!(console.post_exactly(&console.operator(), &path, &fields).status, 403);
    assert_eq!(console.post(&path, &fields).status, 401);
    assert!(console.smi.exported(Kind::Devices).contains(&format!("{ESME},ESME,Commissioned")));
}

#[test]
fn the_time_line_is_downloaded() {
    let console = Console::start();
    let browser = console.operator();
    assert_eq!(report(&console, &browser, &seen(&console, &browser), "Suspended", "").status, 303);
    let csv = console.page(&browser, &format!("/devices/{ESME}/history.csv"));
    assert_eq!(csv.header("content-disposition"), format!("attachment; filename=\"history-{ESME}.csv\""));
    insta::assert_snapshot!(csv.text, @r"
    at,event,field,before,after,by,interface,request_id,reason
    2026-06-01T12:00:00.000Z,joined,status,,Commissioned,,import,,
    2026-06-01T12:00:00.000Z,changed,status,Commissioned,Suspended,,event,,reported by Olga at the console
    ");
    let json = console.page(&browser, &format!("/devices/{ESME}/history.json")).text;
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!(json["changes"][1]["fields"][0]["after"], "Suspended");
    assert_eq!(json["changes"][1]["reason"], "reported by Olga at the console");
    assert_eq!(json["next"], serde_json::Value::Null);
    for path in ["history.csv?after=x", "history.json?x=1"] {
        assert_eq!(console.get_as(&browser, &format!("/devices/{ESME}/{path}")).status, 400);
    }
    assert_eq!(console.get_as(&browser, "/devices/00-DB-12-34-56-78-90-FE/history.csv").status, 404);
}
