//! Users; and what others wrote, which every page and download shows as text.

use smi::{
    domain::{Body, Eui64, ReadInventory},
    store::Kind,
};

use super::harness::Console;
use crate::support::SUPPLIER;

const DEVICE: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xFE]);

#[test]
fn users_are_listed_and_each_has_its_page() {
    let console = Console::start();
    let browser = console.reader();
    insta::assert_snapshot!("users", console.page(&browser, "/users").main());
    insta::assert_snapshot!("user", console.page(&browser, &format!("/users/{SUPPLIER}")).main());
    for path in ["/users/90-B3-D5-1F-30-0F-00-00", "/users/x"] {
        let reply = console.get_as(&browser, path);
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.text.contains("There is no User"), "{path}: {}", reply.text);
    }
    assert_eq!(console.get_as(&browser, "/users?after=x").status, 400);
}

#[test]
fn a_long_list_of_users_has_pages_and_downloads() {
    let console = Console::start();
    let browser = console.reader();
    let lines = (0..60).map(|number| format!("A0-00-00-00-00-00-00-{number:02X},P{number},Name,IS,Active\n"));
    let file = format!("user_id,party_signifier,party_name,roles,status\n{}", lines.collect::<String>());
    console.smi.import(Kind::Users, &file);
    let page = console.page(&browser, "/users").main();
    assert!(page.contains("50 Users, and more,"), "{page}");
    let next = page.split("<a href=\"").find(|link| link.contains("rel=\"next\"")).unwrap();
    let rest = console.page(&browser, next.split('"').next().unwrap()).main();
    assert!(rest.contains("A0-00-00-00-00-00-00-3B") && !rest.contains("rel=\"next\""), "{rest}");
    let json: serde_json::Value =
        serde_json::from_str(&console.page(&browser, "/users.json?after=A0-00-00-00-00-00-00-39").text)
            .unwrap();
    assert_eq!(json["users"][0]["user_id"], "A0-00-00-00-00-00-00-3A");
    assert_eq!((json["users"].as_array().unwrap().len(), &json["next"]), (2, &serde_json::Value::Null));
}

#[test]
fn what_others_wrote_is_shown_as_text() {
    const EVIL: &str = "<script>alert(1)</script>";
    let console = Console::start();
    let browser = console.reader();
    let users = format!(
        "user_id,party_signifier,party_name,roles,status,receive_response_url\n\
         {SUPPLIER},{EVIL},=1+1 {EVIL},IS,Active,http://127.0.0.1:1/\n"
    );
    console.smi.import(Kind::Users, &users);
    let devices = format!(
        "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,pre_notified_by,han_variant,postcode,address_identifier\n\
         {DEVICE},ESME,Pending,<b>M</b>,<i>X</i>,<u>2</u>,<b>f</b>,{SUPPLIER},<s>h</s>,<p>1AA,{EVIL}\n"
    );
    console.smi.import(Kind::Devices, &devices);
    // A removal writes every field into the time line.
    console.smi.import(Kind::Devices, &devices.replace(",<i>X</i>,", ",<i>Y</i>,"));
    console.smi.ask(SUPPLIER, Body::ReadInventory(ReadInventory::DeviceId(DEVICE)));
    for path in [
        &format!("/devices/{DEVICE}"),
        &format!("/devices/{DEVICE}?as_at=2026-06-01T12:00:00Z"),
        "/users",
        &format!("/users/{SUPPLIER}"),
        "/decisions",
        "/decisions/1",
        "/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E-",
        "/decisions?rule=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ] {
        let text = console.page(&browser, path).text;
        for tag in ["<script>", "<b>", "<i>", "<u>", "<s>", "<p>1AA"] {
            assert!(!text.contains(tag), "{path}: {tag}: {text}");
        }
    }
    let device = console.page(&browser, &format!("/devices/{DEVICE}")).text;
    assert!(
        device.contains("&#60;script&#62;alert(1)") && device.contains("&#60;i&#62;Y&#60;/i&#62;"),
        "{device}"
    );
    for path in
        ["/decisions?code=%3Cscript%3E", "/%3Cscript%3E", "/decisions?%3Cscript%3E=1", "/users/%3Cscript%3E"]
    {
        let reply = console.get_as(&browser, path);
        assert!(reply.status >= 400 && !reply.text.contains("<script>"), "{path}: {}", reply.text);
    }
    let sheet = console.page(&browser, "/users.csv");
    assert!(sheet.text.contains(",'=1+1 <script>"), "{}", sheet.text);
    assert_eq!(sheet.header("content-disposition"), "attachment; filename=\"users.csv\"");
    assert_eq!(sheet.header("content-type"), "text/csv; charset=utf-8");
}
